import { Memo, Operation } from '@stellar/stellar-sdk';
import { amountOf, formatAmount } from '../../src/common/money';
import { ApiClient, type Json } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { expireDue } from '../support/expire-due';
import type { ManualClock } from '../support/manual-clock';
import type { TestShop } from '../support/shop';
import type { TestWallet } from '../support/wallet';

/** Links of every kind and in every status, made and moved over HTTP, and what every family says of them. */

const LINKS = '/api/v0/payment-links';
const DAY_MS = 24 * 3_600_000;
/** No cell holds what differs from run to run. */
const NONE = '-';

export const FAMILIES = ['partner', 'merchant', 'wallet'] as const;
export type Family = (typeof FAMILIES)[number];

/** A link as it was made: its row id, which the partner and the merchant API take, and its public id, which payers and the wallet API take. */
export interface Made {
  readonly id: string;
  readonly publicId: string;
}

/** What one family says of a link. */
export interface Reading {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly amount: string;
  readonly currency: string;
  readonly url: string;
  /** HTTP status of the page at `url`. */
  readonly page: number;
}

export interface ReadLink {
  readonly what: string;
  readonly by: Family;
  readonly made: Made;
  readonly readings: Readonly<Record<Family, Reading>>;
}

export interface ReadInvoice {
  readonly what: string;
  readonly by: string;
  readonly partner: Json;
  readonly wallet: Json;
  readonly link: Json;
}

type Make = (families: FamilyLinks) => Promise<Made>;
/** What it is, who makes it, and how. */
export type Scenario = readonly [what: string, by: Family, make: Make];

let count = 0;
const slug = (): string => `link-${(count += 1)}`;

/** A merchant who uses all families at once. */
export class FamilyLinks {
  private constructor(
    readonly app: TestApp,
    readonly clock: ManualClock,
    readonly shop: TestShop,
    readonly merchant: ApiClient,
    /** Its program at the wallet API; a session ends when time passes. */
    readonly program: ApiClient,
    private readonly payer: TestWallet,
  ) {}

  static async of(app: TestApp, clock: ManualClock): Promise<FamilyLinks> {
    const shop = await app.shop();
    const [merchant, payer] = await Promise.all([app.shopClient(shop.merchantId), app.wallet(['USDC'])]);
    const program = new ApiClient(app.url, { authorization: `Bearer ${shop.key}` });
    return new FamilyLinks(app, clock, shop, merchant, program, payer);
  }

  inDays(days: number): string {
    return new Date(this.clock.now().getTime() + days * DAY_MS).toISOString();
  }

  async partner(attributes: object, relationships?: object): Promise<Made> {
    const { status, body, text } = await this.shop.partner.create(
      'payment_links',
      {
        amount: '5',
        currency: 'USDC',
        paymentType: 'Invoice',
        title: 'A link',
        expiresAt: this.inDays(300),
        ...attributes,
      },
      relationships,
    );
    expect([status, text]).toEqual([201, text]);
    return { id: body.data.id, publicId: body.data.attributes.publicId };
  }

  async offered(members: object): Promise<Made> {
    const { status, body, text } = await this.merchant.post(LINKS, { title: 'A link', url: slug(), ...members });
    expect([status, text]).toEqual([201, text]);
    return { id: body.id, publicId: (await this.attributes(body.id)).publicId };
  }

  async wallet(members: object = {}): Promise<Made> {
    const { status, body, text } = await this.program.post('/api/links', {
      amount: '5',
      asset: 'USDC',
      ...members,
    });
    expect([status, text]).toEqual([201, text]);
    const { body: found } = await this.shop.partner.get(`payment_links?filter[publicId]=${body.id}`);
    return { id: found.data[0].id, publicId: body.id };
  }

  /** Of the partner API. */
  async product(members: object = {}): Promise<string> {
    const { body } = await this.shop.partner.create('products', {
      name: 'Tee',
      price: '20',
      currency: 'USD',
      ...members,
    });
    return body.data.id;
  }

  async taxRate(members: object = {}): Promise<string> {
    const { body } = await this.shop.partner.create('tax_rates', {
      name: 'VAT',
      percentage: '25',
      inclusive: false,
      ...members,
    });
    return body.data.id;
  }

  /** What a payer is given who chooses; the invoice's public id. */
  async choose({ publicId }: Made, more: object = {}): Promise<string> {
    const { status, body, text } = await this.app.client.post(`/checkout/${publicId}/choice`, {
      asset: 'USDC',
      ...more,
    });
    expect([status, text]).toEqual([200, text]);
    return body.publicId;
  }

