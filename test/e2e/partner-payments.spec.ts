import { Asset, Memo } from '@stellar/stellar-sdk';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { audited } from '../support/audited';
import { PartnerProgram } from '../support/partner-program';
import type { TestWallet } from '../support/wallet';

const IN_A_DAY = new Date(Date.now() + 24 * 3600 * 1000).toISOString();

let app: TestApp;
let shop: TestWallet;
let payer: TestWallet;
let partner: PartnerProgram;

beforeAll(async () => {
  app = await TestApp.start();
  [{ wallet: shop, partner }, payer] = await Promise.all([app.shop(), app.wallet(['USDC'])]);
});
afterAll(() => app.stop());

const invoice = async (amount: string, currency = 'XLM'): Promise<Json> => {
  const { status, body } = await partner.create('invoices', {
    currency,
    lines: [{ description: 'Beans', rate: amount }],
    expiresAt: IN_A_DAY,
  });
  expect(status).toBe(201);
  return body.data;
};
const link = async (amount: string): Promise<Json> =>
  (
    await partner.create('payment_links?include=target', {
      amount,
      currency: 'XLM',
      paymentType: 'Invoice',
      expires_at: IN_A_DAY,
    })
  ).body;
const paymentOf = async (hash: string): Promise<Json> =>
  (
    await eventually(
      () => partner.get(`payments?filter[transactionHash]=${hash}`),
      (answer) => answer.body.data.length > 0,
    )
  ).body.data[0];
const held = async (
  amount: string,
  options: { asset?: Asset; memo?: Memo } = { memo: Memo.text('Order 7') },
): Promise<Json> => paymentOf((await payer.pay(shop.address, amount, options)).hash);
const named = (payment: string, invoiceId?: string): object => ({
  payment: { data: { type: 'payments', id: payment } },
  ...(invoiceId === undefined ? {} : { invoice: { data: { type: 'invoices', id: invoiceId } } }),
});
const resolve = (
  payment: string,
  attributes: object,
  invoiceId?: string,
  key?: string,
): ReturnType<PartnerProgram['create']> =>
  partner.create(
    'payment_resolutions',
    attributes,
    named(payment, invoiceId),
    key === undefined ? {} : { 'idempotency-key': key },
  );
const eventsOf = async (subject: string): Promise<string[]> =>
  (
    await app.sql<{ type: string }>('select type from events where subject_id = $1 order by written_at, id', [subject])
  ).map(({ type }) => type);

