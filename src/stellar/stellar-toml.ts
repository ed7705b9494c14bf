import type { Asset } from '../common/money';

/** What SEP-1 lets others learn about this service. Absent members are left out of the file. */
export interface StellarTomlSettings {
  readonly networkPassphrase: string;
  /** G address of the key that signs SEP-10 challenges, and the URL of that endpoint. */
  readonly signingKey?: string;
  readonly webAuthEndpoint?: string;
  /** G address of the key that signs SEP-7 requests. */
  readonly uriRequestSigningKey?: string;
  readonly horizonUrl?: string;
  /** Accounts this service receives on, if it wants them known. */
  readonly accounts?: readonly string[];
  readonly organisation?: { readonly name?: string; readonly url?: string };
  /** Assets that can be paid with. */
  readonly currencies?: readonly Asset[];
}

/** Text of `/.well-known/stellar.toml` (SEP-1): serve as text/plain with `Access-Control-Allow-Origin: *`. */
export function stellarToml(settings: StellarTomlSettings): string {
  const lines = [
    'VERSION = "2.7.0"',
    ...entry('NETWORK_PASSPHRASE', settings.networkPassphrase),
    ...entry('SIGNING_KEY', settings.signingKey),
    ...entry('WEB_AUTH_ENDPOINT', settings.webAuthEndpoint),
    ...entry('URI_REQUEST_SIGNING_KEY', settings.uriRequestSigningKey),
    ...entry('HORIZON_URL', settings.horizonUrl),
  ];
  if (settings.accounts !== undefined && settings.accounts.length > 0)
    lines.push(`ACCOUNTS = [${settings.accounts.map(quoted).join(', ')}]`);
  const { name, url } = settings.organisation ?? {};
  if (name !== undefined || url !== undefined)
    lines.push('', '[DOCUMENTATION]', ...entry('ORG_NAME', name), ...entry('ORG_URL', url));
  for (const asset of settings.currencies ?? []) {
    if (asset.issuer === null) lines.push('', '[[CURRENCIES]]', 'code = "native"');
    else lines.push('', '[[CURRENCIES]]', ...entry('code', asset.code), ...entry('issuer', asset.issuer));
  }
  return `${lines.join('\n')}\n`;
}

function entry(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`${name} = ${quoted(value)}`];
}

/** TOML basic string: JSON's escapes are a subset of TOML's, except that TOML also escapes DEL. */
function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007f');
}
