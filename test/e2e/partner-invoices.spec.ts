import { Memo } from '@stellar/stellar-sdk';
import { eventually, TestApp } from '../support/app';
import type { PartnerProgram } from '../support/partner-program';
import type { TestWallet } from '../support/wallet';

const IN_A_DAY = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
const INVOICE = {
  currency: 'USDC',
  lines: [
    { description: 'Beans', quantity: '2.5', rate: '4.00' },
    { description: 'Mill', rate: '50' },
  ],
};

let app: TestApp;
let shop: TestWallet;
let payer: TestWallet;
let partner: PartnerProgram;
beforeAll(async () => {
  app = await TestApp.start();
  [{ wallet: shop, partner }, payer] = await Promise.all([app.shop(), app.wallet(['USDC'])]);
});
afterAll(() => app.stop());

describe('invoices', () => {
  it('sum up lines, tax and discount, and tell the payments that pay them', async () => {
    const made = await partner.create('invoices', {
      ...INVOICE,
      taxRate: '19.5',
      discount: '1.70',
      title: 'Order 7',
      reference: 'o-7',
      clientName: 'Grace',
      clientEmail: 'grace@example.com',
      expiresAt: IN_A_DAY,
    });
    expect(made.status).toBe(201);
    const { id, attributes } = made.body.data;
    expect(attributes).toMatchObject({
      status: 'PENDING',
      currency: 'USDC',
      subtotal: '60.00',
      taxRate: '19.5',
      taxAmount: '11.70',
      discount: '1.70',
      amount: '70.00',
      amountReceived: '0.00',
      amountDue: '70.00',
      destination: shop.address,
      network: 'sandbox',
      title: 'Order 7',
      reference: 'o-7',
      clientName: 'Grace',
      expiresAt: IN_A_DAY,
      memo: attributes.number,
      paidAt: null,
      lines: [
        { description: 'Beans', quantity: '2.5', rate: '4.00', amount: '10.00' },
        { description: 'Mill', quantity: '1', rate: '50.00', amount: '50.00' },
      ],
    });
    await payer.pay(shop.address, '30', { asset: payer.coin('USDC'), memo: Memo.text(attributes.memo) });
    await eventually(
      () => partner.get(`invoices/${id}`),
      ({ body }) => body.data.attributes.amountDue === '40.00',
    );
    const { hash } = await payer.pay(shop.address, '40', {
      asset: payer.coin('USDC'),
      memo: Memo.text(attributes.memo),
    });
    const paid = await eventually(
      () => partner.get(`invoices/${id}?include=payments`),
      ({ body }) => body.data.attributes.status === 'PAID',
    );
    expect(paid.body.data.attributes).toMatchObject({
      amountReceived: '70.00',
      amountDue: '0.00',
      transactionHash: hash,
      payerWallet: payer.address,
    });
    expect(paid.body.included.map((each: { attributes: { outcome: string } }) => each.attributes.outcome)).toEqual([
      'under',
      'exact',
    ]);
    expect((await partner.get(`invoices/${id}/payments`)).body.data).toHaveLength(2);
    expect((await partner.get(`invoices/${id}/relationships/payments`)).body.data).toEqual(
      paid.body.included.map((each: { id: string }) => ({ type: 'payments', id: each.id })),
    );
  });

  it.each<[string, object, string, string]>([
    ['an asset that is none here', { currency: 'BTC' }, 'asset_unsupported', '/data/attributes/currency'],
    ['no lines', { lines: [] }, 'attributes_invalid', '/data/attributes/lines'],
    [
      'a rate that is no decimal',
      { lines: [{ description: 'a', rate: '1e3' }] },
      'attributes_invalid',
      '/data/attributes/lines/0/rate',
    ],
    [
      'a sum of nothing',
      { lines: [{ description: 'a', rate: '0' }] },
      'invoice_total_invalid',
      '/data/attributes/lines',
    ],
    [
      'a sum beyond any payment',
      { lines: Array.from({ length: 2 }, () => ({ description: 'a', rate: '922337203685' })) },
      'invoice_total_invalid',
      '/data/attributes/lines',
    ],
    ['a discount of everything', { discount: '60' }, 'invoice_total_invalid', '/data/attributes/lines'],
    ['a tax beyond all', { taxRate: '100.1' }, 'attributes_invalid', '/data/attributes/taxRate'],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiry_in_past', '/data/attributes/expiresAt'],
    ['sums of their own', { amount: '1' }, 'attributes_invalid', '/data/attributes/amount'],
  ])('with %s are refused with a pointer', async (_what, changes, code, pointer) => {
    const answer = await partner.create('invoices', { ...INVOICE, ...changes });
    expect([answer.status, answer.body.errors[0].code, answer.body.errors[0].source.pointer]).toEqual([
      422,
      code,
      pointer,
    ]);
  });

  it('are cancelled once, with event and audit entry', async () => {
    const { id } = (await partner.create('invoices', INVOICE)).body.data;
    const answers = await Promise.all(Array.from({ length: 5 }, () => partner.command(`invoices/${id}/cancellation`)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409, 409]);
    const [told] = await app.sql<{ n: bigint; noted: bigint }>(
      `select (select count(*) from events where subject_id = $1 and type = 'invoice.cancelled') as n, (select count(*) from audit_entries where subject_id = $1::text and action = 'invoice.cancelled') as noted`,
      [id],
    );
    expect(told).toEqual({ n: 1n, noted: 1n });
  });

  it('are listed by status, reference, number and time', async () => {
    const made = (await partner.create('invoices', { ...INVOICE, reference: 'find-me' })).body.data;
    for (const filter of [
      'reference]=find-me',
      `number]=${made.attributes.number}`,
      `publicId]=${made.attributes.publicId}`,
    ]) {
      expect((await partner.get(`invoices?filter[${filter}`)).body.data.map(({ id }: { id: string }) => id)).toEqual([
        made.id,
      ]);
    }
    const pending = (await partner.get('invoices?filter[status]=CANCELLED&fields[invoices]=status')).body.data;
    expect(new Set(pending.map((each: { attributes: object }) => JSON.stringify(each.attributes)))).toEqual(
      new Set(['{"status":"CANCELLED"}']),
    );
  });
});

