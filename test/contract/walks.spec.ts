import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Memo } from '@stellar/stellar-sdk';
import { CredentialsService } from '../../src/auth/credentials.service';
import { EventNumberingService } from '../../src/webhooks/event-numbering.service';
import { ReconciliationService } from '../../src/payments/reconciliation.service';
import { WebhookDispatchService } from '../../src/webhooks/webhook-dispatch.service';
import { ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';
import { PartnerProgram } from '../support/partner-program';
import type { TestWallet } from '../support/wallet';
import { WalkRecorder } from '../support/walk-recorder';
import { WebhookReceiver } from '../support/webhook-receiver';

const ROOT = path.join(__dirname, '../..');
/** What any walk passes or asks, and what stands for the world outside; docs/architecture.md says the same. */
const LEFT_OUT = /^(common|database|http|sandbox)\//;
/** The sandbox closes its ledgers by its own clock, also while a walk is measured. */
const OF_THE_SANDBOX = /\b(?:into|from|update|join) sandbox_/;
const TIMES = 3;

type Walk =
  | 'wallet link'
  | 'wallet link under a key'
  | 'partner link'
  | 'ledger page to PAID'
  | 'webhook'
  | 'error'
  | "payer's choice"
  | 'cancel';

const LINK = { amount: '5.00', asset: 'XLM' };
const IN_A_DAY_MS = 86_400_000;

let app: TestApp;
let receiver: WebhookReceiver;
let wallet: Awaited<ReturnType<TestApp['merchant']>>;
let partner: PartnerProgram;
/** The same API key, at the wallet API. */
let program: ApiClient;
let payer: TestWallet;
let recorder: WalkRecorder;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  // No job runs: what a walk does is all that is done.
  app = await TestApp.start({ env: { ROLE: 'api', WEBHOOKS_ALLOW_PRIVATE: '1' } });
  [wallet, payer] = await Promise.all([app.merchant(), app.wallet()]);
  const [row] = await app.sql<{ id: string }>('select merchant_id as id from wallets where address = $1', [
    wallet.wallet.address,
  ]);
  const { secret } = await app
    .get(CredentialsService)
    .issueApiKey({ merchantId: row?.id as string, network: 'sandbox', label: 'walks' });
  partner = PartnerProgram.withKey(app.url, secret);
  program = new ApiClient(app.url, { authorization: `Bearer ${secret}` });
  expect((await partner.create('webhook_endpoints', { url: receiver.url, eventTypes: ['link.created'] })).status).toBe(
    201,
  );
  recorder = await WalkRecorder.start();
});
afterAll(async () => {
  await recorder.stop();
  await app.stop();
  await receiver.stop();
});

async function makeLink(attributes: object = {}): Promise<{ id: string; publicId: string }> {
  const expiresAt = new Date(Date.now() + IN_A_DAY_MS).toISOString();
  const { status, text, body } = await partner.create('payment_links', {
    amount: '5.00',
    currency: 'XLM',
    paymentType: 'Invoice',
    expiresAt,
    ...attributes,
  });
  expect([status, text]).toEqual([201, text]);
  return { id: body.data.id as string, publicId: body.data.attributes.publicId as string };
}

/** Invoices that a walk of the ledger was to pay. */
const paid: string[] = [];

/** Each is walked twice: what is only loaded or remembered the first time is no part of it. */
const WALKS: Readonly<Record<Walk, () => Promise<() => Promise<unknown>>>> = {
  'wallet link': async () => async () => expect((await wallet.client.post('/api/links', LINK)).status).toBe(201),
  'wallet link under a key': async () => {
    const key = crypto.randomUUID();
    return async () => expect((await program.post('/api/links', LINK, { 'idempotency-key': key })).status).toBe(201);
  },
  'partner link': async () => () => makeLink(),
  error: async () => async () =>
    expect((await partner.get('payment_links/01890000-0000-7000-8000-00000000000a')).status).toBe(404),
  "payer's choice": async () => {
    const { publicId } = await makeLink({ amount: null, openAmount: { maximum: '100' } });
    return async () =>
      expect((await app.client.post(`/checkout/${publicId}/choice`, { asset: 'XLM', amount: '3' })).status).toBe(200);
  },
  cancel: async () => {
    const { publicId } = await makeLink();
    const [row] = await app.sql<{ id: string }>('select id from invoices where public_id = $1', [publicId]);
    return async () => expect((await partner.command(`invoices/${row?.id}/cancellation`)).status).toBe(200);
  },
  'ledger page to PAID': async () => {
    const { publicId } = await makeLink();
    const [row] = await app.sql<{ memo: string }>('select memo from invoices where public_id = $1', [publicId]);
    await payer.pay(wallet.wallet.address, '5', { memo: Memo.text(row?.memo as string) });
    paid.push(publicId);
    return () => app.get(ReconciliationService).ingestPage('sandbox');
  },
  webhook: async () => {
    await makeLink();
    await app.get(EventNumberingService).settle();
    const before = receiver.ids().length;
    return async () => {
      await app.get(WebhookDispatchService).run();
      expect(receiver.ids().length).toBeGreaterThan(before);
    };
  },
};

/** Of each walk in docs/architecture.md: files and statements. */
async function told(): Promise<Readonly<Record<string, readonly [number, number]>>> {
  const text = await readFile(path.join(ROOT, 'docs/architecture.md'), 'utf8');
  const rows = [...text.matchAll(/^\| ([a-zA-Z' ]+) \| \d+ \| (\d+) \| \d+ \| (\d+) \|$/gm)];
  return Object.fromEntries(rows.map(([, walk, files, statements]) => [walk, [Number(files), Number(statements)]]));
}

it('docs/architecture.md tells of each walk, and of no other', async () => {
  expect(Object.keys(await told()).toSorted()).toEqual(Object.keys(WALKS).toSorted());
});

it.each(Object.keys(WALKS) as Walk[])('%s takes no more files and statements than are told', async (walk) => {
  // The events' numbers are given out after the answer, by and for whoever comes first.
  jest.spyOn(app.get(EventNumberingService), 'afterCommit').mockImplementation(() => undefined);
  const any = new Set((await recorder.of(() => fetch(`${app.url}/health/live`))).files);
  // What is only loaded or remembered the first time is no part of it, and neither is what happens beside it once.
  await (
    await WALKS[walk]()
  )();
  const walked = [];
  for (let time = 0; time < TIMES; time += 1) walked.push(await recorder.of(await WALKS[walk]()));
  jest.restoreAllMocks();
  const files = walked
    .map((record) => record.files.filter((file) => !LEFT_OUT.test(file) && !any.has(file)))
    .reduce((common, each) => common.filter((file) => each.includes(file)));
  const [statements = []] = walked
    .map((record) => record.statements.filter((text) => !OF_THE_SANDBOX.test(text)))
    .toSorted((a, b) => a.length - b.length);
  const [mostFiles, mostStatements] = (await told())[walk] ?? [0, 0];
  expect({
    walk,
    files: files.length > mostFiles ? files : [],
    statements: statements.length > mostStatements ? statements : [],
  }).toEqual({ walk, files: [], statements: [] });
});

it('and a page of the ledger has paid what it was to pay', async () => {
  const rows = await app.sql('select distinct status from invoices where public_id = any($1)', [paid]);
  expect([paid.length, rows]).toEqual([TIMES + 1, [{ status: 'PAID' }]]);
});
