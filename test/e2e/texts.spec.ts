import pg from 'pg';
import { MIGRATIONS } from '../../migrations';
import { SpellTextsOnce1763600000261 } from '../../migrations/1763600000261-spell-texts-once';
import { CredentialsService } from '../../src/auth/credentials.service';
import { SCOPES } from '../../src/common/principal';
import type { Answer, ApiClient, Json } from '../support/api-client';
import { TestApp } from '../support/app';
import { complaints, PartnerCaller } from '../support/partner-caller';

/** Texts that people see, and texts by which things are found: what looks the same is the same, and what cannot be seen is refused. */

let app: TestApp;
let partner: PartnerCaller;
let wallet: ApiClient;
let merchantId: string;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { FIATS: 'EUR' } });
  const shop = await app.shop({ scopes: SCOPES });
  ({ client: wallet, merchantId } = shop);
  partner = PartnerCaller.bearer(app.url, shop.key);
});
afterAll(() => app.stop());

const inADay = (): string => new Date(Date.now() + 86_400_000).toISOString();
const link = (more: object): Promise<Answer> =>
  partner.create('paymentLinks', '/payment_links', {
    attributes: { amount: '5', currency: 'XLM', paymentType: 'Invoice', expiresAt: inADay(), ...more },
  });
const BLANKS = [
  ' ',
  '\t \n',
  '\u00a0',
  '\u200b',
  '\u2060\ufeff',
  '\u3164',
  '\u202e',
  '\u00ad \u00ad',
  '\ufe0f',
  '\u2800',
  '\u{e0100}',
];

describe('titles and names', () => {
  const SENT: readonly (readonly [string, (text: string) => Promise<Answer>])[] = [
    ['paymentLinks title', (title) => link({ title })],
    [
      'invoices title',
      (title) =>
        partner.create('invoices', '/invoices', {
          attributes: { currency: 'XLM', lines: [{ description: 'x', rate: '1' }], title },
        }),
    ],
    [
      'invoices clientName',
      (clientName) =>
        partner.create('invoices', '/invoices', {
          attributes: { currency: 'XLM', lines: [{ description: 'x', rate: '1' }], clientName },
        }),
    ],
    [
      'invoices lines',
      (description) =>
        partner.create('invoices', '/invoices', {
          attributes: { currency: 'XLM', lines: [{ description, rate: '1' }] },
        }),
    ],
    [
      'products name',
      (name) => partner.create('products', '/products', { attributes: { name, price: '1', currency: 'EUR' } }),
    ],
    ['taxRates name', (name) => partner.create('taxRates', '/tax_rates', { attributes: { name, percentage: '1' } })],
    [
      'customers name',
      (name) => partner.create('customers', '/customers', { attributes: { name, email: 'x@example.com' } }),
    ],
    [
      'merchants name',
      async (name) => partner.update('merchants', `/merchants/${merchantId}`, { attributes: { name } }),
    ],
    ['apiKeys label', (label) => partner.create('apiKeys', '/api_keys', { attributes: { label } })],
    ['clients label', (label) => partner.create('clients', '/clients', { attributes: { label } })],
    ['links title', (title) => wallet.post('/api/links', { amount: '1', asset: 'XLM', metadata: { title } })],
    [
      'links payerName',
      (payerName) => wallet.post('/api/links', { amount: '1', asset: 'XLM', metadata: { payerName } }),
    ],
    [
      'invoices title of the wallet API',
      (title) => wallet.post('/api/invoices', { currency: 'XLM', amount: '1', title }),
    ],
    [
      'invoices clientName of the wallet API',
      (clientName) => wallet.post('/api/invoices', { currency: 'XLM', amount: '1', clientName }),
    ],
    [
      'lines of the wallet API',
      (description) =>
        wallet.post('/api/invoices', { currency: 'XLM', lineItems: [{ description, quantity: 1, rate: '1' }] }),
    ],
    ['clients name', (name) => wallet.post('/api/clients', { name, email: 'x@example.com' })],
  ];

  it.each(SENT)('of nothing that can be seen are refused: %s', async (_what, send) => {
    for (const text of BLANKS)
      expect([JSON.stringify(text), [400, 422].includes((await send(text)).status)]).toEqual([
        JSON.stringify(text),
        true,
      ]);
    expect((await send(' Beans\u200d ')).status).toBeLessThan(300);
  });

  it('of nothing that can be seen are refused of an operator too', async () => {
    for (const label of [...BLANKS, ''])
      await expect(
        app.get(CredentialsService).issueApiKey({ merchantId, network: 'sandbox', label }),
      ).rejects.toMatchObject({ code: 'validation_failed', faults: [{ path: 'label' }] });
  });
});

