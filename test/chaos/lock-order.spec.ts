import { Client } from 'pg';
import { isDomainError } from '../../src/common/errors';
import { NATIVE } from '../../src/common/money';
import { InvoiceActionsService, type InvoiceAddress } from '../../src/invoices/invoice-actions.service';
import { InvoicesService } from '../../src/invoices/invoices.service';
import type { Invoice } from '../../src/invoices/invoice';
import { LinkChangesService } from '../../src/links/link-changes.service';
import { LinkCheckoutService } from '../../src/links/choices/link-checkout.service';
import { LinksService } from '../../src/links/links.service';
import { DeadlineRepairService } from '../../src/payments/deadline-repair.service';
import { ExpiryService } from '../../src/payments/expiry.service';
import { PayIntentsService } from '../../src/payments/pay-intents.service';
import { PaymentReadsService } from '../../src/payments/payment-reads.service';
import { PaymentResolutionsService } from '../../src/payments/payment-resolutions.service';
import { PaymentsService } from '../../src/payments/payments.service';
import { SettlingApartService } from '../../src/payments/settling-apart.service';
import type { Credit } from '../../src/stellar/ledger-source';
import type { ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';
import { audited } from '../support/audited';
import { type TestDatabase, testDatabase } from '../support/database';
import { PartnerCaller } from '../support/partner-caller';
import type { TestWallet } from '../support/wallet';
import { countOf, query } from './books';
import { until } from './until';

jest.setTimeout(240_000);

const ROUNDS = 12;
const IN_A_DAY = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
/** Two rows of each kind: enough for two who take them in different orders. */
const OF_EACH = 2;

interface Scene {
  readonly drafts: readonly Invoice[];
  readonly bills: readonly Invoice[];
  readonly links: readonly { readonly id: string; readonly publicId: string }[];
  /** Children of reusable links, and of single-use ones that a payer has chosen for. */
  readonly children: readonly Invoice[];
}

/** Everything that changes an invoice, a link or a choice, each against each other at the same moment. */
describe('the order of locks', () => {
  let database: TestDatabase;
  let app: TestApp;
  let wallet: TestWallet;
  let merchantId: string;
  let wallets: ApiClient;
  let partners: PartnerCaller;
  let author: Parameters<LinksService['expire']>[0];
  let operation = 1n << 50n;

  beforeAll(async () => {
    database = await testDatabase();
    // A circle is found at once, before any patience of ours can end it.
    await query(
      database.url,
      `do $$ begin execute format('alter database %I set deadlock_timeout = ''10ms''', current_database()); end $$`,
    );
    app = await TestApp.start({
      reconcile: false,
      databaseUrl: database.url,
      env: {
        LIMIT_UNPAID_CHECKOUTS: '1000000',
        LIMIT_INVOICES_PER_HOUR: '1000000',
        LIMIT_WRITES_PER_MINUTE: '1000000',
        DATABASE_POOL_SIZE: '20',
      },
    });
    const merchant = await app.merchant();
    ({ wallet, client: wallets, merchantId } = merchant);
    partners = PartnerCaller.bearer(app.url, merchant.token);
    author = {
      kind: 'session',
      merchantId,
      wallet: wallet.address,
      network: 'sandbox',
      actor: `wallet:${wallet.address}`,
      requestId: null,
    } as never;
    await app.sql(
      `insert into ledger_cursors (network, cursor, ledger, ingested_through) values ('sandbox', 0, 0, now() + interval '1 year') on conflict (network) do update set ingested_through = excluded.ingested_through`,
    );
  });
  afterAll(async () => {
    await app.stop();
    await database.drop();
  });

  const each = <T>(make: (index: number) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: OF_EACH }, (_, index) => make(index)));
  const made = async (
    answer: ReturnType<PartnerCaller['create']>,
  ): Promise<{ id: string; publicId: string; invoiceId?: string }> => {
    const { status, body, text } = await answer;
    if (status !== 201) throw new Error(text);
    return { id: body.data.id, publicId: body.data.attributes.publicId };
  };
  const link = (attributes: object, relationships: object = {}): ReturnType<typeof made> =>
    made(
      partners.create('paymentLinks', '/payment_links', {
        attributes: { currency: 'XLM', paymentType: 'Invoice', expiresAt: IN_A_DAY, ...attributes },
        relationships: relationships as never,
      }),
    );

  async function scene(): Promise<Scene> {
    const product = await made(
      partners.create('products', '/products', { attributes: { name: 'Tee', price: '2', currency: 'XLM' } }),
    );
    const shops = await each(() =>
      link({ kind: 'product', amount: null }, { products: { data: [{ type: 'products', id: product.id }] } }),
    );
    const open = await each(() => link({ amount: null, openAmount: { minimum: '1', maximum: '9' } }));
    const fixed = await each(() => link({ amount: '5' }));
    const chosen = [...shops, ...shops].map(({ publicId }) =>
      app.get(LinkCheckoutService).open(publicId, { asset: 'XLM' }, '192.0.2.1'),
    );
    const parts = [...open].map(({ publicId }) =>
      app.get(LinkCheckoutService).open(publicId, { asset: 'XLM', amount: '4' }, '192.0.2.1'),
    );
    const children = await Promise.all([...chosen, ...parts]);
    const bills = await Promise.all(fixed.map(({ publicId }) => app.get(InvoicesService).getPublic(publicId)));
    const drafts = await each(async (index) => {
      const { status, body, text } = await wallets.post('/api/invoices', {
        title: 'Draft',
        currency: 'XLM',
        lineItems: [{ description: `work ${index}`, quantity: 1, rate: 10 }],
      });
      if (status !== 201) throw new Error(text);
      return app.get(InvoicesService).getPublic(body.id);
    });
    return { drafts, bills, children, links: [...shops, ...open, ...fixed] };
  }

  const credit = (named: Invoice | null, amount = 20_000_000n, account = wallet.address): Credit => {
    operation += 4096n;
    return {
      operationId: operation,
      index: 0,
      kind: 'payment',
      account,
      muxedId: null,
      from: 'GDZZ',
      asset: NATIVE,
      amount,
      memo:
        named === null ? { type: 'none', bytes: Buffer.alloc(0) } : { type: 'text', bytes: Buffer.from(named.memo) },
      transactionHash: operation.toString(16).padStart(64, '0'),
      ledger: 1_000_000,
      closedAt: new Date(),
    };
  };
  const all = (s: Scene): Invoice[] => [...s.drafts, ...s.bills, ...s.children];
  const tidy = <T>(items: readonly T[], backwards: boolean): readonly T[] => (backwards ? items.toReversed() : items);

  const addressOf = ({ merchantId, id }: { merchantId: string; id: string }): InvoiceAddress => ({
    merchantId,
    network: null,
    by: 'id',
    value: id,
  });
  /** Each gets the same scene, and goes through its rows forwards or backwards. */
  const ACTORS: Readonly<Record<string, (s: Scene, backwards: boolean) => Promise<unknown>>> = {
    'a page': (s, backwards) =>
      app
        .get(PaymentsService)
        .record('sandbox', tidy([...all(s).map((i) => credit(i)), credit(null)], backwards), [], 'page'),
    'a page that pays in full': (s, backwards) =>
      app.get(PaymentsService).record(
        'sandbox',
        tidy(
          all(s).map((i) => credit(i, i.total)),
          backwards,
        ),
        [],
        'page',
      ),
    'a confirmation': (s) =>
      app.get(PaymentsService).record(
        'sandbox',
        all(s).map((i) => credit(i, 1n)),
      ),
    'what was put aside': () => app.get(SettlingApartService).round('sandbox'),
    cancelling: (s, backwards) =>
      one(tidy(all(s), backwards), (bill) => app.get(InvoiceActionsService).cancel(author, addressOf(bill))),
    'expiring links': (s, backwards) =>
      one(tidy(s.links, backwards), ({ id }) => app.get(LinksService).expire(author, id)),
    'changing links': (s, backwards) =>
      one(tidy(s.links, backwards), ({ id }) =>
        app.get(LinkChangesService).update(author, id, { metadata: { at: `${Math.random()}` } }),
      ),
    choosing: (s, backwards) =>
      one(tidy(s.links, backwards), ({ publicId }, at) =>
        app
          .get(LinkCheckoutService)
          .open(publicId, { asset: 'XLM', ...(at === 2 || at === 3 ? { amount: `${3 + at}` } : {}) }, `192.0.2.${at}`),
      ),
    'preparing payments': (s, backwards) =>
      one(tidy(all(s), backwards), ({ publicId }) =>
        app.get(PayIntentsService).prepare(publicId, null, () => undefined),
      ),
    'changing drafts': (s, backwards) =>
      one(tidy(s.drafts, backwards), (draft) =>
        app.get(InvoiceActionsService).patch(author, addressOf(draft), { notes: `${Math.random()}` }),
      ),
    'deleting drafts': (s) =>
      one(s.drafts.slice(1), (draft) => app.get(InvoiceActionsService).delete(author, addressOf(draft))),
    'superseding drafts': (s, backwards) =>
      one(tidy(s.drafts, backwards), async ({ publicId }) => {
        const { status, text } = await wallets.post(`/api/invoices/${publicId}/supersede`, {});
        if (![201, 400, 404, 409].includes(status)) throw new Error(`${status} ${text}`);
      }),
    'attaching by hand': async (s, backwards) => {
      const held = credit(null);
      await app.get(PaymentsService).record('sandbox', [held]);
      const [row] = await app.sql<{ id: string }>('select id from payments where operation_id = $1', [
        held.operationId,
      ]);
      const payment = await app.get(PaymentReadsService).get({ merchantId, network: 'sandbox' }, row?.id as string);
      await app.get(PaymentResolutionsService).resolve(author, payment, {
        action: 'attach',
        invoiceId: tidy(all(s), backwards)[0]?.id as string,
        reason: null,
        refundTransactionHash: null,
      });
    },
    time: async (s) => {
      for (const { id } of all(s))
        await app.sql(
          `update payment_intents set expires_at = now() - interval '1 minute' where invoice_id = $1 and status = 'open'`,
          [id],
        );
      // Row by row: the test itself must not be the one who takes several without an order.
      for (const { id } of s.children)
        await app.sql(`update invoices set expires_at = now() - interval '1 minute' where id = $1`, [id]);
      await app.get(DeadlineRepairService).run();
      await app.get(ExpiryService).runDue();
    },
  };

  /** One after the other, as one caller does; a refusal by a rule is as good as a success. */
  async function one<T>(items: readonly T[], act: (item: T, at: number) => Promise<unknown>): Promise<void> {
    for (const [at, item] of items.entries()) await act(item, at).catch(refused);
  }

  const refused = (error: unknown): void => {
    if (!isDomainError(error)) throw error;
  };
  const deadlocks = async (): Promise<number> =>
    Number(
      (
        await query<{ deadlocks: string }>(
          database.url,
          'select deadlocks from pg_stat_database where datname = current_database()',
        )
      )[0]?.deadlocks,
    );
  const ACTIVE = 'from pg_stat_activity where datname = current_database()';
  const waiting = (): Promise<number> =>
    countOf(database.url, `select count(*) ${ACTIVE} and wait_event_type = 'Lock'`);
  const waitingFor = (pid: number): Promise<number> =>
    countOf(database.url, `select count(*) ${ACTIVE} and $1 = any(pg_blocking_pids(pid))`, [pid]);
  const actors = Object.keys(ACTORS);
  const act = (name: string, s: Scene, backwards: boolean): Promise<unknown> =>
    (ACTORS[name] as (typeof ACTORS)[string])(s, backwards).catch(refused);

  it('a deadlock would be seen: two who take two rows crosswise are told apart', async () => {
    const [a, b] = (await scene()).bills as [Invoice, Invoice];
    const take = async (first: Invoice, second: Invoice): Promise<unknown> =>
      query(
        database.url,
        `do $$ begin perform from invoices where id = '${first.id}' for update; perform pg_sleep(0.3); perform from invoices where id = '${second.id}' for update; end $$`,
      );
    const ends = await Promise.allSettled([take(a, b), take(b, a)]);
    expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await until(async () => (await deadlocks()) === 1, { what: 'the deadlock is counted' });
    await query(database.url, 'select pg_stat_reset()');
    expect(await deadlocks()).toBe(0);
  });

  /** Two wait for a row that a third changes while a fourth refers to it, as a recorded payment does. */
  async function afterAChange(
    tables: { readonly invoices: readonly string[]; readonly payment_links: readonly string[] },
    work: () => Promise<unknown>,
    waiters: number,
  ): Promise<void> {
    const [referring, changing] = [new Client(database.url), new Client(database.url)];
    try {
      await Promise.all([referring.connect(), changing.connect()]);
      const pid: number = (await referring.query('select pg_backend_pid() as pid')).rows[0].pid;
      for (const client of [referring, changing]) await client.query('begin');
      for (const [table, ids] of Object.entries(tables)) {
        await referring.query(`select from ${table} where id = any($1) order by merchant_id, id for key share`, [ids]);
        await changing.query(`update ${table} set version = version + 1 where id = any($1)`, [ids]);
      }
      let over = false;
      const done = work().finally(() => (over = true));
      await until(async () => over || (await waiting()) >= waiters, { what: `${waiters} wait for a lock` });
      await changing.query('commit');
      // Who changes what a link is known by waits for whoever refers to it.
      await until(async () => over || (await waitingFor(pid)) > 0, {
        what: 'the work is over or needs the reference to end',
      });
      await referring.query('commit');
      await done;
    } finally {
      await Promise.all([referring.end(), changing.end()]);
    }
  }

  it('a statement that waits for a row and changes it in the same breath would be seen', async () => {
    const { id } = (await scene()).bills[0] as Invoice;
    const naive = `with held as materialized (select merchant_id, id from invoices where id = '${id}' for no key update)
      update invoices i set notes = notes from held where i.merchant_id = held.merchant_id and i.id = held.id`;
    let lost = 0;
    const change = (): Promise<unknown> => query(database.url, naive).catch(() => lost++);
    await afterAChange({ invoices: [id], payment_links: [] }, () => Promise.all([change(), change()]), 2);
    expect(lost).toBe(1);
    await until(async () => (await deadlocks()) === 1, { what: 'the deadlock is counted' });
    await query(database.url, 'select pg_stat_reset()');
  });

  it.each(actors)('%s, six at a time, after a change that all of them waited for: no deadlock', async (name) => {
    const s = await scene();
    const before = await deadlocks();
    await afterAChange(
      { invoices: all(s).map(({ id }) => id), payment_links: s.links.map(({ id }) => id) },
      () => Promise.all([false, true, false, true, false, true].map((backwards) => act(name, s, backwards))),
      2,
    );
    await query(database.url, 'select pg_stat_force_next_flush()').catch(() => undefined);
    expect((await deadlocks()) - before).toBe(0);
  });

  it('who had to wait for a change does what he came for', async () => {
    const { drafts, bills, links } = await scene();
    const [draft, bill] = [drafts[0], bills[0]] as [Invoice, Invoice];
    const [shop] = links.filter(({ publicId }) => publicId === bills[1]?.publicId);
    const ids = [draft.id, bill.id, bills[1]?.id as string];
    await afterAChange(
      { invoices: ids, payment_links: [] },
      () =>
        Promise.all([
          app.get(InvoiceActionsService).send(author, addressOf(draft)),
          app.get(InvoiceActionsService).cancel(author, addressOf(bill)),
          app.get(LinksService).expire(author, shop?.id as string),
        ]),
      3,
    );
    const rows = await app.sql<{ status: string }>(
      'select i.status from unnest($1::uuid[]) with ordinality as k (id, place) join invoices i on i.id = k.id order by k.place',
      [ids],
    );
    expect(rows.map(({ status }) => status)).toEqual(['PENDING', 'CANCELLED', 'EXPIRED']);
  });

  it(`${(actors.length * (actors.length + 1)) / 2} pairs, and all together ${ROUNDS} times: nobody waits for somebody who waits for him`, async () => {
    for (const [at, first] of actors.entries()) {
      const s = await scene();
      // Every actor beside the first, all on the same rows: each pair meets.
      await Promise.all(actors.slice(at).flatMap((second) => [act(first, s, false), act(second, s, true)]));
    }
    for (let round = 0; round < ROUNDS; round++) {
      const s = await scene();
      await Promise.all(
        actors.flatMap((name, at) => [act(name, s, (at + round) % 2 === 0), act(name, s, (at + round) % 3 === 0)]),
      );
    }
    await query(database.url, 'select pg_stat_force_next_flush()').catch(() => undefined);
    expect(await deadlocks()).toBe(0);
  });

  it('and the books are right', async () => {
    await app.sql('update quarantined_items set retry_at = now() where retry_at is not null');
    while ((await app.get(SettlingApartService).round('sandbox')) > 0);
    expect((await audited(database.url, { networks: [] })).breaches).toEqual([]);
  });
});