  async subscribe({ publicId }: Made): Promise<void> {
    const { status, text } = await this.app.client.post(`/checkout/${publicId}/subscription`, { asset: 'USDC' });
    expect([status, text]).toEqual([200, text]);
  }

  async pay(publicId: string): Promise<void> {
    const { memo, amount } = (await this.invoice(publicId)).attributes;
    const destination = this.shop.wallet.address;
    const asset = this.payer.coin('USDC');
    await this.payer.submitTimeless([Operation.payment({ destination, amount, asset })], Memo.text(memo));
    await eventually(
      async () => (await this.invoice(publicId)).attributes.status,
      (status) => status === 'PAID',
    );
  }

  async paid(link: Made): Promise<Made> {
    await this.pay(await this.choose(link));
    return link;
  }

  /** Changed over the merchant API. */
  async put(link: Made, members: object): Promise<Made> {
    const { status, text } = await this.merchant.send('PUT', `${LINKS}/${link.id}`, members);
    expect([status, text]).toEqual([200, text]);
    return link;
  }

  /** Ended over the partner API. */
  async end(link: Made): Promise<Made> {
    const { status, text } = await this.shop.partner.command(`payment_links/${link.id}/expiration`);
    expect([status, text]).toEqual([200, text]);
    return link;
  }

  async cancel(publicId: string): Promise<void> {
    const { status, text } = await this.program.post(`/api/invoices/${publicId}/cancel`);
    expect([status, text]).toEqual([200, text]);
  }

  /** Moves the time; what is due is done when the ledger has been read that far. */
  async pass(days: number, isDone: () => Promise<boolean>): Promise<void> {
    this.clock.advance(days * DAY_MS);
    await eventually(
      async () => {
        await expireDue(this.app);
        return isDone();
      },
      (done) => done,
    );
  }

  async attributes(id: string): Promise<Json> {
    const { status, body, text } = await this.shop.partner.get(`payment_links/${id}`);
    expect([status, text]).toEqual([200, text]);
    return body.data.attributes;
  }

  async invoice(publicId: string): Promise<Json> {
    const { body } = await this.shop.partner.get(`invoices?filter[publicId]=${publicId}`);
    return body.data[0];
  }

  /** What every family says of a link. Whatever is not answered with 200 fails. */
  async read(made: Made): Promise<Readonly<Record<Family, Reading>>> {
    const partner = await this.attributes(made.id);
    const merchant = await this.answered(this.merchant.get(`${LINKS}/${made.id}`));
    const wallet = await this.answered(this.app.client.get(`/api/links/${made.publicId}`));
    const polled = await this.answered(this.app.client.get(`/api/links/${made.publicId}/status`));
    expect(polled).toMatchObject({ id: wallet.id, status: wallet.status, expiresAt: wallet.expiresAt });
    const page = async (url: string): Promise<number> => (await fetch(url)).status;
    return {
      partner: {
        id: made.id,
        type: partner.kind ?? NONE,
        status: partner.status,
        amount: partner.amount ?? openText(partner.openAmount?.minimum, partner.openAmount?.maximum),
        currency: partner.currency,
        url: partner.hostedPageUrl,
        page: await page(partner.hostedPageUrl),
      },
      merchant: {
        id: merchant.id,
        type: [merchant.linkType, rhythmOf(merchant)].join(' ').trim(),
        status: merchant.status,
        amount: merchant.amount === null ? openText(merchant.minAmount, merchant.maxAmount) : String(merchant.amount),
        currency: merchant.currency,
        url: merchant.url,
        page: await page(merchant.url),
      },
      wallet: {
        id: wallet.id,
        type: NONE,
        status: wallet.status,
        amount: wallet.amount ?? NONE,
        currency: wallet.asset ?? `${NONE} (${wallet.currency})`,
        url: wallet.checkoutUrl,
        page: await page(wallet.checkoutUrl),
      },
    };
  }

  /** What the families that have invoices say of one. */
  async readInvoice(what: string, by: string, publicId: string): Promise<ReadInvoice> {
    return {
      what,
      by,
      partner: (await this.invoice(publicId)).attributes,
      wallet: await this.answered(this.app.client.get(`/api/invoices/${publicId}`)),
      link: await this.answered(this.app.client.get(`/api/links/${publicId}`)),
    };
  }

