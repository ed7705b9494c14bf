import { hkdfSync } from 'node:crypto';
import { AuthSettings } from './auth/auth-settings';
import type { Clock } from './common/clock';
import type { Randomness } from './common/secrets';
import type { Telemetry } from './common/telemetry';
import { PARTNER_PREFIX } from './dialects/partner/partner.dialect';
import { RESOURCES } from './dialects/partner/partner.resources';
import type { Env } from './env';
import { CursorCodec } from './jsonapi/cursor';
import { JsonApi } from './jsonapi/json-api';
import { Resources } from './jsonapi/resources';
import type { MailPort } from './mail/mail-port';
import { NoMail } from './mail/no-mail';
import { SmtpMail } from './mail/smtp-mail';
import { sandboxIssuers, sandboxSecret } from './sandbox/sandbox-keys';
import { sandboxHorizonUrl } from './sandbox/sandbox-url';
import { DEFAULT_DEADLINES, HorizonClient } from './stellar/horizon-client';
import { HorizonLedgerSource } from './stellar/horizon-ledger-source';
import type { OutgoingPolicy } from './outgoing/target-url';
import { LedgerSources } from './stellar/ledger-sources';
import { Networks } from './stellar/networks';
import { secretsKeys } from './webhooks/secrets-key';

/** Enabled networks with the sandbox's own issuers filled in. */
export function networksOf(env: Env): Networks {
  return new Networks(
    env.networks.map(({ network, passphrase, issuers }) => ({
      network,
      passphrase,
      issuers: network === 'sandbox' ? { ...sandboxIssuers(passphrase), ...issuers } : issuers,
    })),
  );
}

/** One Horizon adapter a network; the sandbox's is this process, which hosts it or knows its host. */
export function ledgerSourcesOf(env: Env, clock: Clock, telemetry: Telemetry): LedgerSources {
  return new LedgerSources(
    env.networks.map(({ network, passphrase, horizonUrl }) => {
      const client = new HorizonClient(horizonUrl ?? sandboxHorizonUrl(env), {
        clock,
        ...DEFAULT_DEADLINES,
        onAnswer: (outcome, seconds) => telemetry.horizonAsked(network, outcome, seconds),
      });
      return new HorizonLedgerSource({ network, passphrase, client, clock });
    }),
  );
}

/** The sandbox signs with a key that follows from its passphrase: it protects play money only. */
export function authSettingsOf(env: Env): AuthSettings {
  const sandbox = env.networks[0]?.network === 'sandbox' ? env.networks[0] : undefined;
  const sep10Secret = env.sep10Secret ?? (sandbox === undefined ? null : sandboxSecret('sep10', sandbox.passphrase));
  return { publicUrl: env.publicUrl, sep10Secret, limits: env.limits };
}

/** True when this deployment runs the embedded network rather than pointing at one elsewhere. */
export function hostsSandbox(env: Env): boolean {
  return env.networks.some(({ network, horizonUrl }) => network === 'sandbox' && horizonUrl === null);
}

/** Where requests to addresses that merchants choose may go. */
export function outgoingPolicyOf(env: Env): OutgoingPolicy {
  return {
    allowPrivate: env.webhooksAllowPrivate,
    ownHosts: [new URL(env.publicUrl).hostname.toLowerCase()],
    ownPort: env.port,
  };
}

/** Mail goes out through the server that is configured, and nowhere without one. */
export function mailPortOf(env: Env, clock: Clock): MailPort {
  return env.mail === null ? new NoMail() : new SmtpMail(env.mail, clock);
}

/** Cursors are signed with a key that follows from the newest secrets key: good in every process, and until it is replaced. */
export function partnerApiOf(env: Env, randomness: Randomness): JsonApi {
  const [secret] = secretsKeys(env, randomness);
  const key = Buffer.from(hkdfSync('sha256', secret as Buffer, Buffer.alloc(0), 'lumentill list cursors', 32));
  return new JsonApi(new Resources(RESOURCES), `${env.publicUrl}${PARTNER_PREFIX}`, new CursorCodec(key));
}
