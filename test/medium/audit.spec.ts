import { Asset, Memo, Operation } from '@stellar/stellar-sdk';
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { printReport } from '../../src/cli/audit/print-report';
import type { Invariant, Report } from '../../src/cli/audit/finding';
import type { AuditOptions } from '../../src/cli/audit/run-audit';
import { Snapshot } from '../../src/cli/audit/snapshot';
import { LinkCheckoutService } from '../../src/links/choices/link-checkout.service';
import { InvoiceActionsService } from '../../src/invoices/invoice-actions.service';
import { ExpiryService } from '../../src/payments/expiry.service';
import { LedgerSources } from '../../src/stellar/ledger-sources';
import { LedgerSource, LedgerUnavailable } from '../../src/stellar/ledger-source';
import { ApiClient } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { audited } from '../support/audited';
import { PartnerProgram } from '../support/partner-program';
import type { TestMerchant } from '../support/shop';
import { databaseAt, testDatabase, type TestDatabase } from '../support/database';
import { TestWallet } from '../support/wallet';

/** A database with every kind of traffic in it, made by the real service; each test works on its own copy. */
let original: TestDatabase;
let live: { breaches: Report['breaches']; overHttp: Report };
const ids: Record<string, string> = {};

beforeAll(async () => {
  original = await testDatabase();
  const app = await TestApp.start({ databaseUrl: original.url });
  await traffic(app);
  const overHttp = await audit(original.url, (network) => app.get(LedgerSources).of(network));
  live = { breaches: (await audit(original.url)).breaches, overHttp };
  await app.stop();
});
afterAll(() => original.drop());

const audit = (url: string, sourceOf?: AuditOptions['sourceOf']): Promise<Report> =>
  audited(url, sourceOf === undefined ? {} : { sourceOf });

async function traffic(app: TestApp): Promise<void> {
  const merchant = await app.merchant();
  const other = await app.merchant();
  const payer = await app.wallet(['USDC', 'EURC']);
  const link = async (name: string, body: Record<string, unknown>, of: TestMerchant = merchant): Promise<Memo> => {
    const { body: created } = await of.client.post('/api/links', body);
    ids[name] = created.id;
    return Memo.text(created.legacyInvoiceNumber);
  };
  const usdc = payer.coin('USDC');
  const to = merchant.wallet.address;
  await payer.pay(to, '10', { memo: await link('paid', { amount: '10', asset: 'XLM' }) });
  const partly = await link('partly', { amount: '100', asset: 'USDC' });
  await payer.pay(to, '30', { asset: usdc, memo: partly });
  await payer.pay(to, '10', { asset: usdc, memo: partly });
  await payer.pay(to, '7', { asset: usdc, memo: await link('over', { amount: '5', asset: 'USDC' }) });
  await payer.pay(to, '5', { asset: payer.coin('EURC'), memo: await link('wrong', { amount: '5', asset: 'USDC' }) });
  await payer.submit(
    [
      Operation.pathPaymentStrictReceive({
        sendAsset: Asset.native(),
        sendMax: '500',
        destination: to,
        destAsset: usdc,
        destAmount: '4',
        path: [],
      }),
    ],
    await link('path', { amount: '4', asset: 'USDC' }),
  );
  await payer.pay(to, '2');
  await payer.pay(to, '3', { memo: Memo.text('nobody knows') });
  await payer.pay(other.wallet.address, '6', { memo: await link('foreign', { amount: '6', asset: 'XLM' }, other) });
  await link('open', { amount: '1', asset: 'XLM' });
  await link('processing', { amount: '1', asset: 'XLM' });
  await app.client.post(`/api/payments/${ids['processing']}/pay-intent`, { senderPublicKey: payer.address });
  await cancelled(app, merchant, payer, await link('cancelled', { amount: '9', asset: 'XLM' }));
  await activated(app);
  await reused(app, merchant, payer);
  await expired(app, payer, to, link);
}

