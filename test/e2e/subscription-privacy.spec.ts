import { MailDispatchService } from '../../src/mail/mail-dispatch.service';
import { type Mail, MailPort } from '../../src/mail/mail-port';
import { PortalTokensService } from '../../src/subscriptions/portal-tokens.service';
import type { Answer, ApiClient, Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import type { TestShop } from '../support/shop';
import { DAY, forward, soundBooks } from '../support/subscriber';

/** Keeps what it is sent. */
class Mailbox extends MailPort {
  readonly configured = true;
  readonly mails: Mail[] = [];

  send(mail: Mail): Promise<void> {
    this.mails.push(mail);
    return Promise.resolve();
  }
}

const BOB = { name: 'Bob Stone', email: 'bob@corp.example', company: 'Corp Ltd' };
const mailbox = new Mailbox();
let app: TestApp;
let shop: TestShop;
let client: ApiClient;
let bob: string;
let count = 0;

beforeAll(async () => {
  app = await TestApp.start({ env: { SANDBOX_CLOCK: '1' }, ports: { mail: mailbox } });
  shop = await app.shop();
  client = await app.shopClient(shop.merchantId);
  const made = await shop.partner.create('customers', BOB);
  bob = made.body.data.id;
});
afterAll(() => app.stop());

/** A link of the shop, in lumens, which every account of the sandbox can be paid with. */
const linkOf = async (members: object = {}): Promise<Json> => {
  const answer = await client.post('/api/v0/payment-links', {
    title: 'Club',
    url: `club-${(count += 1)}`,
    linkType: 'SUBSCRIPTION',
    amount: 12.5,
    recurringType: 'WEEKLY',
    ...members,
  });
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  const [row] = await app.sql<{ publicId: string }>(
    `with made as (update payment_links set currency = 'XLM' where id = $1 returning public_id) select public_id as "publicId" from made`,
    [answer.body.id],
  );
  return { id: answer.body.id, publicId: row?.publicId };
};
const enrol = async (link: Json, body: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
  app.client.post(`/checkout/${link.publicId}/subscription`, { asset: 'XLM', ...body }, headers);
const enrolled = async (link: Json, body: object = {}): Promise<Json> => {
  const { status, text, body: told } = await enrol(link, body);
  expect([status, text]).toEqual([200, text]);
  const [row] = await app.sql<{ id: string }>('select subscription_id as id from invoices where public_id = $1', [
    told.publicId,
  ]);
  return { ...told, id: row?.id, token: told.portalUrl.split('/').at(-1) };
};
const pay = async (publicId: unknown): Promise<void> => {
  expect((await app.client.post(`/checkout/${String(publicId)}/test-payment`)).status).toBe(200);
};
const portalOf = async (token: unknown): Promise<Json> =>
  (await app.client.get(`/checkout/subscriptions/${String(token)}`)).body;
const readdress = (token: unknown, email: string | null): Promise<Answer> =>
  app.client.post(`/checkout/subscriptions/${String(token)}/email`, { email });
const customerOf = async (id: unknown): Promise<unknown> =>
  (await shop.partner.get(`subscriptions/${String(id)}/relationships/customer`)).body.data?.id ?? null;
const invoicesOf = (id: unknown): Promise<Json[]> =>
  app.sql(
    `select id, public_id as "publicId", client_name as name, client_email as email, client_company as company, client_address as address, payer
     from invoices where subscription_id = $1 order by period_index`,
    [id],
  );
const customers = async (): Promise<number> => (await app.sql('select from customers')).length;
const noted = async (): Promise<number> => (await app.sql('select from audit_entries')).length;
const keysOf = (id: unknown): Promise<unknown[]> =>
  app.sql('select expires_at as ends from subscription_tokens where subscription_id = $1 order by created_at', [id]);
const sent = async (): Promise<Mail[]> => {
  await app.get(MailDispatchService).run();
  await eventually(
    () => app.sql('select from mail_queue'),
    (rows) => rows.length === 0,
  );
  return mailbox.mails.splice(0);
};
/** Everything that anybody with the address of an invoice can read of it. */
const shown = async (publicId: unknown): Promise<string> => {
  const paths = [
    `/api/invoices/${String(publicId)}`,
    `/api/links/${String(publicId)}`,
    `/pay/${String(publicId)}`,
    `/checkout/${String(publicId)}/status`,
  ];
  const answers = await Promise.all(paths.map((path) => app.client.get(path)));
  return answers.map(({ text }) => text).join('\n');
};
const form = async (link: Json, fields: Record<string, string>): Promise<Response> =>
  fetch(`${app.url}/pay/${link.publicId}/subscription`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ asset: 'XLM', ...fields }).toString(),
  });
