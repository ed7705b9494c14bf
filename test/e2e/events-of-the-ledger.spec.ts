import { randomBytes } from 'node:crypto';
import { Memo } from '@stellar/stellar-sdk';
import { Client } from 'pg';
import type { Invoice } from '../../src/invoices/invoice';
import { LinkCheckoutService } from '../../src/links/choices/link-checkout.service';
import { eventually, TestApp, type TestAppOptions } from '../support/app';
import { databaseAt, TEMPLATE } from '../support/database';
import { RateSource } from '../support/rate-source';

const SERVER = process.env['TEST_PG_URL'] as string;
const NAME = `t_books_${randomBytes(4).toString('hex')}`;
const [WRITTEN, FIRST, SECOND] = [`${NAME}_written`, `${NAME}_first`, `${NAME}_second`] as const;

let rates: RateSource;

async function administer(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: SERVER });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

beforeAll(async () => {
  rates = await RateSource.start();
  await administer(`create database ${WRITTEN} template ${TEMPLATE} strategy file_copy`);
});
afterAll(async () => {
  await administer(...[WRITTEN, FIRST, SECOND].map((name) => `drop database if exists ${name} with (force)`));
  await rates.stop();
});

const open = (database: string, options: TestAppOptions = {}): Promise<TestApp> =>
  TestApp.start({ databaseUrl: databaseAt(SERVER, database), env: rates.onlyEnv, ...options });

/** Links that wait for their money, and the money on the ledger, which nobody has read. */
async function payUnread(app: TestApp): Promise<void> {
  const { partner } = await app.shop();
  const payer = await app.wallet(['EURC']);
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const link = async (attributes: object): Promise<string> => {
    const { status, body, text } = await partner.create('payment_links', {
      paymentType: 'Invoice',
      expiresAt,
      ...attributes,
    });
    expect([status, text]).toEqual([201, text]);
    return body.data.attributes.publicId as string;
  };
  const pay = (invoice: Invoice, amount: string): Promise<unknown> =>
    payer.pay(invoice.destination, amount, { memo: Memo.text(invoice.memo) });
  const inParts = await app
    .get(LinkCheckoutService)
    .open(await link({ amount: '20', currency: 'EUR' }), { asset: 'XLM' }, '10.0.0.1');
  for (const amount of ['30', '50', '10']) await pay(inParts, amount);
  const donation = await link({ kind: 'donation', amount: null, openAmount: {}, currency: 'XLM', maxPayments: 1 });
  await pay(await app.get(LinkCheckoutService).open(donation, { asset: 'XLM', amount: '7' }, '10.0.0.1'), '7');
  const twice = await link({ amount: '20', currency: 'EUR' });
  const chosenFirst = await app.get(LinkCheckoutService).open(twice, { asset: 'XLM' }, '10.0.0.1');
  await app.get(LinkCheckoutService).open(twice, { asset: 'EURC' }, '10.0.0.1');
  await pay(chosenFirst, '80');
}

interface Told {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
}

const events = (app: TestApp): Promise<Told[]> =>
  app.sql('select id, type, subject_type || subject_id as subject from events order by type, subject_id, id');

/** What a reader of these books tells of the money that was not read when they were copied. */
async function readOn(database: string, before: ReadonlySet<string>): Promise<Told[]> {
  const app = await open(database);
  await eventually(
    () => app.sql(`select from events where type = 'link.paid'`),
    (rows) => rows.length === 3,
  );
  const told = (await events(app)).filter(({ id }) => !before.has(id));
  await app.stop();
  return told;
}

describe('money that is recorded twice, because the first record was lost', () => {
  it('is told under the same ids: they follow from the ledger, for the payment and all that it caused', async () => {
    const app = await open(WRITTEN, { reconcile: false });
    await payUnread(app);
    const before = new Set((await events(app)).map(({ id }) => id));
    await app.stop();
    await administer(
      ...[FIRST, SECOND].map((copy) => `create database ${copy} template ${WRITTEN} strategy file_copy`),
    );
    const first = await readOn(FIRST, before);
    expect(first.map(({ type }) => type)).toEqual([
      'invoice.expired',
      'invoice.paid',
      'invoice.paid',
      'invoice.paid',
      'link.completed',
      'link.paid',
      'link.paid',
      'link.paid',
      'payment.confirmed',
      'payment.confirmed',
      'payment.confirmed',
      'payment.confirmed',
      'payment.received',
    ]);
    expect(new Set(first.map(({ id }) => id)).size).toBe(first.length);
    expect(await readOn(SECOND, before)).toEqual(first);
  });
});