/** A link of two payments: one made, one slot held. */
async function reused(app: TestApp, merchant: TestMerchant, payer: TestWallet): Promise<void> {
  const session = new PartnerProgram(app.url, { authorization: `Bearer ${merchant.token}` });
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const { body } = await session.create('payment_links', {
    kind: 'donation',
    amount: '2',
    currency: 'XLM',
    paymentType: 'Invoice',
    expiresAt,
    maxPayments: 2,
  });
  const { publicId } = body.data.attributes;
  const open = (address: string): ReturnType<LinkCheckoutService['open']> =>
    app.get(LinkCheckoutService).open(publicId, { asset: 'XLM' }, address);
  const [first, second] = [await open('192.0.2.1'), await open('192.0.2.2')];
  await payer.pay(merchant.wallet.address, '2', { memo: Memo.text(first.memo) });
  Object.assign(ids, { reused: publicId, slotPaid: first.publicId, slotHeld: second.publicId });
}

async function cancelled(app: TestApp, merchant: TestMerchant, payer: TestWallet, memo: Memo): Promise<void> {
  const [row] = await app.sql<{ merchant_id: string }>('select merchant_id from invoices where public_id = $1', [
    ids['cancelled'],
  ]);
  await app
    .get(InvoiceActionsService)
    .cancel(
      { actor: 'test', requestId: null },
      { merchantId: row?.merchant_id ?? '', network: null, by: 'publicId', value: ids['cancelled'] ?? '' },
    );
  await payer.pay(merchant.wallet.address, '9', { memo });
}

/** The merchant's account is born with its first payment. */
async function activated(app: TestApp): Promise<void> {
  const newborn = TestWallet.unfunded(app.horizonUrl, app.network.passphrase);
  const client = new ApiClient(app.url, { authorization: `Bearer ${await newborn.signIn(app.url)}` });
  const { body } = await client.post('/api/links', { amount: '5', asset: 'XLM', activateNewAccounts: true });
  const payer = await app.wallet();
  await payer.submit(
    [Operation.createAccount({ destination: newborn.address, startingBalance: '5' })],
    Memo.text(body.legacyInvoiceNumber),
  );
}

async function expired(
  app: TestApp,
  payer: TestWallet,
  to: string,
  link: (name: string, body: Record<string, unknown>) => Promise<Memo>,
): Promise<void> {
  await link('expired', { amount: '1', asset: 'XLM', expiresAt: new Date(Date.now() + 700).toISOString() });
  const late = await link('late', { amount: '1', asset: 'XLM', expiresAt: new Date(Date.now() + 700).toISOString() });
  await eventually(
    async () => {
      await app.get(ExpiryService).runDue();
      return app.sql('select 1 from invoices where status = $1', ['EXPIRED']);
    },
    (rows) => rows.length === 2,
  );
  await payer.pay(to, '1', { memo: late });
  await eventually(
    () => app.sql('select 1 from payments'),
    (rows) => rows.length >= 13,
  );
  await eventually(
    () => app.client.get(`/api/links/${ids['late']}/status`),
    (answer) => answer.body.status === 'CONFIRMED',
  );
}

