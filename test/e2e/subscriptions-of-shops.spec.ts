import type { Answer, ApiClient, Json } from '../support/api-client';
import type { TestApp } from '../support/app';
import type { TestShop } from '../support/shop';
import { DAY, forward, soundBooks, Subscriber } from '../support/subscriber';

const LINKS = '/api/v0/payment-links';

interface PeriodInvoice {
  readonly id: string;
  readonly publicId: string;
  readonly reference: string | null;
  readonly description: string | null;
  readonly email: string | null;
}

describe('subscriptions to links with the fields of a shop', () => {
  let app: TestApp;
  let shop: TestShop;
  let client: ApiClient;
  let count = 0;
  beforeAll(async () => {
    app = await Subscriber.app();
    shop = await app.shop();
    client = await app.shopClient(shop.merchantId);
  });
  afterAll(() => app.stop());

  const link = async (members: object): Promise<Json> => {
    const answer = await client.post(LINKS, {
      title: 'Club',
      url: `club-${(count += 1)}`,
      linkType: 'SUBSCRIPTION',
      amount: 12.5,
      recurringType: 'WEEKLY',
      ...members,
    });
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    const [row] = await app.sql<{ publicId: string }>(
      'select public_id as "publicId" from payment_links where id = $1',
      [answer.body.id],
    );
    return { ...answer.body, publicId: row?.publicId };
  };
  /** The same in lumens, which every account of the sandbox can be paid with. */
  const inLumens = async (members: object): Promise<Json> => {
    const made = await link(members);
    await app.sql(
      `with paid as (update payment_links set currency = 'XLM' where id = $1 returning 1) select from paid`,
      [made.id],
    );
    return { ...made, asset: 'XLM' };
  };
  const enrol = (to: Json, body: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    app.client.post(`/checkout/${to.publicId}/subscription`, { asset: to.asset ?? 'USDC', ...body }, headers);
  const invoicesOf = (to: Json): Promise<PeriodInvoice[]> =>
    app.sql(
      `select i.id, i.public_id as "publicId", i.reference, i.description, i.client_email as email from invoices i
       join subscriptions s on s.merchant_id = i.merchant_id and s.id = i.subscription_id where s.link_id = $1 order by i.period_index`,
      [to.id],
    );
  /** Paid for the first period, until the invoice of the next one is open. */
  const begun = async (to: Json, body: object = {}): Promise<PeriodInvoice[]> => {
    const { status, text, body: told } = await enrol(to, body);
    expect([status, text]).toEqual([200, text]);
    expect((await app.client.post(`/checkout/${told.publicId}/test-payment`)).status).toBe(200);
    await forward(app, { advanceSeconds: 6 * DAY });
    return invoicesOf(to);
  };
  const answersOf = async (to: Json): Promise<unknown[]> =>
    (await app.sql<{ answers: unknown }>('select answers from subscriptions where link_id = $1', [to.id])).map(
      ({ answers }) => answers,
    );

  it('each period has the reference and the plain words of the link, and codes only where it allows them', async () => {
    const club = await inLumens({ description: '**x**', paymentForId: 'club-7', allowMobilePayment: false });
    const invoices = await begun(club);
    expect(invoices.map(({ reference, description }) => [reference, description])).toEqual([
      ['club-7', 'x'],
      ['club-7', 'x'],
    ]);
    const open = await inLumens({ allowMobilePayment: true });
    const [, renewal] = await begun(open);
    const pages = await Promise.all([invoices[1], renewal].map((each) => app.client.get(`/pay/${each?.publicId}`)));
    expect(pages.map(({ status, text }) => [status, text.includes('web+stellar:')])).toEqual([
      [200, false],
      [200, true],
    ]);
    for (const { text } of pages) expect(text).not.toContain('?choose');
    await soundBooks(app);
  });

  it('a later period that was not paid in time leads nobody to subscribe again', async () => {
    const club = await inLumens({});
    const [, renewal] = await begun(club);
    await forward(app, { advanceSeconds: 12 * DAY });
    const page = await app.client.get(`/pay/${renewal?.publicId}`);
    expect([page.status, page.text.includes(club.publicId)]).toEqual([200, false]);
  });

  it('customerId is billed for every period, whatever the address of the payer', async () => {
    const ada = await client.post('/api/v0/customers', {
      first_name: 'Ada',
      last_name: 'Lovelace',
      phone_number: '+14155550100',
      email: 'ada@example.com',
    });
    expect([ada.status, ada.text]).toEqual([201, ada.text]);
    const club = await inLumens({ customerId: ada.body.id });
    const invoices = await begun(club, { email: 'eve@example.com' });
    expect(invoices.map(({ email }) => email)).toEqual(['ada@example.com', 'ada@example.com']);
    expect(await app.sql('select customer_id from subscriptions where link_id = $1', [club.id])).toEqual([
      { customer_id: ada.body.id },
    ]);
    expect(await app.sql(`select from customers where lower(email) = 'eve@example.com'`)).toEqual([]);
  });

  it('answers are kept of a program and of a form, and taken off with those of an invoice and of a customer', async () => {
    const club = await link({ customFields: { size: 'Your size' } });
    const answers = { customFields: { size: ' M ' } };
    expect((await enrol(club, { email: 'bob@example.com', ...answers })).status).toBe(200);
    expect((await enrol(club, answers)).status).toBe(200);
    const sent = await app.client.get(`/pay/${club.publicId}`);
    const [, name] = /name="(answer[^"]*)"/.exec(sent.text) ?? [];
    const form = await fetch(`${app.url}/pay/${club.publicId}/subscription`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ asset: 'USDC', [String(name)]: 'M' }).toString(),
    });
    expect(form.status).toBe(303);
    expect(await answersOf(club)).toEqual([{ size: 'M' }, { size: 'M' }, { size: 'M' }]);
    const customer = await shop.partner.create('customers', { name: 'Bob', email: 'Bob@example.com' });
    expect((await shop.partner.command(`customers/${customer.body.data.id}/erasure`)).status).toBe(200);
    expect((await answersOf(club)).toSorted((a, b) => JSON.stringify(a).length - JSON.stringify(b).length)).toEqual([
      {},
      { size: 'M' },
      { size: 'M' },
    ]);
    for (const { id } of await invoicesOf(club))
      expect((await shop.partner.command(`invoices/${id}/erasure`)).status).toBe(200);
    expect(await answersOf(club)).toEqual([{}, {}, {}]);
  });
});