  private async answered(asked: ReturnType<ApiClient['get']>): Promise<Json> {
    const { status, body, text } = await asked;
    expect([status, text]).toEqual([200, text]);
    return body;
  }
}

function openText(least: string | number | null | undefined, most: string | number | null | undefined): string {
  return least === undefined || least === null ? NONE : `${String(least)} to ${String(most)}`;
}

const named = (type: string, ...ids: readonly string[]): object => ({ data: ids.map((id) => ({ type, id })) });
const open = { openAmount: { minimum: '2', maximum: '50', presets: ['5'] }, amount: null };

export const KINDS: readonly Scenario[] = [
  ['one payment, priced in an asset', 'partner', (all) => all.partner({})],
  ['one payment, priced in an asset', 'merchant', (all) => all.offered({ linkType: 'INVOICE', amount: 5 })],
  ['one payment, priced in an asset', 'wallet', (all) => all.wallet()],
  ['one payment, priced in a fiat currency', 'partner', (all) => all.partner({ currency: 'EUR', amount: '20.00' })],
  ['one payment of what the payer says', 'partner', (all) => all.partner(open)],
  [
    'one payment, 25% tax on top',
    'partner',
    async (all) => all.partner({}, { taxRate: { data: { type: 'taxRates', id: await all.taxRate() } } }),
  ],
  [
    'products',
    'partner',
    async (all) =>
      all.partner(
        { kind: 'product', amount: null, currency: 'USD' },
        { products: named('products', await all.product()) },
      ),
  ],
  [
    'products',
    'merchant',
    async (all) =>
      all.offered({ linkType: 'PRODUCT', paymentLinkProducts: [{ productId: await all.product(), quantity: 2 }] }),
  ],
  [
    'the whole catalogue',
    'merchant',
    async (all) => {
      await all.product();
      return all.offered({ linkType: 'PRODUCT', isForAllProduct: true });
    },
  ],
  ['a fixed amount, sold as a product', 'merchant', (all) => all.offered({ linkType: 'PRODUCT', amount: 5 })],
  [
    'a fixed amount, 25% tax on top',
    'merchant',
    async (all) => all.offered({ linkType: 'PRODUCT', amount: 5, collectTax: true, taxId: await all.taxRate() }),
  ],
  ['a donation of a fixed amount', 'partner', (all) => all.partner({ kind: 'donation' })],
  ['a donation of a fixed amount', 'merchant', (all) => all.offered({ linkType: 'DONATION', amount: 5 })],
  ['a donation of what the payer says', 'partner', (all) => all.partner({ kind: 'donation', ...open })],
  [
    'a donation of what the payer says',
    'merchant',
    (all) => all.offered({ linkType: 'DONATION', minAmount: 2, maxAmount: 50, presetAmounts: [5] }),
  ],
  ['a collection', 'merchant', (all) => all.offered({ linkType: 'COLLECTION', amount: 5 })],
  ['a subscription', 'partner', (all) => all.partner({ kind: 'subscription', recurrence: { interval: 'month' } })],
  [
    'a subscription of every three months',
    'partner',
    (all) => all.partner({ kind: 'subscription', recurrence: { interval: 'month', intervalCount: 3 } }),
  ],
  ['a subscription', 'merchant', (all) => all.offered({ linkType: 'SUBSCRIPTION', amount: 5 })],
];

const donation = { linkType: 'DONATION', amount: 5 };
const INVOICE = { linkType: 'INVOICE', amount: 5 };

/** The word that the merchant API has for how often, or the rhythm where it has none. */
function rhythmOf({ recurringType, recurrence }: Json): string {
  if (recurrence === undefined) return '';
  return recurringType ?? `(every ${recurrence.intervalCount} ${recurrence.interval}s)`;
}

