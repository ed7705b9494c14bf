import { LinkViewsService } from '../../src/links/statistics/link-views.service';
import type { Answer, ApiClient, Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import type { ManualClock } from '../support/manual-clock';
import type { TestShop } from '../support/shop';
import { toldEverything } from '../support/told';
import { WebhookReceiver } from '../support/webhook-receiver';

/** A shop that sells over /api/v0, a payer with a browser that runs no script, and everything that is known of a payment afterwards. */

export const LINKS = '/api/v0/payment-links';
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const DAY_MS = 24 * 3_600_000;

/** A page as a browser has it. */
export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** What the payer's browser was answered, and the public id of the invoice where there is one. */
export interface Sent extends Page {
  readonly invoice: string;
}

/** Everything that is known of one paid invoice. */
export interface Paid {
  /** The page of the link, of the invoice before and after it was paid. */
  readonly page: string;
  readonly payPage: string;
  readonly paidPage: string;
  /** In the partner API, in the wallet API for its owner and for anybody, and as a link there. */
  readonly invoice: Json;
  readonly owned: Json;
  readonly open: Json;
  readonly walletLink: Json;
  /** The data of `payment.completed` as the shop's server got it. */
  readonly told: Json;
  readonly statistics: Json;
  /** Its line of the accounting export, by the names of the columns. */
  readonly line: Readonly<Record<string, string>>;
  /** The link afterwards, as /api/v0 tells it. */
  readonly link: Json;
  /** All that anybody may read of it. */
  readonly publicText: string;
}

let count = 0;
export const slug = (): string => `seed-${(count += 1)}`;

export class SeedShop {
  private constructor(
    readonly app: TestApp,
    readonly clock: ManualClock,
    readonly shop: TestShop,
    readonly client: ApiClient,
    readonly hooks: WebhookReceiver,
  ) {}

  static async start(clock: ManualClock, env: Readonly<Record<string, string>> = {}): Promise<SeedShop> {
    const hooks = await WebhookReceiver.start();
    const app = await TestApp.start({
      ports: { clock },
      env: {
        WEBHOOKS_ALLOW_PRIVATE: '1',
        LIMIT_MERCHANT_PER_MINUTE: '100000',
        LIMIT_UNPAID_CHECKOUTS: '1000',
        LIMIT_PAY_INTENTS_PER_5_MINUTES: '10000',
        ...env,
      },
    });
    const shop = await app.shop();
    const client = await app.shopClient(shop.merchantId);
    const hook = { name: 'Shop', url: hooks.url, isActive: true, encrypted: false };
    expect((await client.post('/api/v0/webhooks', hook)).status).toBe(201);
    return new SeedShop(app, clock, shop, client, hooks);
  }

  async stop(): Promise<void> {
    await this.app.stop();
    await this.hooks.stop();
  }

  inDays(days: number): string {
    return new Date(this.clock.now().getTime() + days * DAY_MS).toISOString();
  }

  /** A link for what costs 29.99, unless the members say otherwise. */
  async make(members: object = {}): Promise<Json> {
    const { status, body, text } = await this.create(members);
    expect([status, text]).toEqual([201, text]);
    return body;
  }

  create(members: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const usual = { title: 'Premium Subscription', url: slug(), linkType: 'PRODUCT' };
    const price = 'amount' in members || 'paymentLinkProducts' in members || 'isForAllProduct' in members ? {} : PRICE;
    return this.client.post(LINKS, { ...usual, ...price, ...members }, headers);
  }

  async read(link: Json): Promise<Json> {
    return (await this.client.get(`${LINKS}/${link.id}`)).body;
  }

  async product(members: object = {}): Promise<string> {
    const usual = { name: 'Tee', description: 'Cotton', price: 20, currency: 'USD' };
    return (await this.client.post('/api/v0/products', { ...usual, ...members })).body.id;
  }

  async tax(members: object = {}): Promise<string> {
    return (await this.client.post('/api/v0/taxes', { name: 'VAT', percentage: 25, ...members })).body.id;
  }

  async customer(): Promise<string> {
    const email = `grace-${slug()}@example.com`;
    const person = { first_name: 'Grace', last_name: 'Hopper', phone_number: '+14155550100', email };
    return (await this.client.post('/api/v0/customers', person)).body.id;
  }

  async visit(url: string): Promise<Page> {
    const response = await fetch(url, { headers: { 'user-agent': BROWSER }, redirect: 'manual' });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** Sends the form of the page with what the payer has typed; every other field as the page has it. */
  async fill(page: Page, typed: Readonly<Record<string, string>> = {}): Promise<Sent> {
    const [, action = '', form = ''] = /<form action="(\/pay\/[^"]+)"[^>]*>([\s\S]*?)<\/form>/.exec(page.text) ?? [];
    expect(action).not.toBe('');
    const fields = new Map(
      [...form.matchAll(/<input [^>]*>/g)].flatMap(([tag]): [string, string][] => {
        const [name, value] = ['name', 'value'].map((each) => new RegExp(` ${each}="([^"]*)"`).exec(tag)?.[1]);
        const isLeft = / type="(checkbox|radio|search)"/.test(tag) && !tag.includes(' checked');
        return name === undefined || isLeft ? [] : [[name, value ?? '']];
      }),
    );
    const body = new URLSearchParams([...fields.entries()].filter(([name]) => !(name in typed))).toString();
    const response = await fetch(this.app.url + action, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'user-agent': BROWSER, 'content-type': 'application/x-www-form-urlencoded' },
      body: [body, new URLSearchParams(typed).toString()].filter((part) => part !== '').join('&'),
    });
    const invoice = response.headers.get('location')?.split('/').at(-1) ?? '';
    return { status: response.status, headers: response.headers, text: await response.text(), invoice };
  }

  /** The payer opens the page and answers; public id of the invoice. Who subscribes is led to it by a page of their own. */
  async choose(link: Json, typed: Readonly<Record<string, string>> = {}): Promise<string> {
    const { status, text, headers, invoice } = await this.fill(await this.visit(link.url), typed);
    expect([status, status === 303 ? '' : text]).toEqual([303, '']);
    const portal = new URL(headers.get('location') ?? '', this.app.url);
    if (!portal.pathname.startsWith('/s/')) return invoice;
    return /\/pay\/([a-z2-7]{32})/.exec((await this.visit(portal.href)).text)?.[1] ?? '';
  }

  async invoice(publicId: string): Promise<Json> {
    const { body } = await this.shop.partner.get(`invoices?filter[publicId]=${publicId}`);
    return { id: body.data[0].id, ...body.data[0].attributes };
  }

  /** From a wallet of the sandbox, until the service has seen it. */
  async pay(publicId: string): Promise<void> {
    const { status, text } = await this.app.client.post(`/checkout/${publicId}/test-payment`);
    expect([status, text]).toEqual([200, text]);
    await eventually(
      async () => (await this.invoice(publicId)).status,
      (told) => told === 'PAID',
    );
  }

  /** The whole way of a payer: opens the page, answers, pays. What every family says of the payment must agree. */
  async sell(link: Json, typed: Readonly<Record<string, string>> = {}): Promise<Paid> {
    const { text: page } = await this.visit(link.url);
    const publicId = await this.choose(link, typed);
    const at = `${this.app.url}/pay/${publicId}`;
    const { text: payPage } = await this.visit(at);
    await this.pay(publicId);
    await this.app.get(LinkViewsService).flush();
    await toldEverything(this.app);
    const program = (path: string): Promise<Answer> =>
      this.app.client.get(path, { authorization: `Bearer ${this.shop.key}` });
    const open = await this.app.client.get(`/api/invoices/${publicId}`);
    const walletLink = await this.app.client.get(`/api/links/${publicId}`);
    const status = await this.app.client.get(`/checkout/${publicId}/status`);
    const invoice = await this.invoice(publicId);
    const paid: Paid = {
      page,
      payPage,
      paidPage: (await this.visit(at)).text,
      invoice,
      owned: (await program(`/api/invoices/${publicId}/owner`)).body,
      open: open.body,
      walletLink: walletLink.body,
      told: this.events(publicId).find(({ type }) => type === 'payment.completed')?.data,
      statistics: (await this.client.get(`${LINKS}/${link.id}/statistics`)).body,
      line: await this.booked(invoice.number),
      link: await this.read(link),
      publicText: [page, payPage, open.text, walletLink.text, status.text].join('\n'),
    };
    expectAgreement(paid, publicId);
    return paid;
  }

  /** What the shop's server was told of an invoice, in the order of arrival. */
  events(publicId: string): readonly Json[] {
    return this.hooks.received.map(({ body }) => body as Json).filter(({ data }) => data.id === publicId);
  }

  /** Types of what was told of the link itself, each once. */
  linkEvents(link: Json): string[] {
    const told = this.hooks.received.map(({ body }) => body as Json).filter(({ data }) => data.linkId === link.id);
    return [...new Set(told.map(({ type }) => type as string))].toSorted();
  }

  async booked(number: string): Promise<Readonly<Record<string, string>>> {
    const [from, to] = [this.inDays(-1), this.inDays(1)].map((instant) => instant.slice(0, 10));
    const response = await fetch(`${this.app.url}/api/public/v1/exports/accounting?from=${from}&to=${to}`, {
      headers: { authorization: `Bearer ${this.shop.key}` },
    });
    const [head = '', ...lines] = (await response.text()).trimEnd().split('\r\n');
    const names = cells(head);
    const found = lines.map(cells).filter((line) => line[names.indexOf('invoice')] === number);
    expect(found).toHaveLength(1);
    return Object.fromEntries(names.map((name, at) => [name, found[0]?.[at] ?? '']));
  }
}

const PRICE = { amount: 29.99 };

function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

/** One payment is one payment, wherever it is read. */
function expectAgreement(
  { paidPage, invoice, owned, open, walletLink, told, statistics, line }: Paid,
  id: string,
): void {
  const { amount, currency, number } = invoice;
  expect(paidPage).toContain('Paid');
  expect([owned.id, owned.amount, owned.currency, owned.status, owned.invoiceNumber]).toEqual([
    id,
    amount,
    currency,
    'PAID',
    number,
  ]);
  expect([open.amount, walletLink.amount, walletLink.asset, walletLink.status]).toEqual([
    amount,
    amount,
    currency,
    'CONFIRMED',
  ]);
  expect([told.amount, told.asset.code, told.received, told.number]).toEqual([amount, currency, amount, number]);
  expect([line['total'], line['received'], line['asset_code'], line['kind']]).toEqual([
    amount,
    amount,
    currency,
    'payment',
  ]);
  const { opened, chosen, paid } = statistics.totals ?? statistics;
  expect([opened > 0, chosen > 0, paid > 0]).toEqual([true, true, true]);
}