const secrets = [BOB.name, BOB.email, BOB.company];

describe('what a stranger learns of the customer of a link', () => {
  it('nothing by the portal of an enrolment, paid or not', async () => {
    const link = await linkOf({ customerId: bob });
    const stranger = await enrolled(link);
    expect((await portalOf(stranger.token)).email).toBeNull();
    const page = await app.client.get(`/s/${stranger.token}`);
    for (const secret of secrets) expect(page.text).not.toContain(secret);
    await pay(stranger.publicId);
    expect([(await portalOf(stranger.token)).email, await customerOf(stranger.id)]).toEqual([null, bob]);
  });

  it('nothing by the invoice of a checkout of a link of any kind', async () => {
    const club = await enrolled(await linkOf({ customerId: bob }));
    const gift = await linkOf({ linkType: 'PRODUCT', recurringType: undefined, customerId: bob });
    const chosen = await app.client.post(`/checkout/${gift.publicId}/choice`, { asset: 'XLM' });
    expect([chosen.status, chosen.text]).toEqual([200, chosen.text]);
    for (const { publicId } of [club, chosen.body]) {
      const text = await shown(publicId);
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
    const [invoice] = await invoicesOf(club.id);
    expect([invoice?.name, invoice?.company]).toEqual([BOB.name, BOB.company]);
  });

  it('nothing by typing an address that the merchant knows', async () => {
    const stranger = await enrolled(await linkOf(), { email: BOB.email });
    expect((await shown(stranger.publicId)).includes(BOB.name)).toBe(false);
    const [invoice] = await invoicesOf(stranger.id);
    expect([invoice?.name, invoice?.email]).toEqual([null, BOB.email]);
  });

  it('but the owner reads whom a checkout is billed to, and what an owner wrote on an invoice of his own stays on it', async () => {
    const made = await shop.partner.create('invoices', {
      currency: 'XLM',
      lines: [{ description: 'Beans', rate: '5' }],
      clientName: BOB.name,
      clientCompany: BOB.company,
    });
    const { publicId } = made.body.data.attributes;
    const read = await app.client.get(`/api/invoices/${publicId}`);
    expect([read.body.clientName, read.body.clientCompany]).toEqual([BOB.name, BOB.company]);
    const club = await enrolled(await linkOf({ customerId: bob }));
    const [row] = await invoicesOf(club.id);
    const owned = await shop.partner.get(`invoices/${row?.id}`);
    expect(owned.body.data.attributes.clientName).toBe(BOB.name);
  });
});

describe('a subscription and its customer', () => {
  it('has none before it is paid, and leaves nothing in the address book when it is not', async () => {
    const link = await linkOf();
    const before = [await customers(), await noted()];
    const dead = await enrolled(link, { email: 'new@example.com' });
    await enrolled(link, { email: BOB.email });
    expect([await customers(), await noted(), await customerOf(dead.id)]).toEqual([...before, null]);
    expect((await portalOf(dead.token)).email).toBe('new@example.com');
  });

  it('is that of the address once it is paid, a new one under no other name or the known one as it is', async () => {
    const link = await linkOf();
    const [one, two, none] = [
      await enrolled(link, { email: 'ada@example.com', name: 'Ada' }),
      await enrolled(link, { email: 'BOB@corp.example' }),
      await enrolled(link),
    ];
    const before = await customers();
    for (const { publicId } of [one, two, none]) await pay(publicId);
    await eventually(
      () => customerOf(two.id),
      (id) => id === bob,
    );
    const ada = await shop.partner.get(`subscriptions/${one.id}/customer`);
    expect(ada.body.data.attributes).toMatchObject({ name: 'ada@example.com', email: 'ada@example.com' });
    expect([await customers(), await customerOf(none.id)]).toEqual([before + 1, null]);
    const known = await shop.partner.get(`customers/${bob}`);
    expect(known.body.data.attributes).toMatchObject(BOB);
    await forward(app, { advanceSeconds: 6 * DAY });
    // Who has typed Bob's address is not billed as Bob.
    expect((await invoicesOf(two.id)).map(({ name, email }) => [name, email])).toEqual([
      [null, 'BOB@corp.example'],
      [null, 'BOB@corp.example'],
    ]);
    expect((await invoicesOf(one.id)).map(({ name }) => name)).toEqual(['Ada', 'Ada']);
    await soundBooks(app);
  });

  it('is nobody that a subscriber names in the portal', async () => {
    const club = await enrolled(await linkOf(), { email: 'carl@example.com' });
    await pay(club.publicId);
    const carl = await eventually(() => customerOf(club.id), Boolean);
    expect((await readdress(club.token, BOB.email)).body.email).toBe(BOB.email);
    expect(await customerOf(club.id)).toBe(carl);
    await forward(app, { advanceSeconds: 6 * DAY });
    expect((await invoicesOf(club.id)).map(({ name }) => name)).toEqual([null, null]);
    expect((await readdress(club.token, null)).body.email).toBeNull();
    expect(await customerOf(club.id)).toBe(carl);
    const found = await shop.partner.get(`subscriptions?filter[customer]=${bob}`);
    expect(found.body.data.some(({ id }: { id: string }) => id === club.id)).toBe(false);
  });

  it('that its merchant named stays, is billed, and is reminded until somebody says another address', async () => {
    await sent();
    const link = await linkOf();
    const made = await shop.partner.create(
      'subscriptions?include=currentInvoice',
      {},
      {
        link: { data: { type: 'paymentLinks', id: link.id } },
        customer: { data: { type: 'customers', id: bob } },
      },
    );
    const { id } = made.body.data;
    const [mail] = await sent();
    expect(mail?.to).toBe(BOB.email);
    const token = mail?.data.url.split('/').at(-1);
    expect((await portalOf(token)).email).toBe(BOB.email);
    await pay(made.body.included[0].attributes.publicId);
    await readdress(token, 'desk@corp.example');
    await sent();
    await forward(app, { advanceSeconds: 6 * DAY });
    const reminded = (await sent()).filter(({ data }) => data.url.includes('/s/')).map(({ to }) => to);
    expect(reminded).toContain('desk@corp.example');
    expect(reminded).not.toContain(BOB.email);
    expect((await readdress(token, null)).body.email).toBeNull();
    expect(await customerOf(id)).toBe(bob);
    expect((await invoicesOf(id)).map(({ name, company }) => [name, company])).toEqual([
      [BOB.name, BOB.company],
      [BOB.name, BOB.company],
    ]);
  });

  it('of a link gets no key of a stranger by mail; the stranger does, at the address that he gave', async () => {
    const link = await linkOf({ customerId: bob });
    const [silent, eve] = [await enrolled(link), await enrolled(link, { email: 'eve@example.com' })];
    for (const { publicId } of [silent, eve]) await pay(publicId);
    await sent();
    await forward(app, { advanceSeconds: 6 * DAY });
    const mails = (await sent()).filter(({ data }) => data.url.includes('/s/'));
    expect(mails.map(({ to }) => to)).toContain('eve@example.com');
    expect(mails.map(({ to }) => to)).not.toContain(BOB.email);
  });

  it('is not touched by an address that its merchant sets, which an answer shows', async () => {
    const club = await enrolled(await linkOf(), { email: 'dora@example.com' });
    const attributes = { customerEmail: BOB.email };
    const changed = await shop.partner.send('PATCH', `subscriptions/${club.id}`, {
      data: { type: 'subscriptions', id: club.id, attributes },
    });
    expect([changed.status, changed.text]).toEqual([200, changed.text]);
    expect([changed.body.data.attributes.customerEmail, await customerOf(club.id)]).toEqual([BOB.email, null]);
  });
});

describe('an address that was mistyped', () => {
  it('is another enrolment under the same key', async () => {
    const link = await linkOf();
    const key = { 'idempotency-key': 'an-enrolment-with-an-address' };
    const answers = [
      await enrol(link, { email: 'ada@exmaple.com' }, key),
      await enrol(link, { email: 'ada@example.com' }, key),
      await enrol(link, {}, key),
      await enrol(link, { email: 'ada@exmaple.com' }, key),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 409, 409, 200]);
  });

  it('is put right by the same form while nothing is paid, on the invoice too', async () => {
    const link = await linkOf();
    const page = await app.client.get(`/pay/${link.publicId}`);
    const token = /name="token" value="([a-z2-7]{32})"/.exec(page.text)?.[1] as string;
    const emails = ['ada@exmaple.com', 'ada@example.com'];
    for (const email of emails) {
      const { status, headers } = await form(link, { token, email });
      expect(status).toBe(303);
      expect((await portalOf(headers.get('location')?.slice(3))).email).toBe(email);
    }
    const rows = await app.sql<{ id: string }>('select id from subscriptions where link_id = $1', [link.id]);
    expect(rows).toHaveLength(1);
    const [invoice] = await invoicesOf(rows[0]?.id);
    expect(invoice?.email).toBe('ada@example.com');
    await pay(invoice?.publicId);
    await sent();
    await form(link, { token, email: 'other@example.com' });
    const [kept] = await app.sql('select email from subscriptions where link_id = $1', [link.id]);
    expect(kept).toEqual({ email: 'ada@example.com' });
  });
});