describe('the suspense inbox', () => {
  it('shows money that names no invoice, and counts it towards the one it is attached to', async () => {
    const { data, included } = await link('7');
    const payment = await held('7');
    expect(payment.attributes).toMatchObject({
      status: 'held',
      disposition: 'suspense',
      outcome: 'unknown_reference',
      amount: '7.00',
      assetCode: 'XLM',
      from: payer.address,
      memoType: 'text',
      memo: 'Order 7',
    });
    expect(payment.relationships.invoice.data).toBeNull();
    const answer = await partner.create(
      'payment_resolutions?include=payment,invoice',
      { action: 'attach', reason: 'the customer called' },
      named(payment.id, included[0].id),
    );
    expect([answer.status, answer.body.data.attributes]).toEqual([
      201,
      expect.objectContaining({ action: 'attach', heldAs: 'unknown_reference', reason: 'the customer called' }),
    ]);
    expect(answer.body.included.map((each: Json) => [each.type, each.attributes.status])).toEqual(
      expect.arrayContaining([
        ['payments', 'applied'],
        ['invoices', 'PAID'],
      ]),
    );
    expect((await partner.get(`payment_links/${data.id}`)).body.data.attributes.status).toBe('completed');
    expect(await eventsOf(payment.id)).toEqual(['payment.attached']);
    expect(await eventsOf(included[0].id)).toEqual(['invoice.created', 'invoice.paid']);
    const noted = await app.sql<{ action: string; before: Json; after: Json }>(
      'select action, before, after from audit_entries where subject_id = $1',
      [payment.id],
    );
    expect(noted).toEqual([
      {
        action: 'payment.attached',
        before: { disposition: 'suspense', outcome: 'unknown_reference', invoiceId: null },
        after: { disposition: 'applied', outcome: 'exact', invoiceId: included[0].id, reason: 'the customer called' },
      },
    ]);
    const { body } = await partner.get(`payments/${payment.id}?include=resolution,invoice`);
    expect(body.data.attributes).toMatchObject({ status: 'applied', outcome: 'exact' });
    expect(body.included.map(({ type }: Json) => type).toSorted()).toEqual(['invoices', 'paymentResolutions']);
  });

  it('counts money once, however many attach it at once', async () => {
    const [first, second, payment] = [await invoice('10'), await invoice('10'), await held('10')];
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        resolve(
          payment.id,
          { action: 'attach' },
          (at % 2 === 0 ? first : second).id,
          at % 3 === 0 ? `attach-${at}` : undefined,
        ),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 11 }, () => 409),
    ]);
    expect(answers.filter(({ status }) => status === 409).map(({ body }) => body.errors[0].code)).toEqual(
      Array.from({ length: 11 }, () => 'payment_not_held'),
    );
    const received = await Promise.all(
      [first, second].map(async ({ id }) => (await partner.get(`invoices/${id}`)).body.data.attributes.amountReceived),
    );
    expect(received.toSorted((a, b) => Number(a) - Number(b))).toEqual(['0.00', '10.00']);
  });

  it('sums up with money that arrives at the same time', async () => {
    const wanted = await invoice('30');
    const payment = await held('10');
    const { memo } = wanted.attributes;
    const [answer] = await Promise.all([
      resolve(payment.id, { action: 'attach' }, wanted.id),
      payer.pay(shop.address, '20', { memo: Memo.text(memo) }),
    ]);
    expect(answer.status).toBe(201);
    const done = await eventually(
      () => partner.get(`invoices/${wanted.id}?include=payments`),
      ({ body }) => body.data.attributes.status === 'PAID',
    );
    expect(done.body.data.attributes).toMatchObject({ amountReceived: '30.00', amountDue: '0.00' });
    expect(done.body.included).toHaveLength(2);
  });

  it('attaches in part, and the same key attaches once', async () => {
    const [wanted, payment] = [await invoice('10'), await held('4')];
    const [first, again] = [
      await resolve(payment.id, { action: 'attach' }, wanted.id, 'part'),
      await resolve(payment.id, { action: 'attach' }, wanted.id, 'part'),
    ];
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    expect((await partner.get(`invoices/${wanted.id}`)).body.data.attributes).toMatchObject({
      status: 'PENDING',
      amountReceived: '4.00',
      amountDue: '6.00',
    });
  });

  it('never takes another asset, account or a closed invoice for what was paid', async () => {
    const [coins, wanted, closed] = [await invoice('5', 'USDC'), await invoice('5'), await invoice('5')];
    await partner.command(`invoices/${closed.id}/cancellation`);
    const payment = await held('5');
    for (const [id, reason] of [
      [coins.id, 'another asset'],
      [closed.id, 'cancelled'],
    ]) {
      const answer = await resolve(payment.id, { action: 'attach' }, id);
      expect([answer.status, answer.body.errors[0].code, answer.body.errors[0].detail]).toEqual([
        409,
        'payment_not_attachable',
        expect.stringContaining(reason),
      ]);
    }
    expect((await resolve(payment.id, { action: 'attach' }, wanted.id)).status).toBe(201);
  });

  it('refunded outside and dismissed leave the inbox and the books as they are', async () => {
    const [back, dust] = [await held('3'), await held('0.01')];
    const refunded = await resolve(back.id, { action: 'refund', refundTransactionHash: 'ab'.repeat(32) });
    const dismissed = await resolve(dust.id, { action: 'dismiss', reason: 'dust' });
    expect([refunded.status, dismissed.status]).toEqual([201, 201]);
    const states = async (filter: string): Promise<string[]> =>
      (await partner.get(`payments?filter[status]=${filter}&page[size]=100`)).body.data.map(({ id }: Json) => id);
    expect(await states('held')).not.toEqual(expect.arrayContaining([back.id]));
    expect(await states('refunded')).toEqual([back.id]);
    expect(await states('dismissed,refunded')).toEqual([dust.id, back.id]);
    expect([await eventsOf(back.id), await eventsOf(dust.id)]).toEqual([['payment.refunded'], ['payment.dismissed']]);
    expect((await resolve(back.id, { action: 'dismiss', reason: 'again' })).body.errors).toMatchObject([
      { status: '409', code: 'payment_not_held' },
    ]);
    const { body } = await partner.get('payment_resolutions?filter[action]=refund');
    expect(body.data.map(({ attributes }: Json) => attributes.refundTransactionHash)).toEqual(['ab'.repeat(32)]);
  });

  it('wants whole decisions', async () => {
    const [wanted, payment] = [await invoice('5'), await held('5')];
    const problem = async (answer: ReturnType<PartnerProgram['create']>): Promise<[number, string, string]> => {
      const { status, body } = await answer;
      return [status, body.errors[0].code, body.errors[0].source?.pointer];
    };
    expect(await problem(resolve(payment.id, { action: 'dismiss' }))).toEqual([
      422,
      'attributes_invalid',
      '/data/attributes',
    ]);
    expect(await problem(resolve(payment.id, { action: 'attach' }))).toEqual([422, 'attributes_invalid', '/data']);
    expect(await problem(resolve(payment.id, { action: 'refund' }, wanted.id))).toEqual([
      422,
      'attributes_invalid',
      '/data',
    ]);
    expect(await problem(resolve(payment.id, { action: 'steal' }))).toEqual([
      422,
      'attributes_invalid',
      '/data/attributes/action',
    ]);
    expect(await problem(partner.create('payment_resolutions', { action: 'refund' }))).toEqual([
      422,
      'attributes_invalid',
      '/data',
    ]);
    expect(await problem(resolve('01890000-0000-7000-8000-000000000000', { action: 'refund' }))).toEqual([
      404,
      'related_resource_not_found',
      '/data/relationships/payment/data/id',
    ]);
    expect(await problem(resolve(payment.id, { action: 'attach' }, '01890000-0000-7000-8000-000000000000'))).toEqual([
      404,
      'related_resource_not_found',
      '/data/relationships/invoice/data/id',
    ]);
  });

  it('is nothing for applied money, and for strangers', async () => {
    const wanted = await invoice('2');
    const { hash } = await payer.pay(shop.address, '2', { memo: Memo.text(wanted.attributes.memo) });
    const payment = await paymentOf(hash);
    expect((await resolve(payment.id, { action: 'refund' })).body.errors).toMatchObject([{ code: 'payment_not_held' }]);
    const stranger = new PartnerProgram(app.url, { authorization: `Bearer ${(await app.merchant()).token}` });
    const answer = await stranger.create('payment_resolutions', { action: 'refund' }, named((await held('1')).id));
    expect([answer.status, answer.body.errors[0].code]).toEqual([404, 'related_resource_not_found']);
    expect((await stranger.get(`payments/${payment.id}`)).status).toBe(404);
    // What made the stranger's wallet rich is theirs.
    const accounts = (await stranger.get('payments?page[size]=100')).body.data.map(
      ({ attributes }: Json) => attributes.account,
    );
    expect(accounts).not.toContain(shop.address);
  });

  it('leaves books that the audit finds sound', async () => {
    const report = await audited(app.databaseUrl);
    expect([report.breaches, report.unchecked]).toEqual([[], []]);
  });
});
