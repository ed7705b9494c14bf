import net from 'node:net';
import { Asset, Memo, Operation } from '@stellar/stellar-sdk';
import { Client } from 'pg';
import { isDomainError } from '../../../src/common/errors';
import { Transactions } from '../../../src/database/transactions';
import { InvoiceActionsService } from '../../../src/invoices/invoice-actions.service';
import { ExpiryService } from '../../../src/payments/expiry.service';
import { PaymentsService } from '../../../src/payments/payments.service';
import { ReconciliationService } from '../../../src/payments/reconciliation.service';
import { muxedAddress } from '../../../src/stellar/address';
import { type Credit, LedgerUnavailable } from '../../../src/stellar/ledger-source';
import { LedgerSources } from '../../../src/stellar/ledger-sources';
import { eventually, TestApp } from '../../support/app';
import { ManualClock } from '../../support/manual-clock';
import { addressOf, type Bill, type Sent, TESTER, Till } from './till';
import { REMIND } from '../../support/deadlines';

const ROUNDS = 100;
const MINUTE = 60_000;

/** The ledger is read when a test says so; everything else runs as in life, and all at once. */
describe('everything at the same moment', () => {
  const clock = new ManualClock();
  let till: Till;
  beforeAll(async () => {
    till = await Till.open({ ports: { clock }, reconcile: false });
  });
  afterAll(() => till.close());
  afterEach(() => till.assertSound());

  const bills = async (count: number): Promise<Bill[]> => {
    await till.issue('10');
    return Promise.all(Array.from({ length: count }, () => till.issue('10')));
  };
  const payAll = (each: readonly Bill[]): Promise<Sent> =>
    till.payer.submit(
      each.map((bill) =>
        Operation.payment({
          destination: muxedAddress(bill.destination, bill.referenceNumber),
          asset: Asset.native(),
          amount: '10',
        }),
      ),
    );
  const creditsOf = async (sent: Sent): Promise<readonly Credit[]> =>
    (await till.app.get(LedgerSources).of('sandbox').transaction(sent.hash))?.credits ?? [];
  const record = (credits: readonly Credit[]): Promise<number> =>
    till.app.get(PaymentsService).record('sandbox', credits);
  /** As callers do who are told that the service, or Horizon, is busy on a machine that has other things to do; who is told so five times has found a fault. */
  const persistent = async <T>(act: () => Promise<T>): Promise<T> => {
    for (let asked = 1; ; asked++) {
      try {
        return await act();
      } catch (error) {
        const busy = isDomainError(error, 'database_busy') || error instanceof LedgerUnavailable;
        if (!busy || asked === 5) throw error;
      }
    }
  };
  const ingestPage = (): ReturnType<ReconciliationService['ingestPage']> =>
    persistent(() => till.app.get(ReconciliationService).ingestPage('sandbox'));
  const ingest = async (): Promise<void> => {
    while ((await ingestPage()).more);
  };
  const outsider = async (): Promise<Client> => {
    const client = new Client({ connectionString: till.app.databaseUrl });
    await client.connect();
    return client;
  };

  /** A repeatable order of arrival: xorshift over the round. */
  const shuffled = <T>(items: readonly T[], seed: number): T[] => {
    let state = seed * 2_654_435_761 + 1;
    const next = (): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state >>> 0;
    };
    return items
      .map((item) => ({ item, key: next() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ item }) => item);
  };

  it(`B12 B13 I10 pay, cancel and expire at once, ${ROUNDS} rounds: one of them wins, and it stays so`, async () => {
    const due = await bills(ROUNDS);
    const credits = await creditsOf(await payAll(due));
    const closedAt = credits[0]?.closedAt ?? new Date(0);
    await ingestEverythingUpTo(closedAt);
    const endings: Record<string, number> = { PAID: 0, CANCELLED: 0 };
    for (const [round, bill] of due.entries()) {
      const credit = credits.filter((each) => each.muxedId === bill.referenceNumber);
      await till.app.sql('update invoices set expires_at = $2 where id = $1', [bill.id, closedAt]);
      await till.app.sql(REMIND);
      const cancel = (): Promise<string> =>
        till.cancel(bill).then(
          () => 'cancelled',
          (error: unknown) => (isDomainError(error, 'invoice_not_cancellable') ? 'refused' : Promise.reject(error)),
        );
      const pay = (): Promise<string> => record(credit).then((fresh) => (fresh === 1 ? 'recorded' : 'known'));
      const expire = (): Promise<string> =>
        till.app
          .get(ExpiryService)
          .expire('sandbox')
          .then((expired) => (expired === 0 ? 'idle' : 'expired'));
      const told = await Promise.all(
        shuffled([pay, pay, pay, cancel, cancel, expire, expire], round + 1).map((each) => persistent<string>(each)),
      );
      const { status } = await till.books(bill);
      endings[status] = (endings[status] ?? 0) + 1;
      expect(told.filter((each) => each === 'recorded')).toHaveLength(1);
      expect(told.filter((each) => each === 'cancelled')).toHaveLength(status === 'CANCELLED' ? 1 : 0);
      const types = (await till.eventTypes(bill)).filter((type) => type !== 'invoice.created');
      expect([['invoice.paid'], ['invoice.expired', 'invoice.paid'], ['invoice.cancelled']]).toContainEqual(types);
      expect(types.at(-1)).toBe(status === 'PAID' ? 'invoice.paid' : 'invoice.cancelled');
      await record(credit);
      await till.app.get(ExpiryService).expire('sandbox');
      expect((await till.books(bill)).status).toBe(status);
    }
    expect(Object.keys(endings)).toEqual(['PAID', 'CANCELLED']);
    expect(Math.min(...Object.values(endings))).toBeGreaterThan(0);
    await expectOnePaymentEach(due);
  });
  const ingestEverythingUpTo = async (instant: Date): Promise<void> => {
    clock.set(new Date(instant.getTime() + MINUTE));
    await till.app.sql(
      `insert into ledger_cursors (network, cursor, ledger) values ('sandbox', 0, 0) on conflict do nothing`,
    );
    await till.app.sql('update ledger_cursors set ingested_through = $1', [new Date(instant.getTime() + MINUTE)]);
  };
  const expectOnePaymentEach = async (each: readonly Bill[]): Promise<void> => {
    const rows = await till.app.sql<{ n: bigint }>(
      'select count(*) as n from payments where invoice_id = any($1) group by invoice_id',
      [each.map((bill) => bill.id)],
    );
    expect(rows).toEqual(each.map(() => ({ n: 1n })));
  };

  it('B16 pay, rewrite and delete a draft at once, 60 rounds: no money on a deleted or changed debt', async () => {
    const invoices = till.app.get(InvoiceActionsService);
    await till.issue('10');
    const due = await Promise.all(Array.from({ length: 60 }, () => till.issue('10', { status: 'DRAFT' })));
    const credits = await creditsOf(await payAll(due));
    const endings: Record<string, number> = { paid: 0, under: 0, deleted: 0 };
    for (const [round, bill] of due.entries()) {
      const lost = (error: unknown): Promise<void> =>
        ['invoice_not_draft', 'invoice_met_by_money', 'invoice_not_found'].some((code) =>
          isDomainError(error, code as never),
        )
          ? Promise.resolve()
          : Promise.reject(error);
      const pay = (): Promise<unknown> => record(credits.filter((each) => each.muxedId === bill.referenceNumber));
      const remove = (): Promise<unknown> => invoices.delete(TESTER, addressOf(bill)).catch(lost);
      const dearer = (): Promise<unknown> =>
        invoices.patch(TESTER, addressOf(bill), { total: 200_000_000n, subtotal: 200_000_000n }).catch(lost);
      // The payment has the longest way and seldom wins on its own: in some rounds it is given a start.
      if (round % 6 === 5) await pay();
      await Promise.all(
        shuffled(round % 2 === 0 ? [pay, pay, remove, dearer] : [pay, pay, dearer], round + 1).map((each) =>
          persistent(each),
        ),
      );
      const { status, received } = await till.books(bill);
      const [row] = await till.app.sql<{ total: bigint; gone: boolean }>(
        'select total, deleted_at is not null as gone from invoices where id = $1',
        [bill.id],
      );
      const ending = row?.gone === true ? 'deleted' : status === 'PAID' ? 'paid' : 'under';
      endings[ending] = (endings[ending] ?? 0) + 1;
      expect({ received, status, total: row?.total }).toEqual(
        {
          paid: { received: '10', status: 'PAID', total: 100_000_000n },
          under: { received: '10', status: 'DRAFT', total: 200_000_000n },
          deleted: { received: '0', status: 'DRAFT', total: row?.total },
        }[ending],
      );
    }
    expect(Math.min(...Object.values(endings))).toBeGreaterThan(0);
  });

  it('B12 the event of a cancellation tells the status that was left, not the one read before', async () => {
    const bill = await till.issue('10');
    const client = await outsider();
    await client.query('begin');
    await client.query(`update invoices set status = 'PROCESSING' where id = $1`, [bill.id]);
    const cancelled = till.cancel(bill);
    await blocked(client);
    await client.query('commit');
    await cancelled;
    await client.end();
    const [event] = await till.app.sql<{ previous: string }>(
      `select data->>'previousStatus' as previous from events where subject_id = $1 and type = 'invoice.cancelled'`,
      [bill.id],
    );
    expect(event).toEqual({ previous: 'PROCESSING' });
  });
  const blocked = (client: Client): Promise<unknown> =>
    eventually(
      async () =>
        (
          await client.query(
            `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          )
        ).rowCount,
      (waiting) => (waiting ?? 0) > 0,
    );

  it('B13 A40 the watcher, itself again, and a crowd of confirmations: written once, told once', async () => {
    const due = await bills(40);
    const sent = await payAll(due);
    const credits = await creditsOf(sent);
    await Promise.all([
      ...Array.from({ length: 8 }, ingestPage),
      ...due.map((bill) => till.confirm(bill, sent.hash)),
      ...Array.from({ length: 8 }, () => record(credits)),
    ]);
    await ingest();
    for (const bill of due) {
      expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10', proof: sent.hash });
      expect(await till.eventTypes(bill)).toEqual(['invoice.created', 'invoice.paid']);
    }
    await expectOnePaymentEach(due);
  });

  it('B13 looking first and writing then would count the same money several times', async () => {
    const sql = (text: string): Promise<unknown[]> => till.app.sql(text);
    await till.app.sql('create table naive_credits (operation bigint not null)');
    await till.app.sql('create table naive_invoices (received bigint not null)');
    await till.app.sql('insert into naive_invoices values (0)');
    const naive = async (): Promise<void> => {
      const known = await sql('select 1 from naive_credits where operation = 1');
      if (known.length > 0) return;
      await sql('insert into naive_credits values (1)');
      await sql('update naive_invoices set received = received + 10');
    };
    const [bill] = await bills(1);
    const credits = await creditsOf(await payAll([bill as Bill]));
    await Promise.all(Array.from({ length: 20 }, naive));
    await Promise.all(Array.from({ length: 20 }, () => record(credits)));
    const [counted] = await till.app.sql<{ received: bigint }>('select received from naive_invoices');
    expect(counted?.received).toBeGreaterThan(10n);
    expect(await till.books(bill as Bill)).toMatchObject({ status: 'PAID', received: '10' });
    await till.app.sql('drop table naive_credits, naive_invoices');
  });

  it("B18 a deadlock with another transaction is not the payer's problem", async () => {
    // One after the other, so that whichever way the statement walks the rows, by key or as they lie, the first comes first.
    const due = [...(await bills(1)), ...(await bills(1))];
    const sent = await payAll(due);
    const [first, second] = due.map((bill) => bill.id).toSorted();
    const client = await outsider();
    const attempts = jest.spyOn(Transactions.prototype as unknown as { attempt(): Promise<unknown> }, 'attempt');
    await client.query(`begin; set local deadlock_timeout = '20s'`);
    await client.query('select 1 from invoices where id = $1 for update', [second]);
    const answer = till.confirm(due[0] as Bill, sent.hash);
    await blocked(client);
    await client.query('select 1 from invoices where id = $1 for update', [first]);
    await client.query('commit');
    expect((await answer).status).toBe(200);
    await client.end();
    const ends = await Promise.allSettled(attempts.mock.results.map(({ value }) => value as Promise<unknown>));
    attempts.mockRestore();
    // Ours gives way before the server has to choose a victim.
    expect(ends.map((end) => end.status === 'rejected' && (end.reason as Error).message)).toContain(
      'somebody else holds the invoice or its link',
    );
    for (const bill of due) expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10' });
  });

  /** Lets writes to a table fail as if the database had lost a race. */
  const failWrites = async (table: string, sqlState: string, times: number): Promise<() => Promise<void>> => {
    await till.app.sql(`create sequence forced`);
    await till.app.sql(
      `create function force_failure() returns trigger language plpgsql as $$ begin if nextval('forced') <= ${times} then raise exception 'forced' using errcode = '${sqlState}'; end if; return new; end $$`,
    );
    await till.app.sql(
      `create trigger forced before insert or update on ${table} for each statement execute function force_failure()`,
    );
    return async () => {
      await till.app.sql(`drop trigger forced on ${table}`);
      await till.app.sql('drop function force_failure');
      await till.app.sql('drop sequence forced');
    };
  };

  const WRITES = [
    {
      name: 'confirm',
      table: 'payments',
      act: async (bill: Bill, sent: Sent) => (await till.confirm(bill, sent.hash)).status,
    },
    {
      name: 'confirm, late',
      table: 'events',
      act: async (bill: Bill, sent: Sent) => (await till.confirm(bill, sent.hash)).status,
    },
    {
      name: 'pay intent',
      table: 'payment_intents',
      act: async (bill: Bill) => (await till.app.client.post(`/api/payments/${bill.publicId}/pay-intent`, {})).status,
    },
    {
      name: 'link',
      table: 'invoices',
      act: async () =>
        (await till.shop.client.post('/api/links', { amount: '1', asset: 'XLM' })).status === 201 ? 200 : 500,
    },
  ];
  it.each(WRITES.flatMap((write) => ['40001', '40P01'].map((sqlState) => ({ ...write, sqlState }))))(
    'B18 $name repeats itself when $table answers $sqlState',
    async ({ table, sqlState, act }) => {
      const [bill] = (await bills(1)) as [Bill];
      const sent = await payAll([bill]);
      const mend = await failWrites(table, sqlState, 2);
      try {
        expect(await act(bill, sent)).toBe(200);
      } finally {
        await mend();
      }
    },
  );

  it('B18 when the database never gives in, the caller is told to come back, and nothing was kept', async () => {
    const [bill] = (await bills(1)) as [Bill];
    const sent = await payAll([bill]);
    const mend = await failWrites('events', '40001', 1_000_000);
    const answer = await till.confirm(bill, sent.hash);
    await mend();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await till.books(bill)).toMatchObject({ status: 'PENDING', received: '0' });
    expect(await till.written([sent.hash])).toEqual([]);
    expect((await till.confirm(bill, sent.hash)).status).toBe(200);
  });

  it('A24 five thousand specks of dust between two polls hide nothing', async () => {
    const bill = await till.issue('10');
    const dusters = await Promise.all(Array.from({ length: 10 }, () => till.app.wallet()));
    const [{ n: before }] = (await till.app.sql<{ n: bigint }>('select count(*) as n from payments')) as [
      { n: bigint },
    ];
    await ingest();
    const specks = (seed: number): ReturnType<typeof Operation.payment>[] =>
      Array.from({ length: 100 }, (_, index) =>
        Operation.payment({
          destination: muxedAddress(bill.destination, BigInt(seed * 100 + index + 1)),
          asset: Asset.native(),
          amount: '0.0000001',
        }),
      );
    const flood = (wallet: (typeof dusters)[number], lane: number): Promise<void> =>
      [0, 1, 2, 3, 4].reduce(
        (done, turn) =>
          done.then(async () => void (await wallet.submit(specks(lane * 5 + turn), Memo.text(`dust ${lane} ${turn}`)))),
        Promise.resolve(),
      );
    const [real] = await Promise.all([till.pay(bill, '10'), ...dusters.map(flood)]);
    const [{ n: known }] = (await till.app.sql<{ n: bigint }>('select count(*) as n from payments')) as [{ n: bigint }];
    let pages = 1;
    while ((await ingestPage()).more) pages += 1;
    expect(pages).toBeGreaterThanOrEqual(26);
    const [{ n }] = (await till.app.sql<{ n: bigint }>('select count(*) as n from payments')) as [{ n: bigint }];
    expect(n - known).toBe(5_001n);
    expect(known).toBeGreaterThanOrEqual(before);
    expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10', proof: real?.hash });
    expect(await till.eventTypes(bill)).toEqual(['invoice.created', 'invoice.paid']);
  });

  it('I1 every credit on the ledger is written down once', async () => {
    await ingest();
    expect(await till.assertNothingLost()).toBeGreaterThan(5_100);
  });
});

it('stops although a browser keeps a connection open that it never used', async () => {
  const app = await TestApp.start({ reconcile: false });
  const socket = net.connect(app.env.port, '127.0.0.1');
  await new Promise((resolve) => socket.on('connect', resolve));
  await app.stop();
  socket.destroy();
});