describe('e-mail addresses', () => {
  const customer = (email: string): Promise<Answer> =>
    partner.create('customers', '/customers', { attributes: { name: 'Ada', email } });

  it('with what nobody sees, or what turns text round, are refused everywhere', async () => {
    for (const hidden of [
      '\u202e',
      '\u2066',
      '\u200b',
      '\u200f',
      '\u00ad',
      '\u2069',
      '\ufeff',
      '\ufe0f',
      '\u3164',
      '\u2800',
      '\u00a0',
      '\u3000',
    ]) {
      for (const email of [`ada${hidden}@example.com`, `ada@exa${hidden}mple.com`, `ada@bü${hidden}cher.example`]) {
        const statuses = await Promise.all([
          customer(email),
          wallet.post('/api/clients', { name: 'A', email }),
          wallet.post('/api/links', { amount: '1', asset: 'XLM', metadata: { payerEmail: email } }),
          wallet.post('/api/invoices', { currency: 'XLM', amount: '1', clientEmail: email }),
          partner.create('invoices', '/invoices', {
            attributes: { currency: 'XLM', lines: [{ description: 'x', rate: '1' }], clientEmail: email },
          }),
        ]);
        expect([JSON.stringify(email), statuses.map(({ status }) => status)]).toEqual([
          JSON.stringify(email),
          [422, 400, 400, 400, 422],
        ]);
      }
    }
  });

  it('in two spellings of one domain are one', async () => {
    const made = await customer('ada@bücher.example');
    expect([made.status, made.body.data.attributes.email]).toEqual([201, 'ada@xn--bcher-kva.example']);
    for (const email of ['ada@xn--bcher-kva.example', 'ada@BÜCHER.example', 'Ada@bu\u0308cher.example'])
      expect([email, complaints(await customer(email))]).toEqual([
        email,
        ['customer_email_taken /data/attributes/email'],
      ]);
    const saved = await wallet.post('/api/clients', { name: 'Ada B.', email: 'ADA@bücher.example' });
    expect([saved.status, saved.body.id]).toEqual([201, made.body.data.id]);
    for (const email of ['ada@bücher.example', 'ada@xn--bcher-kva.example'])
      expect((await partner.get(`/customers?filter[email]=${encodeURIComponent(email)}`)).body.data).toHaveLength(1);
    await wallet.post('/api/invoices', { currency: 'XLM', amount: '1', clientEmail: 'bob@xn--bcher-kva.example' });
    expect((await wallet.get(`/api/invoices?clientEmail=${encodeURIComponent('bob@bücher.example')}`)).body.total).toBe(
      1,
    );
  });
});

describe('references', () => {
  it('that look the same are the same', async () => {
    const first = await link({ reference: ' caf\u00e9 ' });
    expect([first.status, first.body.data.attributes.reference]).toEqual([201, 'caf\u00e9']);
    for (const reference of ['caf\u00e9', 'cafe\u0301', '\u00a0cafe\u0301\n', 'caf\u00e9\u3000']) {
      expect([reference, complaints(await link({ reference }))]).toEqual([
        reference,
        ['reference_duplicate /data/attributes/reference'],
      ]);
      expect(
        (await partner.get(`/payment_links?filter[reference]=${encodeURIComponent(reference)}`)).body.data,
      ).toHaveLength(1);
    }
    for (const reference of ['  ', '\u200b', '\u2800'])
      expect(complaints(await link({ reference }))).toEqual(['attributes_invalid /data/attributes/reference']);
    expect(
      (await wallet.post('/api/links', { amount: '1', asset: 'XLM', metadata: { reference: ' cafe\u0301 ' } })).body
        .metadata.reference,
    ).toBe('caf\u00e9');
  });

  it('and addresses of before are spelled anew, where that is free', async () => {
    const ids = [
      (await link({ reference: 'one' })).body.data.id,
      (await link({ reference: 'two' })).body.data.id,
      (await link({ reference: 'n\u00e9' })).body.data.id,
    ] as string[];
    await app.sql('update payment_links set reference = $2 where id = $1', [ids[0], ' one\u00a0']);
    await app.sql('update payment_links set reference = $2 where id = $1', [ids[1], 'ne\u0301']);
    const { id } = (
      await partner.create('customers', '/customers', { attributes: { name: 'Old', email: 'old@example.com' } })
    ).body.data;
    await app.sql('update customers set email = $2 where id = $1', [id, 'old@bücher.example']);
    const client = new pg.Client(app.databaseUrl);
    await client.connect();
    try {
      const runner = {
        query: async (text: string, values: unknown[] = []) => (await client.query(text, values)).rows,
      } as Json;
      for (let round = 0; round < 2; round += 1) await new SpellTextsOnce1763600000261().up(runner);
    } finally {
      await client.end();
    }
    const now = await app.sql<{ reference: string }>(
      'select reference from payment_links where id = any($1) order by id',
      [ids],
    );
    expect(now.map(({ reference }) => reference)).toEqual(['one', 'ne\u0301', 'n\u00e9']);
    expect((await partner.get(`/customers/${id as string}`)).body.data.attributes.email).toBe(
      'old@xn--bcher-kva.example',
    );
    expect(MIGRATIONS).toContain(SpellTextsOnce1763600000261);
  });
});
