import { Asset, Memo, Operation } from '@stellar/stellar-sdk';
import { Clock } from '../../src/common/clock';
import type { Answer } from './api-client';
import { audited } from './audited';
import { eventually, TestApp } from './app';
import type { TestShop } from './shop';
import type { TestWallet } from './wallet';

export const DAY = 86_400;

/** One period as the database has it. */
export interface PeriodRow {
  readonly index: number;
  readonly state: string;
  readonly starts: string | null;
  readonly invoice: string | null;
  readonly memo: string | null;
  readonly status: string | null;
  readonly destination: string | null;
  readonly total: bigint | null;
}

/** Somebody who subscribes, over HTTP, on a sandbox whose clock is moved. */
export class Subscriber {
  private constructor(
    readonly app: TestApp,
    readonly shop: TestShop,
    readonly wallet: TestWallet,
    readonly linkId: string,
    readonly link: string,
    readonly id: string,
    readonly portal: string,
  ) {}

  static async app(env: Readonly<Record<string, string>> = {}, log?: (line: string) => void): Promise<TestApp> {
    return TestApp.start({
      env: { SANDBOX_CLOCK: '1', WEBHOOKS_ALLOW_PRIVATE: '1', ...env },
      ...(log === undefined ? {} : { log }),
    });
  }

  /** A link that can be subscribed to for a year. */
  static async link(
    app: TestApp,
    shop: TestShop,
    recurrence: object,
    more: object = {},
  ): Promise<{ readonly id: string; readonly publicId: string }> {
    const { status, body, text } = await shop.partner.create('payment_links', {
      kind: 'subscription',
      amount: '12.50',
      currency: 'XLM',
      paymentType: 'Invoice',
      title: 'Coffee club',
      expiresAt: new Date(app.get(Clock).now().getTime() + 300 * DAY * 1000).toISOString(),
      recurrence,
      ...more,
    });
    expect([status, text]).toEqual([201, text]);
    return { id: body.data.id as string, publicId: body.data.attributes.publicId as string };
  }

  static async enrol(app: TestApp, link: { readonly publicId: string }, more: object = {}): Promise<Answer> {
    return app.client.post(`/checkout/${link.publicId}/subscription`, { asset: 'XLM', ...more });
  }

  /** Enrolled, not paid. */
  static async begin(app: TestApp, shop: TestShop, recurrence: object, more: object = {}): Promise<Subscriber> {
    return Subscriber.join(app, shop, await Subscriber.link(app, shop, recurrence, more), await app.wallet());
  }

  /** The same to a link that is there. */
  static async join(
    app: TestApp,
    shop: TestShop,
    link: { readonly id: string; readonly publicId: string },
    wallet: TestWallet,
    more: object = {},
  ): Promise<Subscriber> {
    const { status, body, text } = await Subscriber.enrol(app, link, more);
    expect([status, text]).toEqual([200, text]);
    const [row] = await app.sql<{ id: string }>('select subscription_id as id from invoices where public_id = $1', [
      body.publicId,
    ]);
    return new Subscriber(app, shop, wallet, link.id, link.publicId, row?.id as string, body.portalUrl as string);
  }

  /** Of each period, in order. */
  periods(): Promise<PeriodRow[]> {
    return this.app.sql(
      `select p.period_index as index, p.state, to_char(p.starts_at at time zone 'UTC', 'YYYY-MM-DD') as starts, i.public_id as invoice, i.memo, i.status, i.destination, i.total
       from subscription_periods p left join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id where p.subscription_id = $1 order by p.period_index`,
      [this.id],
    );
  }

  async row(): Promise<Record<string, unknown>> {
    const [row] = await this.app.sql('select * from subscriptions where id = $1', [this.id]);
    return row as Record<string, unknown>;
  }

  /** What was told of it, in order: type and index of the period. */
  async told(): Promise<string[]> {
    await eventually(
      () => this.app.sql('select from event_queue'),
      (waiting) => waiting.length === 0,
    );
    const rows = await this.app.sql<{ type: string; index: string | null }>(
      `select e.type, e.data -> 'period' ->> 'index' as index from events e join event_numbers n on n.merchant_id = e.merchant_id and n.event_id = e.id where e.subject_id = $1 order by n.seq`,
      [this.id],
    );
    return rows.map(({ type, index }) => `${type.replace('subscription.', '')}${index === null ? '' : ` ${index}`}`);
  }

  async status(): Promise<unknown> {
    return (await this.row())['status'];
  }

  /** Pays a period by its memo; the open one unless another is named. Returns when the service has recorded it. */
  async pay(index?: number, amount?: string, asset: Asset = Asset.native(), wallet = this.wallet): Promise<void> {
    const periods = await this.periods();
    const period =
      index === undefined
        ? periods.findLast(({ status }) => status === 'PENDING' || status === 'PROCESSING')
        : periods[index];
    if (period === undefined || period.memo === null) throw new Error('nothing is to be paid');
    const before = await this.payments();
    await wallet.submitTimeless(
      [
        Operation.payment({
          destination: period.destination as string,
          amount: amount ?? (Number(period.total) / 1e7).toFixed(7),
          asset,
        }),
      ],
      Memo.text(period.memo),
    );
    await eventually(
      () => this.payments(),
      (count) => count > before,
    );
  }

  /** The outcomes of the money that named it, in ledger order. */
  async outcomes(): Promise<string[]> {
    const rows = await this.app.sql<{ outcome: string }>(
      `select p.outcome from payments p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id where i.subscription_id = $1 order by p.operation_id, p.change_index`,
      [this.id],
    );
    return rows.map(({ outcome }) => outcome);
  }

  private async payments(): Promise<number> {
    return (await this.outcomes()).length;
  }
}

/** A year to come that has, or has not, a 29th of February; far enough that no other test has moved a clock beyond its beginning. */
export function comingYear(isLeap: boolean): number {
  let year = new Date(Date.now() + 200 * DAY * 1000).getUTCFullYear() + 1;
  while ((new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1) !== isLeap) year += 1;
  return year;
}

/** Moves the clock to an instant, however far it is: a step of the service is at most two years long. */
export async function forwardTo(app: TestApp, to: string): Promise<void> {
  const yearMs = 365 * DAY * 1000;
  for (;;) {
    const { now } = (await app.client.get('/sandbox/clock')).body as { now: string };
    if (Date.parse(to) - Date.parse(now) <= yearMs) break;
    await forward(app, { advanceSeconds: 365 * DAY });
  }
  await forward(app, { to });
}

/** Moves the clock, and everything that is due on the way is done. */
export async function forward(
  app: TestApp,
  to: { readonly advanceSeconds: number } | { readonly to: string },
): Promise<void> {
  const moved = await app.client.post('/sandbox/clock', to);
  expect([moved.status, moved.body.error]).toEqual([200, undefined]);
}

export async function soundBooks(app: TestApp): Promise<void> {
  const { breaches } = await audited(app.databaseUrl);
  expect(breaches.map(({ invariant, text }) => `${invariant} ${text}`)).toEqual([]);
}