describe('events', () => {
  const readAll = async (start: string): Promise<{ ids: string[]; last: string }> => {
    const ids: string[] = [];
    for (let url: string | null = start; url !== null;) {
      const page: Awaited<ReturnType<PartnerProgram['get']>> = await partner.get(url);
      ids.push(...page.body.data.map(({ id }: { id: string }) => id));
      url = page.body.links.next;
    }
    return { ids, last: ids.at(-1) ?? '' };
  };

  it('are caught up on from the last one seen, each once and in order, while new ones are written', async () => {
    const before = await readAll('events?page[size]=3');
    const writing = Promise.all(
      Array.from({ length: 20 }, (_, at) => partner.create('invoices', { ...INVOICE, reference: `caught-${at}` })),
    );
    const seen: string[] = [];
    let last = before.last;
    for (let quiet = 0; quiet < 10;) {
      const { ids } = await readAll(`events?page[size]=4&filter[after]=${last}`);
      seen.push(...ids);
      last = ids.at(-1) ?? last;
      quiet = ids.length === 0 && seen.length >= 20 ? quiet + 1 : 0;
    }
    await writing;
    const stored = await app.sql<{ id: string }>(`select 'evt_' || event_id as id from event_numbers order by seq`);
    expect([...before.ids, ...seen]).toEqual(
      stored.map(({ id }) => id).filter((id) => before.ids.includes(id) || seen.includes(id)),
    );
    expect(new Set([...before.ids, ...seen]).size).toBe(stored.length);
  });

  it('tell their subject, and are read one by one', async () => {
    const { body } = await partner.get('events?filter[eventType]=invoice.paid&include=subject');
    const [event] = body.data;
    expect(event.attributes).toMatchObject({ eventType: 'invoice.paid', network: 'sandbox', data: { status: 'PAID' } });
    expect(body.included).toEqual([
      expect.objectContaining({ type: 'invoices', id: event.relationships.subject.data.id }),
    ]);
    expect((await partner.get(`events/${event.id}`)).body.data).toEqual(event);
    expect((await partner.get(`events/${event.id}/subject`)).body.data.id).toBe(event.relationships.subject.data.id);
    expect((await partner.get(`events/${event.id.slice(4)}`)).status).toBe(404);
    expect((await partner.get('events?filter[after]=nonsense')).body.errors).toMatchObject([
      { code: 'parameter_invalid' },
    ]);
  });
});
