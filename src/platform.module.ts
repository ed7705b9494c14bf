import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DIALECTS } from './app.dialects';
import { AuthSettings } from './auth/auth-settings';
import { Clock, SystemClock } from './common/clock';
import { Ids } from './common/ids';
import { Randomness, SystemRandomness } from './common/secrets';
import { Telemetry } from './common/telemetry';
import { TomlSettings } from './dialects/wallet/toml-settings';
import { type Env, Settings } from './env';
import { Dialects } from './http/dialect';
import { PrometheusTelemetry } from './health/prometheus-telemetry';
import { JsonApi } from './jsonapi/json-api';
import { GuardedHttp } from './outgoing/guarded-http';
import { MailPort } from './mail/mail-port';
import { OutgoingHttp } from './outgoing/outgoing-http';
import { BUILT_RECEIPT_WORKER, ReceiptWorkerFile } from './receipts/receipt-worker-file';
import { authSettingsOf, ledgerSourcesOf, mailPortOf, networksOf, outgoingPolicyOf, partnerApiOf } from './settings';
import type { ClockLimits } from './sandbox/clock/clock-limits';
import { SandboxClock } from './sandbox/clock/sandbox-clock';
import { LedgerSources } from './stellar/ledger-sources';
import { Networks } from './stellar/networks';
import { SigningKey } from './stellar/signing-key';
import { DEFAULT_WEBHOOK_SETTINGS, WebhookSettings } from './webhooks/webhook-settings';

/** What tests and simulations replace. */
export interface Ports {
  readonly clock?: Clock;
  readonly randomness?: Randomness;
  readonly ledgerSources?: LedgerSources;
  readonly outgoing?: OutgoingHttp;
  readonly mail?: MailPort;
  readonly webhooks?: Partial<WebhookSettings>;
  readonly receiptWorker?: ReceiptWorkerFile;
  readonly clockLimits?: Partial<ClockLimits>;
}

/** The ports and settings that every module may ask for. */
@Global()
@Module({})
export class PlatformModule {
  static with(env: Env, ports: Ports): DynamicModule {
    const base = ports.clock ?? new SystemClock();
    const movable = env.sandboxClock ? new SandboxClock(base) : undefined;
    const clock = movable ?? base;
    const randomness = ports.randomness ?? new SystemRandomness();
    const telemetry = new PrometheusTelemetry();
    const networks = networksOf(env);
    const { issuers } = networks.default;
    const toml: TomlSettings = {
      publicUrl: env.publicUrl,
      uriRequestSigningKey: env.sep7Secret === null ? null : new SigningKey(env.sep7Secret).address,
      currencies: Object.entries(issuers).map(([code, issuer]) => ({ code, issuer })),
    };
    const providers = [
      { provide: Settings, useValue: env },
      { provide: Clock, useValue: clock },
      ...(movable === undefined ? [] : [{ provide: SandboxClock, useValue: movable }]),
      { provide: Randomness, useValue: randomness },
      { provide: Ids, useValue: new Ids(clock, randomness) },
      { provide: Telemetry, useValue: telemetry },
      { provide: PrometheusTelemetry, useValue: telemetry },
      { provide: Networks, useValue: networks },
      { provide: LedgerSources, useValue: ports.ledgerSources ?? ledgerSourcesOf(env, clock, telemetry) },
      { provide: AuthSettings, useValue: authSettingsOf(env) },
      { provide: TomlSettings, useValue: toml },
      { provide: OutgoingHttp, useValue: ports.outgoing ?? new GuardedHttp({ policy: outgoingPolicyOf(env) }) },
      { provide: MailPort, useValue: ports.mail ?? mailPortOf(env, clock) },
      { provide: Dialects, useValue: DIALECTS },
      { provide: JsonApi, useValue: partnerApiOf(env, randomness) },
      { provide: ReceiptWorkerFile, useValue: ports.receiptWorker ?? BUILT_RECEIPT_WORKER },
      {
        provide: WebhookSettings,
        useValue: { ...DEFAULT_WEBHOOK_SETTINGS, merchantsPerRound: env.eventRoundMerchants, ...ports.webhooks },
      },
    ];
    return { module: PlatformModule, providers, exports: providers.map((provider) => provider.provide) };
  }
}