describe('keys of enrolments', () => {
  it('are as few as before however often an enrolment is repeated', async () => {
    const link = await linkOf();
    const key = { 'idempotency-key': 'an-enrolment-that-is-repeated' };
    const urls = [];
    for (let round = 0; round < 6; round += 1) urls.push((await enrol(link, {}, key)).body.portalUrl);
    expect(new Set(urls.slice(1)).size).toBe(1);
    const [row] = await app.sql<{ id: string }>('select id from subscriptions where link_id = $1', [link.id]);
    expect(await keysOf(row?.id)).toHaveLength(2);
  });

  it('end after those enrolments that came to nothing, and no other', async () => {
    const link = await linkOf();
    const [dead, dropped, alive] = [await enrolled(link), await enrolled(link), await enrolled(link)];
    await pay(alive.publicId);
    await app.client.post(`/checkout/subscriptions/${dropped.token}/cancellation`, { atPeriodEnd: false });
    await forward(app, { advanceSeconds: DAY });
    expect((await portalOf(dead.token)).status).toBe('incomplete_expired');
    await forward(app, { advanceSeconds: 41 * DAY });
    await app.get(PortalTokensService).sweep();
    expect([await keysOf(dead.id), await keysOf(dropped.id)]).toEqual([[], []]);
    expect(await keysOf(alive.id)).toContainEqual({ ends: null });
  });
});