/** What time must pass for is made last. */
export const STATUSES: readonly Scenario[] = [
  ['again and again: can be paid', 'partner', (all) => all.partner({ kind: 'donation' })],
  ['again and again: can be paid', 'merchant', (all) => all.offered(donation)],
  ['again and again: paused', 'merchant', async (all) => all.put(await all.offered(donation), { status: 'INACTIVE' })],
  [
    'again and again: paused',
    'partner',
    async (all) => all.put(await all.partner({ kind: 'donation' }), { status: 'INACTIVE' }),
  ],
  [
    'again and again: resumed',
    'merchant',
    async (all) => all.put(await all.put(await all.offered(donation), { status: 'INACTIVE' }), { status: 'ACTIVE' }),
  ],
  [
    'again and again: every payment of its limit is being made',
    'merchant',
    async (all) => {
      const link = await all.offered({ ...donation, limitPayments: true, maxPayments: 1 });
      await all.choose(link);
      return link;
    },
  ],
  [
    'again and again: every payment of its limit is made',
    'merchant',
    async (all) => all.paid(await all.offered({ ...donation, limitPayments: true, maxPayments: 1 })),
  ],
  [
    'again and again: opened by a higher limit',
    'merchant',
    async (all) =>
      all.put(await all.paid(await all.offered({ ...donation, limitPayments: true, maxPayments: 1 })), {
        maxPayments: 2,
      }),
  ],
  ['again and again: paid, without a limit', 'merchant', async (all) => all.paid(await all.offered(donation))],
  ['again and again: ended by its owner', 'merchant', async (all) => all.end(await all.offered(donation))],
  [
    'products: none of them is sold any more',
    'merchant',
    async (all) => {
      const id = await all.product();
      const link = await all.offered({ linkType: 'PRODUCT', paymentLinkProducts: [{ productId: id }] });
      const { status } = await all.merchant.send('PUT', `/api/v0/products/${id}`, { status: 'ARCHIVED' });
      expect(status).toBe(200);
      return link;
    },
  ],
  [
    'a subscription: somebody has subscribed',
    'merchant',
    async (all) => {
      const link = await all.offered({ linkType: 'SUBSCRIPTION', amount: 5 });
      await all.subscribe(link);
      return link;
    },
  ],
  [
    'a subscription: paused',
    'merchant',
    async (all) => all.put(await all.offered({ linkType: 'SUBSCRIPTION', amount: 5 }), { status: 'INACTIVE' }),
  ],
  ['once: nobody has chosen', 'merchant', (all) => all.offered(INVOICE)],
  ['once: waits for its money', 'partner', (all) => all.partner({})],
  ['once: waits for its money', 'wallet', (all) => all.wallet()],
  [
    'once: somebody has chosen',
    'merchant',
    async (all) => {
      const link = await all.offered(INVOICE);
      await all.choose(link);
      return link;
    },
  ],
  ['once: paused', 'merchant', async (all) => all.put(await all.offered(INVOICE), { status: 'INACTIVE' })],
  ['once: paid', 'merchant', async (all) => all.paid(await all.offered(INVOICE))],
  [
    'once: paid',
    'partner',
    async (all) => {
      const link = await all.partner({});
      await all.pay(link.publicId);
      return link;
    },
  ],
  [
    'once: paid',
    'wallet',
    async (all) => {
      const link = await all.wallet();
      await all.pay(link.publicId);
      return link;
    },
  ],
  [
    'once: its invoice is cancelled',
    'partner',
    async (all) => {
      const link = await all.partner({});
      await all.cancel(link.publicId);
      return link;
    },
  ],
  [
    'once: its invoice is cancelled',
    'wallet',
    async (all) => {
      const link = await all.wallet();
      await all.cancel(link.publicId);
      return link;
    },
  ],
  ['once: ended by its owner', 'merchant', async (all) => all.end(await all.offered(INVOICE))],
  ['once: ended by its owner', 'partner', async (all) => all.end(await all.partner({}))],
  ['once: ended by its owner', 'wallet', async (all) => all.end(await all.wallet())],
  ...(
    [
      [
        'again and again: its time is over',
        'merchant',
        (all, expiration_date) => all.offered({ ...donation, expiration_date }),
      ],
      [
        'again and again: its time is over',
        'partner',
        (all, expiresAt) => all.partner({ kind: 'donation', expiresAt }),
      ],
      [
        'a subscription: its time is over',
        'merchant',
        (all, expiration_date) => all.offered({ linkType: 'SUBSCRIPTION', amount: 5, expiration_date }),
      ],
      ['once: its time is over', 'merchant', (all, expiration_date) => all.offered({ ...INVOICE, expiration_date })],
      ['once: its time is over', 'partner', (all, expiresAt) => all.partner({ expiresAt })],
      ['once: its time is over', 'wallet', (all, expiresAt) => all.wallet({ expiresAt })],
    ] as const satisfies readonly (readonly [string, Family, (all: FamilyLinks, end: string) => Promise<Made>])[]
  ).map(([what, by, make]): Scenario => [
    what,
    by,
    async (all) => {
      const link = await make(all, all.inDays(1));
      await all.pass(2, async () => (await all.attributes(link.id)).status === 'expired');
      return link;
    },
  ]),
];

