import { Memo } from '@stellar/stellar-sdk';
import { LinkCheckoutService } from '../../src/links/choices/link-checkout.service';
import { PaymentReadsService } from '../../src/payments/payment-reads.service';
import { ReceiptPrinterService } from '../../src/receipts/receipt-printer.service';
import { type Answer, ApiClient } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import type { PartnerProgram } from '../support/partner-program';
import { pdfPages } from '../support/pdf-text';
import { RateSource } from '../support/rate-source';
import type { TestWallet } from '../support/wallet';

const IN_A_DAY = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
const NOBODYS = '01890000-0000-7000-8000-000000000000';
const TERMS = {
  currency: 'XLM',
  lines: [{ description: 'Кофе', quantity: '2.5', rate: '4.00' }],
  taxRate: '19',
  clientEmail: 'grace@example.com',
  reference: 'REF-7',
  notes: 'internal words',
};

let app: TestApp;
let rates: RateSource;
let shop: TestWallet;
let payer: TestWallet;
let partner: PartnerProgram;
let stranger: PartnerProgram;
let key: string;

beforeAll(async () => {
  rates = await RateSource.start();
  app = await TestApp.start({ env: rates.onlyEnv });
  [{ wallet: shop, key, partner }, { partner: stranger }, payer] = await Promise.all([
    app.shop(),
    app.shop(),
    app.wallet(),
  ]);
});
afterAll(async () => {
  await app.stop();
  await rates.stop();
});

interface Invoice {
  readonly id: string;
  readonly publicId: string;
  readonly number: string;
  readonly memo: string;
}

async function invoiced(terms: object = {}): Promise<Invoice> {
  const { status, body } = await partner.create('invoices', { ...TERMS, ...terms });
  expect(status).toBe(201);
  return { id: body.data.id, ...body.data.attributes };
}

async function pay({ id, memo }: Pick<Invoice, 'id' | 'memo'>, amount: string, received: string): Promise<string> {
  const { hash } = await payer.pay(shop.address, amount, { memo: Memo.text(memo) });
  await eventually(
    () => partner.get(`invoices/${id}`),
    ({ body }) => body.data.attributes.amountReceived === received,
  );
  return hash;
}

async function printed(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ response: Response; bytes: Buffer; text: string }> {
  const response = await fetch(app.url + path, { headers });
  const bytes = Buffer.from(await response.arrayBuffer());
  const text =
    response.headers.get('content-type') === 'application/pdf'
      ? (await pdfPages(bytes)).join(' ').replaceAll(/\s+/g, ' ')
      : '';
  return { response, bytes, text };
}

const owners = (id: string, headers: Record<string, string> = {}): ReturnType<typeof printed> =>
  printed(`/api/public/v1/invoices/${id}/receipt`, { authorization: `Bearer ${key}`, ...headers });
const payers = (publicId: string): ReturnType<typeof printed> => printed(`/pay/${publicId}/receipt.pdf`);
const shape = ({ status, text }: Pick<Answer, 'status' | 'text'>): unknown => [
  status,
  text.replaceAll(/"id":"[^"]+"/g, ''),
];