describe('what a subscriber said', () => {
  const ADDRESS = { street: '1 High Street', city: 'Bath', postalCode: 'BA1', country: 'GB' };
  const FIELDS = { collectAddress: true, customFields: { size: 'Your size' } };
  const SAID = { name: 'Ada', email: 'gone@example.com', address: ADDRESS, customFields: { size: 'M' } };

  it('is on every invoice', async () => {
    const club = await enrolled(await linkOf(FIELDS), { ...SAID, email: 'stays@example.com' });
    await pay(club.publicId);
    await forward(app, { advanceSeconds: 6 * DAY });
    const [first, second] = await invoicesOf(club.id);
    expect(second).toEqual({ ...first, id: second?.id, publicId: second?.publicId });
    expect(second).toMatchObject({
      name: 'Ada',
      email: 'stays@example.com',
      address: '1 High Street\nBA1 Bath\nGB',
      payer: { address: ADDRESS, customFields: { size: 'M' } },
    });
  });

  it.each(['customer', 'invoice'])('goes with an erasure of the %s, and no later invoice says it', async (noun) => {
    const club = await enrolled(await linkOf(FIELDS), SAID);
    await pay(club.publicId);
    const customer = await eventually(() => customerOf(club.id), Boolean);
    const [{ id } = { id: '' }] = await invoicesOf(club.id);
    const path = noun === 'customer' ? `customers/${String(customer)}` : `invoices/${id}`;
    expect((await shop.partner.command(`${path}/erasure`)).status).toBe(200);
    const [row] = await app.sql<{ text: string }>(
      'select row_to_json(s)::text as text from subscriptions s where id = $1',
      [club.id],
    );
    for (const word of ['gone@example.com', 'High Street', '"M"', 'Ada']) expect(row?.text).not.toContain(word);
    expect((await portalOf(club.token)).email).toBeNull();
    await sent();
    await forward(app, { advanceSeconds: 6 * DAY });
    const [, second] = await invoicesOf(club.id);
    expect(second).toMatchObject({ name: null, email: null, address: null, payer: null });
    expect((await sent()).some(({ to }) => to === 'gone@example.com')).toBe(false);
  });

  it('goes with the customer of its address, also where nothing is paid', async () => {
    const dead = await enrolled(await linkOf(FIELDS), { ...SAID, email: 'Late@example.com' });
    const made = await shop.partner.create('customers', { name: 'Late', email: 'late@example.com' });
    expect((await shop.partner.send('DELETE', `customers/${made.body.data.id}`)).status).toBe(204);
    expect(await app.sql('select email, answers from subscriptions where id = $1', [dead.id])).toEqual([
      { email: null, answers: {} },
    ]);
  });

  it('of a customer that its merchant named and erased leaves an invoice to nobody', async () => {
    const made = await shop.partner.create('customers', { name: 'Gone', email: 'named@example.com' });
    const link = await linkOf();
    const club = await shop.partner.create(
      'subscriptions?include=currentInvoice',
      {},
      {
        link: { data: { type: 'paymentLinks', id: link.id } },
        customer: { data: { type: 'customers', id: made.body.data.id } },
      },
    );
    await pay(club.body.included[0].attributes.publicId);
    expect((await shop.partner.command(`customers/${made.body.data.id}/erasure`)).status).toBe(200);
    await forward(app, { advanceSeconds: 6 * DAY });
    const [, second] = await invoicesOf(club.body.data.id);
    expect(second).toMatchObject({ name: null, email: null, company: null, address: null });
  });
});

it('a receipt goes to the address that a subscriber has put right, and to nobody once there is none', async () => {
  const link = await linkOf();
  const [right, none] = [
    await enrolled(link, { email: 'wrong@example.com' }),
    await enrolled(link, { email: 'taken-back@example.com' }),
  ];
  await readdress(right.token, 'right@example.com');
  await readdress(none.token, null);
  await sent();
  for (const { publicId } of [right, none]) await pay(publicId);
  const receipts = (await sent()).filter(({ template }) => template === 'receipt').map(({ to }) => to);
  expect(receipts).toEqual(['right@example.com']);
});

it('no key is in an event, and the books keep what was paid', async () => {
  expect(await app.sql(`select from events where data::text like '%/s/%'`)).toEqual([]);
  await soundBooks(app);
});