/** Links one after another: each status is moved to over HTTP. */
export async function readAll(all: FamilyLinks, scenarios: readonly Scenario[]): Promise<ReadLink[]> {
  const read: ReadLink[] = [];
  for (const [what, by, make] of scenarios) {
    const made = await make(all);
    read.push({ what, by, made, readings: await all.read(made) });
  }
  return read;
}

export async function readInvoices(all: FamilyLinks): Promise<ReadInvoice[]> {
  const written = async (): Promise<string> => {
    const { status, body, text } = await all.program.post('/api/invoices', {
      title: 'Website',
      clientName: 'Ada',
      clientEmail: 'ada@example.com',
      currency: 'USDC',
      lineItems: [{ description: 'Work', quantity: '1', rate: '5' }],
    });
    expect([status, text]).toEqual([201, text]);
    return body.id;
  };
  const sent = async (): Promise<string> => {
    const id = await written();
    expect((await all.program.post(`/api/invoices/${id}/send`)).status).toBe(200);
    return id;
  };
  const billed = async (): Promise<string> => {
    const { body } = await all.shop.partner.create('invoices', {
      currency: 'USDC',
      lines: [{ description: 'Work', quantity: '1', rate: '5' }],
    });
    return body.data.attributes.publicId;
  };
  const asked = async (): Promise<string> => all.choose(await all.offered(donation));
  const done = async (id: string, move: (id: string) => Promise<unknown>): Promise<string> => {
    await move(id);
    return id;
  };
  const processing = (id: string): Promise<unknown> => all.app.client.post(`/api/payments/${id}/pay-intent`, {});
  return [
    await all.readInvoice('written, not sent', 'wallet', await written()),
    await all.readInvoice('sent', 'wallet', await sent()),
    await all.readInvoice('billed', 'partner', await billed()),
    await all.readInvoice('a payer of a link has chosen', 'merchant', await asked()),
    await all.readInvoice('a payment is prepared', 'merchant', await done(await asked(), processing)),
    await all.readInvoice('paid', 'merchant', await done(await asked(), (id) => all.pay(id))),
    await all.readInvoice('cancelled', 'merchant', await done(await asked(), (id) => all.cancel(id))),
    await all.readInvoice(
      'its time is over',
      'merchant',
      await done(await asked(), (id) =>
        all.pass(2, async () => (await all.invoice(id)).attributes.status === 'EXPIRED'),
      ),
    ),
  ];
}

/** The page of docs. Handles and public ids differ from run to run. */
export function page(
  intro: string,
  kinds: readonly ReadLink[],
  statuses: readonly ReadLink[],
  invoices: readonly ReadInvoice[],
): string {
  return [
    intro.trimEnd(),
    '## Kinds',
    table(kinds),
    '## Statuses',
    table(statuses),
    '## Invoices',
    'What a payer is given, and what is billed without a link. The merchant API has no invoices: its webhooks tell of them as payments.',
    invoiceTable(invoices),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function table(links: readonly ReadLink[]): string {
  const lines = links.flatMap(({ what, by, made, readings }) =>
    FAMILIES.map((family, at) => {
      const { type, status, amount, currency, url } = readings[family];
      const address = new URL(url).pathname
        .replace(made.publicId, '{publicId}')
        .replace(/^\/p\/[^/]+\/.*$/, '/p/{merchant}/{slug}');
      return row(at === 0 ? what : '', at === 0 ? by : '', family, type, status, amount, currency, address);
    }),
  );
  return [
    row('Link', 'Made over', 'Read over', 'Type', 'Status', 'Amount', 'Currency', 'URL'),
    `|${'---|'.repeat(8)}`,
    ...lines,
  ].join('\n');
}

function invoiceTable(invoices: readonly ReadInvoice[]): string {
  const lines = invoices.map(({ what, by, partner, wallet, link }) =>
    row(what, by, partner.status, wallet.status, link.status, partner.amount, partner.currency),
  );
  return [
    row(
      'Invoice',
      'Of the',
      'partner `invoices`',
      'wallet `/api/invoices`',
      'wallet `/api/links`',
      'Amount',
      'Currency',
    ),
    `|${'---|'.repeat(7)}`,
    ...lines,
  ].join('\n');
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Whether two texts say the same number. */
export function sameAmount(one: string, other: string): boolean {
  const plain = (text: string): string =>
    text === NONE
      ? text
      : text
          .split(' to ')
          .map((each) => formatAmount(amountOf(each)))
          .join(' to ');
  return plain(one) === plain(other);
}