describe('a receipt', () => {
  it('is there as soon as something is paid, and public once all is', async () => {
    const invoice = await invoiced();
    const none = await partner.get(`invoices/${invoice.id}/receipt`);
    expect([none.status, none.body.errors[0].code]).toEqual([409, 'nothing_received']);
    const first = await pay(invoice, '4', '4.00');
    const part = await owners(invoice.id);
    expect([part.response.status, part.text]).toEqual([200, expect.stringContaining('Receipt of a part payment')]);
    expect((await payers(invoice.publicId)).response.status).toBe(404);
    const second = await pay(invoice, '9', '13.00');
    const [owner, public_] = await Promise.all([owners(invoice.id), payers(invoice.publicId)]);
    for (const told of [owner.text, public_.text])
      for (const part_ of [
        invoice.number,
        'Кофе',
        '2.5',
        'Tax (19%)',
        '1.90 XLM',
        '11.90 XLM',
        '13.00 XLM',
        'More than the total by',
        '1.10 XLM',
        first,
        second,
        'Part of what was owed',
        'More than what was owed',
        'Stellar sandbox',
      ])
        expect(told).toContain(part_);
    for (const secret of ['grace@example.com', 'REF-7', 'internal words'])
      expect([owner.text.includes(secret), public_.text.includes(secret)]).toEqual([true, false]);
    expect(owner.text).not.toContain('Not paid');
  });

  it('is the same bytes every time, known by its tag, and a file with a harmless name (H14)', async () => {
    const invoice = await invoiced();
    await pay(invoice, '11.9', '11.90');
    const [one, two] = [await owners(invoice.id), await owners(invoice.id)];
    expect(one.bytes.equals(two.bytes)).toBe(true);
    const { headers } = one.response;
    expect(
      Object.fromEntries(
        ['content-type', 'content-disposition', 'x-content-type-options', 'cache-control'].map((name) => [
          name,
          headers.get(name),
        ]),
      ),
    ).toEqual({
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${invoice.number}.pdf"`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
    });
    const etag = headers.get('etag') ?? '';
    expect((await owners(invoice.id, { 'if-none-match': etag })).response.status).toBe(304);
    expect((await owners(invoice.id, { 'if-none-match': '"other"' })).response.status).toBe(200);
    await pay(invoice, '1', '12.90');
    expect((await owners(invoice.id, { 'if-none-match': etag })).response.status).toBe(200);
  });

  it('adds up, also when money arrives while it is read', async () => {
    const invoice = await invoiced();
    await pay(invoice, '4', '4.00');
    const reads = app.get(PaymentReadsService);
    const listed = reads.listApplied.bind(reads);
    let late = '';
    jest.spyOn(reads, 'listApplied').mockImplementationOnce(async (...asked) => {
      late = await pay(invoice, '5', '9.00');
      return listed(...asked);
    });
    const { text } = await owners(invoice.id);
    expect([late === '', text.includes(late), text.includes('4.00 XLM'), text.includes('7.90 XLM')]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect((await owners(invoice.id)).text).toContain(late);
  });

  it('is a PDF or nothing for Accept', async () => {
    const invoice = await invoiced();
    await pay(invoice, '11.9', '11.90');
    for (const accept of [
      'application/pdf',
      '*/*',
      'application/*',
      'text/html, application/pdf;q=0.5',
      'application/vnd.api+json',
    ])
      expect([accept, (await owners(invoice.id, { accept })).response.status]).toEqual([accept, 200]);
    for (const accept of ['text/html', 'application/pdf;q=0, */*']) {
      const { response, bytes } = await owners(invoice.id, { accept });
      expect([
        accept,
        response.status,
        response.headers.get('content-type'),
        JSON.parse(bytes.toString()).errors[0].code,
      ]).toEqual([accept, 406, 'application/vnd.api+json', 'not_acceptable']);
    }
    expect((await partner.get(`invoices/${invoice.id}/receipt?page=2`)).status).toBe(400);
  });

  it('is not there for others, nor for whoever guesses', async () => {
    const invoice = await invoiced();
    await pay(invoice, '11.9', '11.90');
    const [foreign, unknown] = [
      await stranger.get(`invoices/${invoice.id}/receipt`),
      await stranger.get(`invoices/${NOBODYS}/receipt`),
    ];
    expect([foreign.status, shape(foreign)]).toEqual([404, shape(unknown)]);
    const anonymous = new ApiClient(app.url);
    const [unpaid, none] = [
      await anonymous.get(`/pay/${(await invoiced()).publicId}/receipt.pdf`),
      await anonymous.get('/pay/abcdefghijklmnopqrstuvwxyz234567/receipt.pdf'),
    ];
    expect([unpaid.status, shape(unpaid)]).toEqual([404, shape(none)]);
    expect((await anonymous.get(`/api/public/v1/invoices/${invoice.id}/receipt`)).status).toBe(401);
  });

  it('tells the price in fiat and the rate that a payer chose at', async () => {
    const { status, body } = await partner.create('payment_links', {
      amount: '20',
      currency: 'EUR',
      paymentType: 'Invoice',
      expires_at: IN_A_DAY,
    });
    expect(status).toBe(201);
    const invoice = await app
      .get(LinkCheckoutService)
      .open(body.data.attributes.publicId, { asset: 'XLM' }, '192.0.2.1');
    await pay(invoice, '80', '80.00');
    for (const { text } of [await owners(invoice.id), await payers(invoice.publicId)])
      expect(text).toContain('20.00 EUR at 0.25 EUR for 1 XLM');
  });

  it('of many lines leaves the others their turn, and too many at once are refused', async () => {
    const invoice = await invoiced({
      lines: Array.from({ length: 50 }, (_each, index) => ({ description: `Line ${index}`, rate: '1' })),
      taxRate: '0',
    });
    await pay(invoice, '50', '50.00');
    expect((await owners(invoice.id)).text).toContain('Line 49');
    const printer = app.get(ReceiptPrinterService);
    const nothing = {} as Parameters<ReceiptPrinterService['print']>[1];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 25 }, (_each, index) => printer.print(String(index), nothing)),
    );
    expect(
      outcomes.filter(
        ({ status, ...each }) =>
          status === 'rejected' && (each as { reason: { code?: string } }).reason.code === 'receipts_busy',
      ),
    ).toHaveLength(5);
    expect((await owners(invoice.id)).response.status).toBe(200);
  });
});
