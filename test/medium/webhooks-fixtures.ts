import { randomUUID } from 'node:crypto';
import type { Network } from '../../src/common/network';
import type { Keyset } from '../../src/database/keyset';
import { EventNumberingService } from '../../src/webhooks/event-numbering.service';
import { EventsService } from '../../src/webhooks/events.service';
import type { ClaimLimits } from '../../src/webhooks/delivery-claim';
import type { WebhookAuthor, WebhookEndpoint } from '../../src/webhooks/webhook-endpoint';
import { WebhookDeliveriesService } from '../../src/webhooks/webhook-deliveries.service';
import { WebhookDispatchService } from '../../src/webhooks/webhook-dispatch.service';
import { type EndpointDraft, WebhookEndpointsService } from '../../src/webhooks/webhook-endpoints.service';
import type { WebhookSettings } from '../../src/webhooks/webhook-settings';
import { TestApp, type TestAppOptions } from '../support/app';
import { ManualClock } from '../support/manual-clock';

export const HOUR = 3_600_000;
/** A page in the order of creation. */
export const inOrder = (limit: number, descending = false, from: readonly string[] | null = null): Keyset => ({
  limit,
  order: [
    { field: 'createdAt', descending },
    { field: 'id', descending },
  ],
  from,
});

function author(merchantId: string): WebhookAuthor {
  return { merchantId, network: null, actor: 'operator', requestId: null };
}

/** The service without its jobs: the test says when time passes and when something is sent. */
export class WebhookStage {
  private constructor(
    readonly app: TestApp,
    readonly clock: ManualClock,
  ) {}

  static async open(settings: Partial<WebhookSettings> = {}, options: TestAppOptions = {}): Promise<WebhookStage> {
    const clock = new ManualClock(new Date('2026-11-21T10:00:00.000Z'));
    const ports = { clock, webhooks: { jitter: 0, pollMs: 10, ...settings }, ...options.ports };
    return new WebhookStage(
      await TestApp.start({
        reconcile: false,
        ...options,
        env: { ROLE: 'api', WEBHOOKS_ALLOW_PRIVATE: '1', ...options.env },
        ports,
      }),
      clock,
    );
  }

  get endpoints(): WebhookEndpointsService {
    return this.app.get(WebhookEndpointsService);
  }

  get deliveries(): WebhookDeliveriesService {
    return this.app.get(WebhookDeliveriesService);
  }

  get dispatch(): WebhookDispatchService {
    return this.app.get(WebhookDispatchService);
  }

  async merchant(): Promise<WebhookAuthor> {
    const merchantId = randomUUID();
    await this.app.sql(
      `insert into merchants (id, name, default_network, created_at, updated_at) values ($1, 'Ada', 'sandbox', now(), now())`,
      [merchantId],
    );
    return author(merchantId);
  }

  async endpoint(
    merchantId: string,
    url: string,
    more: Partial<EndpointDraft> = {},
  ): Promise<WebhookEndpoint & { secret: string }> {
    const { endpoint, secret } = await this.endpoints.create(author(merchantId), { network: 'sandbox', url, ...more });
    return { ...endpoint, secret };
  }

  /** Ids of that many new events. */
  async tell(
    merchantId: string,
    count = 1,
    network: Network = 'sandbox',
    subjectId: string = randomUUID(),
  ): Promise<readonly string[]> {
    const drafts = Array.from(
      { length: count },
      (_unused, index) =>
        ({ merchantId, type: 'invoice.paid', network, subjectType: 'invoice', subjectId, data: { index } }) as const,
    );
    return this.app.get(EventsService).record(drafts);
  }

  get numbering(): EventNumberingService {
    return this.app.get(EventNumberingService);
  }

  /** Until every event has its number and its deliveries. */
  visible(): Promise<void> {
    return this.numbering.settle();
  }

  /** Sends everything that is due. */
  async run(): Promise<void> {
    await this.visible();
    await this.dispatch.run();
  }

  /** Lets time pass, sending what becomes due on the way. */
  async pass(ms: number, stepMs: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.clock.advance(Math.min(stepMs, ms - passed));
      await this.run();
    }
  }

  /** What a claim of this stage asks for. */
  limits(more: { slots?: number; perEndpoint?: number; leaseSeconds?: number } = {}): ClaimLimits {
    const { slots: each = 10, perEndpoint = 8, leaseSeconds = 60 } = more;
    return {
      slots: { prompt: each, unproven: each, troubled: each },
      perEndpoint,
      perMerchant: 1_000,
      leaseSeconds,
      lookAgain: true,
    };
  }

  /** As if a minute had passed for whoever died with something claimed. */
  async leasesEnd(): Promise<void> {
    await this.app.sql('update webhook_deliveries set leased_until = now() where leased_until > now()');
    await this.app.sql('update webhook_turns set look_again_at = now()');
  }

  statuses(merchantId: string): Promise<{ status: string; attempts: number; count: bigint }[]> {
    return this.app.sql(
      'select status, attempts, count(*) as count from webhook_deliveries where merchant_id = $1 group by status, attempts order by status, attempts',
      [merchantId],
    );
  }
}
