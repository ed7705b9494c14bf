import { Asset, Memo, Operation, TransactionBuilder, type Keypair } from '@stellar/stellar-sdk';
import { runCli } from '../../src/cli/run-cli';
import { amountOf } from '../../src/common/money';
import { readEnv } from '../../src/env';
import { InvoiceSettlementService } from '../../src/invoices/invoice-settlement.service';
import { InvoiceNumbersService } from '../../src/invoices/invoice-numbers.service';
import { LinkFollowerService } from '../../src/links/link-follower.service';
import { BalanceCheckService } from '../../src/payments/balance-check.service';
import { BalancesRepository } from '../../src/payments/balances.repository';
import { ExpiryService } from '../../src/payments/expiry.service';
import { ReconciliationService } from '../../src/payments/reconciliation.service';
import { EventsService } from '../../src/webhooks/events.service';
import { sandboxRoot } from '../../src/sandbox/sandbox-keys';
import { TestApp } from '../support/app';
import { audited } from '../support/audited';
import { PartnerCaller } from '../support/partner-caller';
import { ApiClient } from '../support/api-client';
import { testDatabase, type TestDatabase } from '../support/database';
import type { TestMerchant } from '../support/shop';
import { TestWallet } from '../support/wallet';
import { PASSPHRASE, SandboxServer } from '../sandbox/sandbox-server';
import { breaches, query } from './books';
import { buildService, ServiceProcess } from './service-process';
import { Shop, type ShopLink } from './shop';
import { until } from './until';
import { REMIND } from '../support/deadlines';

jest.setTimeout(240_000);

const IN_A_DAY = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
const MAX_INT64 = 9_223_372_036_854_775_807n;

interface Bill {
  readonly id: string;
  readonly publicId: string;
  readonly linkId: string;
  readonly memo: string;
  readonly destination: string;
}