/** Copies the database, corrupts the copy with all its guards off, and audits it. */
async function planted(...statements: (string | [string, unknown[]])[]): Promise<Report> {
  const server = process.env['TEST_PG_URL'] ?? '';
  const name = `t_${randomBytes(6).toString('hex')}`;
  const admin = new Client({ connectionString: server });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${new URL(original.url).pathname.slice(1)} STRATEGY FILE_COPY`);
    const url = databaseAt(server, name);
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query(`set session_replication_role = 'replica'`);
    for (const each of statements) {
      const { rowCount } = typeof each === 'string' ? await client.query(each) : await client.query(...each);
      if (rowCount === 0) throw new Error(`nothing was planted by: ${String(each)}`);
    }
    await client.end();
    return await audit(url);
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await admin.end();
  }
}

const broken = (report: Report): Invariant[] => [...new Set(report.breaches.map((each) => each.invariant))];
const invoice = (name: string): string => `(select id from invoices where public_id = '${ids[name]}')`;
const copyOfEvent = (type: string, from: string): string =>
  `insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at)
   select merchant_id, gen_random_uuid(), '${type}', network, subject_type, subject_id, data || '{"previousStatus":"PENDING","status":"PAID"}', created_at
   from events where type = '${from}' and subject_id = ${invoice('open')}`;

describe('a clean database', () => {
  it('is silent while the service runs, from its stored ledgers and over HTTP', () => {
    expect(live.breaches).toEqual([]);
    expect(live.overHttp.breaches).toEqual([]);
    expect(live.overHttp.unchecked).toEqual([]);
  });

  it('is silent after the service has stopped, and says what it looked at', async () => {
    const report = await planted();
    expect(report.breaches).toEqual([]);
    const text = printReport(report);
    expect(text).toMatch(/^I1 {2}ok .*all stored ledgers, \d\d credits/m);
    expect(text).toMatch(/^warning: \d payments wait in suspense/m);
    expect(text).toMatch(/No breach found\.$/);
  });

  it('holds every kind of payment that the corruptions below start from', async () => {
    const snapshot = await Snapshot.open(original.url);
    const outcomes = await snapshot.rows<{ outcome: string }>('select distinct outcome from payments order by outcome');
    await snapshot.close();
    expect(outcomes.map((row) => row.outcome)).toEqual(
      expect.arrayContaining([
        'exact',
        'under',
        'over',
        'late',
        'wrong_asset',
        'no_reference',
        'unknown_reference',
        'invoice_closed',
      ]),
    );
  });

  it('cannot be changed by the audit', async () => {
    const snapshot = await Snapshot.open(original.url);
    await expect(snapshot.rows('delete from events')).rejects.toThrow('read-only transaction');
    await snapshot.close();
  });
});

/** What readers are told follows from the events again, after some were planted or taken away. */
const NUMBERED_ANEW = [
  'delete from event_numbers',
  `insert into event_numbers (merchant_id, seq, event_id, subject_id, subject_version)
   select merchant_id, row_number() over (partition by merchant_id order by written_at, id), id, subject_id, row_number() over (partition by merchant_id, subject_id order by written_at, id) from events`,
  `update event_heads h set last_seq = n.count, told_seq = least(told_seq, n.count) from (select merchant_id, count(*) from events group by merchant_id) n where n.merchant_id = h.merchant_id`,
];

describe('I1: the ledger and the record', () => {
  it.each([
    [
      'a deleted payment that named nobody',
      `delete from payments where outcome = 'no_reference'`,
      'is on the ledger and not on record',
    ],
    [
      'a deleted payment with an unknown memo',
      `delete from payments where outcome = 'unknown_reference'`,
      'is on the ledger and not on record',
    ],
    [
      'a changed amount',
      `update payments set amount = amount + 1 where outcome = 'no_reference'`,
      'amount 2.0000001 instead of 2',
    ],
    ['another sender', `update payments set from_address = account where outcome = 'unknown_reference'`, 'sender G'],
    [
      'a payment recorded twice',
      `insert into payments select network, operation_id, 1, gen_random_uuid(), merchant_id, invoice_id, disposition, outcome, kind, account, muxed_id, from_address, asset_code, asset_issuer, amount, memo_type, memo, transaction_hash, ledger, closed_at, recorded_at from payments where outcome = 'no_reference'`,
      'is on record and not on the ledger',
    ],
    [
      'money of a ledger that never closed',
      `update payments set operation_id = operation_id + (1000::bigint << 32) where outcome = 'no_reference'`,
      'is on record and not on the ledger',
    ],
  ])('%s', async (_what, statement, text) => {
    const report = await planted(statement);
    expect(broken(report)).toEqual(['I1']);
    expect(report.breaches[0]?.text).toContain('sandbox credit ');
    expect(report.breaches.map((each) => each.text).join('\n')).toContain(text);
  });

  it('an applied payment that vanished breaks the sum as well', async () => {
    const report = await planted(
      `delete from payments where invoice_id = ${invoice('paid')}`,
      `delete from events where subject_type = 'payment' and data ->> 'invoiceId' = '${ids['paid']}'`,
      ...NUMBERED_ANEW,
    );
    expect(broken(report)).toEqual(['I1', 'I2']);
  });
});

describe('I2 and I3: money and status', () => {
  const paidByHand = `update invoices set status = 'PAID', received = total, paid_at = now(), closed_at = now(), paid_transaction = 'none', paid_ledger = 1, version = version + 1 where public_id = `;

  it('PAID without funds', async () => {
    const link = `update payment_links set status = 'completed' where public_id = '${ids['open']}'`;
    const linkEvent = `insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at) select merchant_id, gen_random_uuid(), 'link.paid', network, subject_type, subject_id, data, created_at
      from events where type = 'link.created' and subject_id = (select id from payment_links where public_id = '${ids['open']}')`;
    const report = await planted(
      `${paidByHand} '${ids['open']}'`,
      copyOfEvent('invoice.paid', 'invoice.created'),
      link,
      linkEvent,
      ...NUMBERED_ANEW,
    );
    expect(broken(report)).toEqual(['I2']);
    expect(report.breaches.map((each) => each.text).join('\n')).toContain(
      `PAID without enough applied payments: invoice ${ids['open']}`,
    );
  });

  it.each([
    [
      'a sum that is not the sum',
      () => `update invoices set received = received + 1 where public_id = '${ids['partly']}'`,
      'received 400000001, applied 400000000 stroops',
    ],
    [
      'another asset',
      () => `update invoices set asset_code = 'EURC' where public_id = '${ids['over']}'`,
      'network, destination or asset differ',
    ],
    [
      'a reference that was never named',
      () => `update payment_references set value = 'INV-7777' where kind = 'text' and invoice_id = ${invoice('over')}`,
      'it names no reference',
    ],
    [
      'money of the last ledger before its invoice',
      () => `update invoices set provider_ledger = paid_ledger where public_id = '${ids['paid']}'`,
      'it is older than its invoice',
    ],
    [
      'the same on a row of an earlier release',
      () =>
        `update invoices set provider_ledger = null, opened_ledger = paid_ledger where public_id = '${ids['paid']}'`,
      'it is older than its invoice',
    ],
    [
      'another proof',
      () => `update invoices set paid_transaction = '${'0'.repeat(64)}' where public_id = '${ids['paid']}'`,
      'not among its applied payments',
    ],
  ])('%s', async (_what, statement, text) => {
    const report = await planted(statement());
    expect(broken(report)).toEqual(['I2']);
    expect(report.breaches.map((each) => each.text).join('\n')).toContain(text);
  });

  it('funded and still open', async () => {
    const report = await planted(`update invoices set total = received where public_id = '${ids['partly']}'`);
    expect(broken(report)).toEqual(['I3']);
    expect(report.breaches[0]?.text).toContain(`funded in full and still not PAID: invoice ${ids['partly']}`);
  });

  it.each([
    [
      'held as another asset',
      () =>
        `update invoices set asset_code = 'EURC', asset_issuer = (select asset_issuer from payments where outcome = 'wrong_asset') where public_id = '${ids['wrong']}'`,
      'is held as wrong_asset although it fits',
    ],
    [
      'held for a limit that its invoice has no slot of',
      () =>
        `with renamed as (update payments set outcome = 'link_full' where outcome = 'wrong_asset')
         update invoices set asset_code = 'EURC', asset_issuer = (select asset_issuer from payments where outcome = 'wrong_asset') where public_id = '${ids['wrong']}'`,
      'is held as link_full although it fits',
    ],
    [
      'held as unmatched',
      () =>
        `update payment_references set value = 'nobody knows' where kind = 'text' and invoice_id = ${invoice('wrong')}`,
      'although its reference is known',
    ],
  ])('%s', async (_what, statement, text) => {
    const report = await planted(statement());
    expect(broken(report)).toEqual(['I3']);
    expect(report.breaches[0]?.text).toContain(text);
  });
});

describe('I6 and I10: what was told and what is final', () => {
  it.each([
    ['a lost invoice.paid', () => `delete from events where type = 'invoice.paid' and subject_id = ${invoice('paid')}`],
    [
      'a second invoice.paid',
      () =>
        `insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at) select merchant_id, gen_random_uuid(), type, network, subject_type, subject_id, data, created_at from events where type = 'invoice.paid' and subject_id = ${invoice('paid')}`,
    ],
    [
      'a lost step in between',
      () => `delete from events where type = 'invoice.processing' and subject_id = ${invoice('processing')}`,
    ],
    ['a status nobody told of', () => `update invoices set status = 'PROCESSING' where public_id = '${ids['open']}'`],
    [
      'a lost payment event',
      () => `delete from events where type = 'payment.suspended' and data ->> 'invoiceId' = '${ids['wrong']}'`,
    ],
    [
      'a limit that was never raised',
      () =>
        `insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at) select merchant_id, gen_random_uuid(), 'link.reopened', network, subject_type, subject_id, data, created_at
         from events where type = 'link.created' and subject_id = (select id from payment_links where public_id = '${ids['reused']}')`,
    ],
    ['an event that readers never see', () => `delete from event_numbers where seq = 3`],
    [
      'a number of nothing',
      () =>
        `insert into event_numbers (merchant_id, seq, event_id, subject_id, subject_version) select merchant_id, last_seq + 1, gen_random_uuid(), gen_random_uuid(), 1 from event_heads`,
    ],
    ['a gap in what readers are told', () => `update event_heads set last_seq = last_seq + 1`],
    [
      'a lost link event',
      () =>
        `delete from events where type = 'link.created' and subject_id = (select id from payment_links where public_id = '${ids['open']}')`,
    ],
  ])('%s', async (_what, statement) => {
    expect(broken(await planted(statement()))).toEqual(['I6']);
  });

  it('a way out of CANCELLED', async () => {
    const report = await planted(
      `update invoices set status = 'PENDING', closed_at = null where public_id = '${ids['cancelled']}'`,
      `update payment_links set status = 'active' where public_id = '${ids['cancelled']}'`,
    );
    expect(broken(report)).toEqual(['I10', 'I13']);
    expect(report.breaches.map((each) => each.text).join('\n')).toContain(ids['cancelled']);
  });

  it('an event that leaves PAID', async () => {
    const leave = `update events set data = data || '{"previousStatus":"PAID"}' where type = 'invoice.cancelled'`;
    expect(broken(await planted(leave))).toContain('I10');
  });

  it('a guard that was taken away', async () => {
    expect(broken(await planted('alter table invoices drop constraint invoices_paid_is_proven'))).toEqual(['I10']);
  });
});

describe('I9: limits', () => {
  const link = (change: string): string => `update payment_links set ${change} where public_id = '${ids['reused']}'`;
  const slot = (name: string, state: string): string =>
    `update payment_link_choices set slot = '${state}', payer_address = null where invoice_id = ${invoice(name)}`;

  it.each<[string, () => string | string[], string]>([
    ['a slot too many', () => link('slots_used = 1'), 'the counters of a link are not what its invoices say'],
    [
      'a payment that was not counted',
      () => link('payments_made = 0'),
      'the counters of a link are not what its invoices say',
    ],
    [
      'a payment over the limit that nobody made',
      () => link('payments_over_limit = 1'),
      'the counters of a link are not what its invoices say',
    ],
    [
      'a slot given back while its invoice can be paid',
      () => slot('slotHeld', 'returned'),
      'a slot does not follow its invoice',
    ],
    ['a slot held by what was paid', () => slot('slotPaid', 'held'), 'a slot does not follow its invoice'],
    [
      'a limit that was met without an end',
      () => [link('max_payments = 1, slots_used = 1'), slot('slotHeld', 'returned')],
      'more slots than the limit, or a limit that was met',
    ],
    [
      'a payment that was not told',
      () => [
        `delete from events where type = 'link.paid' and subject_id = (select id from payment_links where public_id = '${ids['reused']}')`,
        ...NUMBERED_ANEW,
      ],
      'payments of a link without exactly one event each',
    ],
  ])('%s', async (_what, statement, text) => {
    const report = await planted(...[statement()].flat());
    expect(broken(report)).toEqual(['I9']);
    expect(report.breaches.map((each) => each.text).join('\n')).toContain(text);
  });
});

describe('choices of a single-use link', () => {
  /** Makes an invoice a choice of the link that was paid. */
  const chosen = (
    name: string,
  ): string => `insert into payment_link_choices (merchant_id, invoice_id, link_id, pay_currency, amount, created_at)
    select merchant_id, ${invoice(name)}, id, 'XLM', 1, now() from payment_links where public_id = '${ids['paid']}'`;

  it('I9 two that are paid', async () => {
    const report = await planted(chosen('paid'), chosen('path'));
    expect([broken(report), report.breaches[0]?.text]).toEqual([
      ['I9'],
      expect.stringContaining('a single-use link that was paid by more than one of its choices'),
    ]);
  });

  it.each([
    ['open', 'is still open'],
    ['partly', 'keeps money that should be held for its payer'],
  ])('I3 one that is %s beside the one that was paid', async (name) => {
    const report = await planted(chosen('paid'), chosen(name));
    expect([broken(report), report.breaches[0]?.text]).toEqual([
      ['I3'],
      expect.stringContaining('a choice that lost its link is still open, or keeps money that should be held'),
    ]);
  });

  it('I6 money that was taken off one and not told', async () => {
    const held = `update payments set outcome = 'link_closed' where outcome = 'no_reference'`;
    expect(broken(await planted(held))).toEqual(['I6']);
  });
});

describe('I11: merchants', () => {
  const foreign = (): string => `(select merchant_id from invoices where public_id = '${ids['foreign']}')`;

  it.each([
    ['a payment', () => `update payments set merchant_id = ${foreign()} where outcome = 'no_reference'`],
    ['a link', () => `update payment_links set merchant_id = ${foreign()} where public_id = '${ids['open']}'`, 'I6'],
    [
      'a reference',
      () => `update payment_references set merchant_id = ${foreign()} where invoice_id = ${invoice('open')}`,
    ],
    ['an intent', () => `update payment_intents set merchant_id = ${foreign()}`],
  ])('%s of another merchant', async (_what, statement, also = '') => {
    expect(broken(await planted(statement())).toSorted()).toEqual(
      ['I11', also].filter((each) => each !== '').toSorted(),
    );
  });

  it('an event told to another merchant is lost for its own', async () => {
    const report = await planted(
      `update events set merchant_id = ${foreign()} where type = 'invoice.created' and subject_id = ${invoice('open')}`,
    );
    expect(broken(report).toSorted()).toEqual(['I11', 'I6']);
  });
});

describe('what no key ties to its merchant', () => {
  it.each([
    [
      'I2',
      'a payment for no invoice',
      `update payments set invoice_id = gen_random_uuid() where outcome = 'wrong_asset'`,
    ],
    [
      'I11',
      'a reference to no invoice',
      `insert into payment_references select network, account, kind, 'nowhere', merchant_id, gen_random_uuid() from payment_references limit 1`,
    ],
    ['I11', 'a wallet of no member', `update wallets set member_id = gen_random_uuid()`],
    ['I11', 'a wallet of another member', `update wallets w set address = 'G' || substr(w.address, 3) || 'A'`],
  ])('%s %s', async (invariant, _what, statement) => {
    expect(broken(await planted(statement))).toContain(invariant);
  });
});

describe('I13: what has a deadline', () => {
  it.each([
    ['an open invoice', 'invoice', () => `invoice ${ids['open']} `],
    ['a prepared payment', 'intent', () => 'intent '],
    ['a link without an invoice', 'link', () => `link ${ids['reused']} (active)`],
  ])('%s that lost its place in the queue', async (_what, kind, subject) => {
    const report = await planted(`delete from deadlines where kind = '${kind}'`);
    expect(broken(report)).toEqual(['I13']);
    expect(report.breaches.map((each) => each.text).join('\n')).toContain(subject());
  });

  it('an invoice whose deadline was moved alone', async () => {
    const report = await planted(
      `update invoices set expires_at = expires_at + interval '1 hour' where public_id = '${ids['open']}'`,
    );
    expect(report.breaches).toMatchObject([
      { invariant: 'I13', text: expect.stringMatching(/^open invoice whose deadline is not in the queue: invoice /) },
    ]);
  });
});

describe('what cannot be checked', () => {
  it('is said, and is not called ok', async () => {
    const unreachable = {
      network: 'sandbox',
      status: () => Promise.reject(new LedgerUnavailable('Horizon is away')),
    } as unknown as LedgerSource;
    const report = await audit(original.url, () => unreachable);
    expect(report.breaches).toEqual([]);
    expect(printReport(report)).toMatch(/^I1 {2}unknown [^]*^not checked: I1 sandbox: Horizon is away$/m);
  });
});
