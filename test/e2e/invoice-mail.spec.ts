import { Memo } from '@stellar/stellar-sdk';
import { MailDispatchService } from '../../src/mail/mail-dispatch.service';
import { ExpiryService } from '../../src/payments/expiry.service';
import { type Mail, MailPort } from '../../src/mail/mail-port';
import type { Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { ManualClock } from '../support/manual-clock';
import { PartnerCaller } from '../support/partner-caller';
import type { TestShop } from '../support/shop';
import type { TestWallet } from '../support/wallet';

/** Keeps what it is sent. */
class Mailbox extends MailPort {
  readonly configured = true;
  readonly mails: Mail[] = [];

  send(mail: Mail): Promise<void> {
    this.mails.push(mail);
    return Promise.resolve();
  }

  /** Takes out everything that is there, by recipient. */
  empty(): [string, string][] {
    return this.mails
      .splice(0)
      .map(({ to, template }): [string, string] => [to, template])
      .toSorted(([one], [other]) => (one < other ? -1 : 1));
  }
}

const clock = new ManualClock();
const mailbox = new Mailbox();
let app: TestApp;
let shop: TestShop;
let other: TestShop;
let payer: TestWallet;
let owner: PartnerCaller;
let member: string;

beforeAll(async () => {
  app = await TestApp.start({ ports: { clock, mail: mailbox } });
  [shop, other, payer] = await Promise.all([app.shop(), app.shop(), app.wallet(['USDC'])]);
  owner = PartnerCaller.bearer(app.url, shop.token);
  member = (await owner.get('/members')).body.data[0].id;
});
afterAll(() => app.stop());

const choose = async (attributes: object): Promise<Json> => {
  const { status, body } = await owner.update('members', `/members/${member}`, { attributes: { ...attributes } });
  expect([status, body]).toEqual([200, body]);
  return body.data.attributes;
};
const invoiced = async (more: object = {}): Promise<Json> => {
  const { status, body } = await shop.partner.create('invoices', {
    currency: 'XLM',
    lines: [{ description: 'Beans', rate: '5' }],
    expiresAt: new Date(clock.now().getTime() + 3_600_000).toISOString(),
    ...more,
  });
  expect(status).toBe(201);
  return { id: body.data.id, ...body.data.attributes };
};
const statusBecomes = (id: string, wanted: string): Promise<unknown> =>
  eventually(
    async () => {
      if (wanted === 'EXPIRED') await app.get(ExpiryService).runDue();
      return (await shop.partner.get(`invoices/${id}`)).body.data.attributes.status;
    },
    (status) => status === wanted,
  );
const sent = async (): Promise<[string, string][]> => {
  await app.get(MailDispatchService).run();
  await eventually(
    () => app.sql('select from mail_queue'),
    (rows) => rows.length === 0,
  );
  return mailbox.empty();
};
const pay = async ({ memo }: Json, amount: string, coin?: 'USDC'): Promise<void> => {
  const asset = coin === undefined ? {} : { asset: payer.coin(coin) };
  await payer.pay(shop.wallet.address, amount, { memo: Memo.text(memo), ...asset });
};

describe('a member', () => {
  it('has no mail until somebody chooses it, and it can be taken back', async () => {
    const { attributes } = (await owner.get(`/members/${member}`)).body.data;
    expect(attributes).toMatchObject({ email: null, mailOn: [] });
    expect(await choose({ email: 'owner@example.com', mailOn: ['paid', 'held'] })).toMatchObject({
      email: 'owner@example.com',
      mailOn: ['paid', 'held'],
      role: 'owner',
    });
    expect(await choose({ email: null })).toMatchObject({ email: null, mailOn: ['paid', 'held'] });
    expect(await choose({ mailOn: [] })).toMatchObject({ mailOn: [] });
  });

  it.each([
    [{ email: 'owner@example.com\r\nBcc: eve@example.com' }],
    [{ email: 'owner' }],
    [{ mailOn: ['paid', 'paid'] }],
    [{ mailOn: ['always'] }],
    [{ mailOn: 'paid' }],
    [{ mailOn: null }],
  ])('refuses %j', async (attributes) => {
    expect((await owner.update('members', `/members/${member}`, { attributes })).status).toBe(422);
  });

  it('keeps the address out of the audit log and of events', async () => {
    await choose({ email: 'secret.place@example.com', mailOn: ['paid'] });
    const [{ entries }] = (await app.sql(
      `select (select string_agg(a::text, '') from audit_entries a) || (select string_agg(e::text, '') from events e) as entries`,
    )) as [{ entries: string }];
    expect(entries).toContain('member.updated');
    expect(entries).not.toContain('secret.place');
  });

  it('of another merchant is not there', async () => {
    const stranger = PartnerCaller.bearer(app.url, other.token);
    const answer = await stranger.update('members', `/members/${member}`, { attributes: { email: 'eve@example.com' } });
    expect(answer.status).toBe(404);
  });
});

describe('mail about an invoice', () => {
  it('that is paid goes to the members who chose it, and a receipt to the payer who left an address', async () => {
    await choose({ email: 'owner@example.com', mailOn: ['paid'] });
    const invoice = await invoiced({ clientEmail: 'grace@example.com' });
    await pay(invoice, '5');
    await statusBecomes(invoice.id, 'PAID');
    await app.get(MailDispatchService).run();
    await eventually(
      () => Promise.resolve(mailbox.mails.length),
      (count) => count === 2,
    );
    const data = { url: `${app.url}/pay/${invoice.publicId}`, number: invoice.number, amount: '5.00 XLM' };
    for (const { data: told } of mailbox.mails) expect(told).toMatchObject(data);
    expect((await fetch(data.url)).status).toBe(200);
    expect(mailbox.empty()).toEqual([
      ['grace@example.com', 'receipt'],
      ['owner@example.com', 'invoice.paid'],
    ]);
  });

  it('is one, however often the ledger is read', async () => {
    await choose({ email: 'owner@example.com', mailOn: ['paid'] });
    const invoice = await invoiced();
    await pay(invoice, '5');
    await statusBecomes(invoice.id, 'PAID');
    await app.sql(`update ledger_cursors set cursor = 0, lease_until = null`);
    const more = await invoiced();
    await pay(more, '5');
    await statusBecomes(more.id, 'PAID');
    await sent();
    const keys = await app.sql<{ key: string }>(`select dedupe_key as key from mail_outbox where dedupe_key like $1`, [
      `paid.${invoice.id}%`,
    ]);
    expect(keys).toHaveLength(1);
  });

  it('whose money is held tells why', async () => {
    await choose({ email: 'owner@example.com', mailOn: ['held'] });
    const invoice = await invoiced({ clientEmail: 'grace@example.com' });
    await pay(invoice, '5', 'USDC');
    await eventually(
      async () => {
        await app.get(MailDispatchService).run();
        return mailbox.mails.length;
      },
      (count) => count > 0,
    );
    expect(mailbox.mails.map(({ data }) => [data['reason'], data['amount']])).toEqual([
      ['it is another asset', '5.00 USDC'],
    ]);
    expect(mailbox.empty()).toEqual([['owner@example.com', 'invoice.held']]);
  });

  it('goes to nobody who has not chosen it, nor to members of others', async () => {
    await choose({ email: 'owner@example.com', mailOn: ['held', 'failed'] });
    const invoice = await invoiced();
    await pay(invoice, '5');
    await statusBecomes(invoice.id, 'PAID');
    expect(await sent()).toEqual([]);
  });

  it('of a customer who is erased is forgotten', async () => {
    const { body } = await owner.create('customers', '/customers', {
      attributes: { name: 'Grace', email: 'Grace@example.com' },
    });
    const kept = (): Promise<unknown[]> =>
      app.sql(`select from mail_outbox where lower(recipient) = 'grace@example.com'`);
    expect((await kept()).length).toBeGreaterThan(0);
    expect((await owner.command(`/customers/${body.data.id}/erasure`)).status).toBeLessThan(300);
    expect(await kept()).toEqual([]);
  });

  it('whose time is over goes to those who chose it, and a checkout that a payer left to nobody', async () => {
    await choose({ email: 'owner@example.com', mailOn: ['failed'] });
    const invoice = await invoiced({ clientEmail: 'grace@example.com' });
    const { body } = await shop.partner.create('payment_links', {
      kind: 'donation',
      amount: null,
      currency: 'XLM',
      paymentType: 'Invoice',
      openAmount: { minimum: '1', maximum: '9', presets: [] },
      expiresAt: new Date(clock.now().getTime() + 24 * 3_600_000).toISOString(),
    });
    const opened = await app.client.post(`/checkout/${body.data.attributes.publicId}/choice`, {
      asset: 'XLM',
      amount: '2',
    });
    expect([opened.status, opened.text]).toEqual([200, opened.text]);
    clock.advance(3_601_000);
    await statusBecomes(invoice.id, 'EXPIRED');
    await eventually(
      async () => {
        await app.get(ExpiryService).runDue();
        return app.sql<{ status: string }>(
          `select distinct status from invoices i join payment_link_choices c on c.merchant_id = i.merchant_id and c.invoice_id = i.id`,
        );
      },
      (rows) => rows.length === 1 && rows[0]?.status === 'EXPIRED',
    );
    await app.get(MailDispatchService).run();
    await eventually(
      () => app.sql('select from mail_queue'),
      (rows) => rows.length === 0,
    );
    const told = mailbox.mails.map(({ to, template, data }) => [to, template, data['number']]);
    // The invoice whose money is held is over as well.
    expect(told).toHaveLength(2);
    expect(told).toContainEqual(['owner@example.com', 'invoice.failed', invoice.number]);
  });
});