/** Pages are read when the test says so. Nothing that one of them holds may stop the others. */
describe('a payment that cannot be recorded', () => {
  let app: TestApp;
  let hostile: TestMerchant;
  let honest: TestMerchant;
  let payer: TestWallet;

  beforeAll(async () => {
    app = await TestApp.start({ reconcile: false });
    [hostile, honest, payer] = await Promise.all([app.merchant(), app.merchant(), app.wallet()]);
    await readAll();
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => app.stop());

  const poll = async (): Promise<boolean> => (await app.get(ReconciliationService).ingestPage('sandbox')).more;
  const readAll = async (): Promise<void> => {
    while (await poll());
  };
  const bill = async (merchant: typeof hostile, amount: string): Promise<Bill> => {
    const { status, body, text } = await merchant.client.post('/api/links', {
      amount,
      asset: 'XLM',
      expiresAt: IN_A_DAY,
    });
    if (status !== 201) throw new Error(text);
    const [row] = await app.sql<Bill>(
      `select i.id, i.public_id as "publicId", l.id as "linkId", i.memo, i.destination from invoices i join payment_links l on l.invoice_id = i.id where i.public_id = $1`,
      [body.id],
    );
    return row as Bill;
  };
  const pay = (to: Bill, amount: string): Promise<{ hash: string }> =>
    payer.pay(to.destination, amount, { memo: Memo.text(to.memo) });
  const books = async ({ id }: Bill): Promise<{ status: string; received: bigint; payments: bigint; told: bigint }> =>
    (
      await app.sql<{ status: string; received: bigint; payments: bigint; told: bigint }>(
        `select status, received, (select count(*) from payments p where p.invoice_id = i.id) as payments, (select count(*) from events e where e.subject_id = i.id and e.type = 'invoice.paid') as told from invoices i where id = $1`,
        [id],
      )
    )[0] as never;
  const cli = (...args: string[]): Promise<string> =>
    runCli([...args, '--json'], () =>
      readEnv({ NODE_ENV: 'test', NETWORKS: 'sandbox', DATABASE_URL: app.databaseUrl, DATA_DIR: app.env.dataDir }),
    );
  const quarantine = async (): Promise<
    { operationId: string; state: string; reason: string; invoice: string; attempts: number }[]
  > => JSON.parse(await cli('quarantine', 'list'));
  const cursor = async (): Promise<bigint> =>
    (await app.sql<{ cursor: bigint }>('select cursor from ledger_cursors'))[0]?.cursor as bigint;
  const readiness = async (): Promise<unknown> => (await app.client.get('/health/ready')).body.ledgers[0];

  it('because the sum is more than 64 bits hold is none: paid in circles, it is added up, shown everywhere, and others are credited', async () => {
    const root = sandboxRoot(app.network.passphrase);
    const whale = TestWallet.unfunded(app.horizonUrl, app.network.passphrase, root);
    const circled = await bill(hostile, '1');
    await pay(circled, '1');
    await readAll();
    expect((await books(circled)).status).toBe('PAID');
    const there = Operation.payment({ destination: circled.destination, asset: Asset.native(), amount: '19000000000' });
    const back = Operation.payment({
      source: circled.destination,
      destination: whale.address,
      asset: Asset.native(),
      amount: '19000000000',
    });
    for (let turn = 0; turn < 2; turn++)
      await submit(whale, Array.from({ length: 30 }, () => [there, back]).flat(), circled.memo, [
        root,
        hostile.wallet.keypair,
      ]);
    const good = await bill(honest, '3');
    await pay(good, '3');
    await poll();
    expect((await books(good)).status).toBe('PAID');
    await readAll();
    const sum = amountOf('1') + 60n * amountOf('19000000000');
    expect(sum).toBeGreaterThan(MAX_INT64);
    expect(await books(circled)).toEqual({ status: 'PAID', received: sum, payments: 61n, told: 1n });
    const text = '1140000000001.00';
    expect((await hostile.client.get(`/api/invoices/${circled.publicId}/owner`)).body.amountReceived).toBe(text);
    const partner = PartnerCaller.bearer(app.url, hostile.token);
    expect((await partner.get(`/invoices/${circled.id}`)).body.data.attributes).toMatchObject({
      amountReceived: text,
      amountDue: '0.00',
    });
    expect((await hostile.client.get('/api/invoices/stats')).text).toContain('1140000000001');
    expect((await app.client.get(`/pay/${circled.publicId}`)).status).toBe(200);
    expect((await app.client.get(`/pay/${circled.publicId}/receipt.pdf`)).status).toBe(200);
    expect(await audited(app.databaseUrl)).toMatchObject({ breaches: [] });
    // What was held is decided about by hand; the sum goes on.
    await payer.pay(circled.destination, '2');
    await readAll();
    const held = (await partner.get('/payments?filter[status]=held')).body.data[0];
    const attached = await partner.create('paymentResolutions', '/payment_resolutions', {
      attributes: { action: 'attach' },
      relationships: {
        payment: { data: { type: 'payments', id: held.id } },
        invoice: { data: { type: 'invoices', id: circled.id } },
      },
    });
    expect([attached.status, (await books(circled)).received]).toEqual([201, sum + amountOf('2')]);
    expect(await audited(app.databaseUrl)).toMatchObject({ breaches: [] });
  });

  const submit = async (
    wallet: TestWallet,
    operations: Parameters<TestWallet['submit']>[0],
    memo: string,
    signers: readonly Keypair[],
  ): Promise<void> => {
    await wallet.server.submitTransaction(
      TransactionBuilder.fromXdr(await wallet.build(operations, Memo.text(memo), signers), wallet.passphrase),
    );
  };

  /** Each stage of recording is made to fail for one invoice alone, by the database or by ourselves; returns how to mend it. */
  const constraint =
    (table: string, check: (to: Bill) => string) =>
    async (to: Bill): Promise<() => Promise<unknown>> => {
      await app.sql(`alter table ${table} add constraint forced check (${check(to)})`);
      return () => app.sql(`alter table ${table} drop constraint forced`);
    };
  const defect =
    <T extends object>(
      service: abstract new (...args: never[]) => T,
      method: keyof T,
      concerns: (to: Bill, asked: string) => boolean,
    ) =>
    async (to: Bill): Promise<() => Promise<unknown>> => {
      const target = app.get(service) as Record<keyof T, (...args: unknown[]) => unknown>;
      const real = target[method].bind(target);
      const spy = jest.spyOn(target as never, method as never).mockImplementation(((...args: unknown[]) => {
        const asked = JSON.stringify(args, (_key, value: unknown) =>
          typeof value === 'bigint' ? value.toString() : value,
        );
        if (concerns(to, asked)) throw new TypeError('a defect of ours');
        return real(...args);
      }) as never);
      return () => Promise.resolve(spy.mockRestore());
    };
  const STAGES: Readonly<Record<string, (to: Bill) => Promise<() => Promise<unknown>>>> = {
    'finding its invoice': defect(
      InvoiceSettlementService,
      'holdReferenced',
      (to, asked) => asked.includes(`"${to.memo}"`) && asked.includes(to.destination),
    ),
    'writing it down': constraint('payments', ({ id }) => `invoice_id <> '${id}'`),
    'adding it up': constraint('invoices', ({ id }) => `id <> '${id}' or received = 0`),
    'telling of it': constraint('events', ({ id }) => `subject_id <> '${id}' or type <> 'invoice.paid'`),
    'letting its link follow': constraint(
      'payment_links',
      ({ linkId }) => `id <> '${linkId}' or status <> 'completed'`,
    ),
    'letting its link follow, by a defect': defect(LinkFollowerService, 'follow', (to, asked) => asked.includes(to.id)),
  };

  it.each(Object.keys(STAGES))(
    'fails at %s: it goes to quarantine with its reason, everybody else in its page is credited, and when the cause is mended it is recorded once',
    async (stage) => {
      await readAll();
      const [before, poison, after] = [await bill(honest, '3'), await bill(hostile, '5'), await bill(honest, '4')];
      const mend = await (STAGES[stage] as (typeof STAGES)[string])(poison);
      const start = await cursor();
      await pay(before, '3');
      await pay(poison, '5');
      await pay(after, '4');
      await poll();
      expect([(await books(before)).status, (await books(after)).status]).toEqual(['PAID', 'PAID']);
      expect(await cursor()).toBeGreaterThan(start);
      await readAll();
      expect(await books(poison)).toEqual({ status: 'PENDING', received: 0n, payments: 0n, told: 0n });
      const [item, ...more] = await quarantine();
      expect(more).toEqual([]);
      expect(item).toMatchObject({
        state: 'unrecorded',
        attempts: 0,
        reason: expect.stringMatching(/forced|a defect of ours/),
      });
      expect(await readiness()).toMatchObject({ network: 'sandbox', quarantined: 1, waiting: 0 });
      expect((await app.client.get('/metrics')).text).toContain('lumentill_quarantined_items{network="sandbox"} 1');
      expect(await audited(app.databaseUrl)).toMatchObject({
        breaches: [],
        warnings: expect.arrayContaining([expect.stringContaining('1 payments could not be recorded')]),
      });
      const { operationId } = item as { operationId: string };
      const again = ['quarantine', 'retry', '--network', 'sandbox', operationId];
      if (!stage.includes('defect') && stage !== 'finding its invoice') {
        await expect(cli(...again)).rejects.toThrow('forced');
        expect(await quarantine()).toMatchObject([{ operationId, state: 'unrecorded', attempts: 1 }]);
      }
      await mend();
      expect(JSON.parse(await cli(...again))).toMatchObject({ recorded: 1 });
      expect(await books(poison)).toEqual({ status: 'PAID', received: 50_000_000n, payments: 1n, told: 1n });
      expect(await quarantine()).toEqual([]);
      await expect(cli(...again)).rejects.toThrow('is in quarantine');
      // The same page once more, from before all of it.
      await app.sql('update ledger_cursors set cursor = $1', [start]);
      await readAll();
      expect(await books(poison)).toEqual({ status: 'PAID', received: 50_000_000n, payments: 1n, told: 1n });
      expect(await audited(app.databaseUrl)).toMatchObject({ breaches: [] });
      expect(await readiness()).toMatchObject({ quarantined: 0 });
    },
  );

  it('is recorded by whatever road it comes again: a payer who confirms it takes it out of quarantine', async () => {
    const poison = await bill(hostile, '5');
    const mend = await (STAGES['adding it up'] as (typeof STAGES)[string])(poison);
    const { hash } = await pay(poison, '5');
    await readAll();
    expect(await quarantine()).toHaveLength(1);
    await mend();
    expect(
      (await app.client.post('/api/payments/confirm', { invoiceId: poison.publicId, transactionHash: hash })).status,
    ).toBe(200);
    expect(await quarantine()).toEqual([]);
    expect(await books(poison)).toEqual({ status: 'PAID', received: 50_000_000n, payments: 1n, told: 1n });
  });

  it('is no unexplained money, keeps its invoice from expiring, and is counted once when it is recorded after all', async () => {
    const look = async (): Promise<unknown[]> => {
      await app.get(BalanceCheckService).check('sandbox', 10);
      return app.get(BalancesRepository).unexplained();
    };
    await readAll();
    const before = await look();
    const poison = await bill(hostile, '5');
    const mend = await (STAGES['writing it down'] as (typeof STAGES)[string])(poison);
    await pay(poison, '5');
    await readAll();
    expect([await quarantine(), await look()]).toMatchObject([[{ state: 'unrecorded' }], before]);
    await app.sql(`update invoices set expires_at = now() - interval '1 minute' where id = $1`, [poison.id]);
    await app.sql(REMIND);
    await app.get(ExpiryService).runDue();
    expect((await books(poison)).status).toBe('PENDING');
    await mend();
    await expect(cli('quarantine', 'retry', '--network', 'sandbox', '--all')).resolves.toContain('"recorded": 1');
    expect([await books(poison), await look()]).toEqual([
      { status: 'PAID', received: 50_000_000n, payments: 1n, told: 1n },
      before,
    ]);
    expect(await audited(app.databaseUrl)).toMatchObject({ breaches: [] });
  });

  it('whose invoice was cancelled meanwhile is held when it is retried, and can be attached to another one, once', async () => {
    const [poison, other] = [await bill(hostile, '5'), await bill(hostile, '5')];
    const mend = await (STAGES['writing it down'] as (typeof STAGES)[string])(poison);
    await pay(poison, '5');
    await readAll();
    await mend();
    expect((await hostile.client.post(`/api/invoices/${poison.publicId}/cancel`)).status).toBe(200);
    expect(JSON.parse(await cli('quarantine', 'retry', '--network', 'sandbox', '--all'))).toMatchObject({
      recorded: 1,
    });
    const partner = PartnerCaller.bearer(app.url, hostile.token);
    const [held] = (await app.sql<{ id: string; outcome: string }>(
      'select id, outcome from payments where invoice_id = $1',
      [poison.id],
    )) as [{ id: string; outcome: string }];
    expect(held.outcome).toBe('invoice_closed');
    const attach = (): ReturnType<PartnerCaller['create']> =>
      partner.create('paymentResolutions', '/payment_resolutions', {
        attributes: { action: 'attach' },
        relationships: {
          payment: { data: { type: 'payments', id: held.id } },
          invoice: { data: { type: 'invoices', id: other.id } },
        },
      });
    expect([(await attach()).status, (await attach()).status]).toEqual([201, 409]);
    expect([await books(other), await books(poison), await quarantine()]).toEqual([
      { status: 'PAID', received: 50_000_000n, payments: 1n, told: 1n },
      { status: 'CANCELLED', received: 0n, payments: 0n, told: 0n },
      [],
    ]);
    await expect(cli('quarantine', 'retry', '--network', 'sandbox', '--all')).resolves.toContain('"recorded": 0');
    expect(await audited(app.databaseUrl)).toMatchObject({ breaches: [] });
  });

  it('is recorded, alone in its page, when something else of the page fails: what it tells of a lost life is kept for a human', async () => {
    const good = await bill(honest, '3');
    await app.sql('update ledger_cursors set caught_up_on = now()');
    const mend = await defect(InvoiceNumbersService, 'passBy', (to, asked) => asked.includes(`"${to.memo}"`))(good);
    await pay(good, '3');
    const start = await cursor();
    await readAll();
    await mend();
    expect(await cursor()).toBeGreaterThan(start);
    expect(await books(good)).toEqual({ status: 'PAID', received: 30_000_000n, payments: 1n, told: 1n });
    const [item, ...more] = await quarantine();
    expect([item, more]).toMatchObject([
      { state: 'unreadable', reason: expect.stringContaining('a defect of ours') },
      [],
    ]);
    await cli('quarantine', 'clear', '--network', 'sandbox', '--yes', item?.operationId as string);
    expect(await audited(app.databaseUrl)).toMatchObject({ breaches: [] });
  });

  it('stays on the ledger while the database is away: nothing is judged guilty, and the page is read again', async () => {
    const good = await bill(honest, '3');
    await pay(good, '3');
    const start = await cursor();
    const away = jest
      .spyOn(app.get(EventsService), 'record')
      .mockRejectedValue(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    await expect(readAll()).rejects.toMatchObject({ code: 'database_busy' });
    away.mockRestore();
    expect([await cursor(), await quarantine(), (await books(good)).status]).toEqual([start, [], 'PENDING']);
    await readAll();
    expect((await books(good)).status).toBe('PAID');
  });
});

describe('a running service', () => {
  let network: SandboxServer;
  let database: TestDatabase;
  let service: ServiceProcess;

  beforeAll(async () => {
    [network, database] = await Promise.all([
      SandboxServer.start({ idleLedgerMs: 1_000 }),
      testDatabase(),
      buildService(),
    ]);
    service = await ServiceProcess.start({ DATABASE_URL: database.url, HORIZON_URL_SANDBOX: network.url });
  });
  afterAll(async () => {
    await ServiceProcess.killAll();
    await network.stop();
    await database.drop();
  });

  it('goes on past a payment that it cannot record, and records it when the cause is mended', async () => {
    const [hostile, honest] = [
      await Shop.open(service.url, network.url, PASSPHRASE),
      await Shop.open(service.url, network.url, PASSPHRASE),
    ];
    const payer = await TestWallet.funded(network.url, PASSPHRASE, []);
    const [poison, bill] = [await hostile.link(service.url, '5'), await honest.link(service.url, '3')];
    const statusOf = async ({ id }: ShopLink): Promise<string | undefined> =>
      (await query<{ status: string }>(database.url, 'select status from invoices where public_id = $1', [id]))[0]
        ?.status;
    const quarantined = async (): Promise<number> =>
      (await new ApiClient(service.url).get('/health/ready')).body.ledgers[0].quarantined as number;
    const [row] = await query<{ id: string }>(database.url, 'select id from invoices where public_id = $1', [
      poison.id,
    ]);
    await query(database.url, `alter table payments add constraint forced check (invoice_id <> '${row?.id}')`);
    await hostile.paidBy(payer, poison);
    await honest.paidBy(payer, bill);
    await until(async () => (await statusOf(bill)) === 'PAID', { what: 'the honest merchant is paid' });
    await until(async () => (await quarantined()) === 1, { what: 'readiness tells of the other payment' });
    expect(await statusOf(poison)).toBe('PENDING');
    await query(database.url, 'alter table payments drop constraint forced');
    await runCli(['quarantine', 'retry', '--network', 'sandbox', '--all', '--json'], () =>
      readEnv({ NODE_ENV: 'test', NETWORKS: 'sandbox', DATABASE_URL: database.url, HORIZON_URL_SANDBOX: network.url }),
    );
    await until(async () => (await statusOf(poison)) === 'PAID', { what: 'the payment is recorded' });
    await until(async () => (await quarantined()) === 0, { what: 'nothing is kept any more' });
    expect(await breaches(database.url)).toEqual([]);
  });
});
