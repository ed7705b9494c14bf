import { formatAmount, type Amount, type Asset } from '../common/money';
import { isAccountAddress, parseDestination } from './address';
import { bytesFromBase64, type Memo } from './memo';
import { verifyEd25519, type SigningKey } from './signing-key';

/** SEP-7 payment request. Members that would let a third party redirect it (callback, chain) do not exist here. */
export interface PayRequest {
  /** G... or M... */
  readonly destination: string;
  /** Absent: the payer chooses. */
  readonly amount?: Amount;
  readonly asset: Asset;
  readonly memo?: Memo;
  /** Shown to the payer, at most 300 characters. */
  readonly message?: string;
  /** Null on the public network, where SEP-7 leaves it out. */
  readonly networkPassphrase: string | null;
  /** Domain whose stellar.toml carries URI_REQUEST_SIGNING_KEY, and the key itself; both or neither. */
  readonly origin?: { readonly domain: string; readonly key: SigningKey };
}

const SCHEME = 'web+stellar:';
const MAX_MESSAGE_CHARACTERS = 300;
/** Domain separation of SEP-7: 36 bytes (35 zeros and a 4) and the prefix make the payload no transaction. */
const PAYLOAD_HEADER = Buffer.concat([Buffer.alloc(35), Buffer.from([4])]);
const PAYLOAD_PREFIX = 'stellar.sep.7 - URI Scheme';
const MEMO_TYPES = { text: 'MEMO_TEXT', id: 'MEMO_ID', hash: 'MEMO_HASH', return: 'MEMO_RETURN' } as const;

function memoParameters(memo: Memo | undefined): [string, string][] {
  if (memo === undefined || memo.type === 'none') return [];
  const bytes = Buffer.from(memo.bytes);
  const value = memo.type === 'text' || memo.type === 'id' ? bytes.toString('utf8') : bytes.toString('base64');
  return [
    ['memo', value],
    ['memo_type', MEMO_TYPES[memo.type]],
  ];
}

/** Cuts to 300 UTF-16 units without leaving half of a pair, which could not be encoded. */
function shortMessage(text: string): string {
  return text.slice(0, MAX_MESSAGE_CHARACTERS).toWellFormed();
}

/**
 * `web+stellar:pay?...`, every value percent-encoded (spaces as %20: the signature covers the text itself).
 * Signed last when an origin is given. Throws RangeError for a destination that is not G... or M....
 */
export function payUri(request: PayRequest): string {
  if (parseDestination(request.destination) === undefined) throw new RangeError('SEP-7 needs a G or M destination');
  const parameters: [string, string][] = [['destination', request.destination]];
  if (request.amount !== undefined) parameters.push(['amount', formatAmount(request.amount)]);
  if (request.asset.issuer !== null)
    parameters.push(['asset_code', request.asset.code], ['asset_issuer', request.asset.issuer]);
  parameters.push(...memoParameters(request.memo));
  if (request.message !== undefined && request.message !== '') parameters.push(['msg', shortMessage(request.message)]);
  if (request.networkPassphrase !== null) parameters.push(['network_passphrase', request.networkPassphrase]);
  if (request.origin !== undefined) parameters.push(['origin_domain', request.origin.domain]);
  const query = parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
  const uri = `${SCHEME}pay?${query}`;
  return request.origin === undefined ? uri : signUri(uri, request.origin.key);
}

function signingPayload(uri: string): Buffer {
  return Buffer.concat([PAYLOAD_HEADER, Buffer.from(PAYLOAD_PREFIX + uri, 'utf8')]);
}

/** Appends `&signature=`: base64 of ed25519 over the URI as it stands, percent-encoded. */
export function signUri(uri: string, key: SigningKey): string {
  return `${uri}&signature=${encodeURIComponent(key.sign(signingPayload(uri)).toString('base64'))}`;
}

/** True when the raw text up to `&signature=` was signed by the G address; nothing may follow the signature. */
export function verifyUri(uri: string, address: string): boolean {
  const at = uri.lastIndexOf('&signature=');
  if (at < 0 || !uri.startsWith(SCHEME) || !isAccountAddress(address)) return false;
  const encoded = uri.slice(at + '&signature='.length);
  const signature = bytesFromBase64(encoded.replaceAll('%2B', '+').replaceAll('%2F', '/').replaceAll('%3D', '='));
  return signature !== undefined && verifyEd25519(address, signingPayload(uri.slice(0, at)), signature);
}
