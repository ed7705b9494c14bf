import { randomUUID } from 'node:crypto';
import { type Scope, SCOPES } from '../../src/common/principal';
import type { Answer } from '../support/api-client';
import { TestApp } from '../support/app';
import { complaints, PartnerCaller, type Sent } from '../support/partner-caller';
import type { TestMerchant } from '../support/shop';

/** A replay passes every check of a first request: whoever may not be told the answer is not told it under a known key. */

let app: TestApp;
let owner: TestMerchant;
let all: PartnerCaller;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { FIATS: 'EUR' } });
  owner = await app.merchant();
  all = await withScopes(SCOPES);
});
afterAll(() => app.stop());

const withScopes = async (scopes: readonly Scope[]): Promise<PartnerCaller> =>
  PartnerCaller.bearer(app.url, await app.apiKey(owner.merchantId, { scopes }));
const without = (scope: Scope): Promise<PartnerCaller> => withScopes(SCOPES.filter((each) => each !== scope));
const key = (): { 'idempotency-key': string } => ({ 'idempotency-key': randomUUID() });
const replayed = ({ headers }: Answer): boolean => headers.get('idempotent-replayed') === 'true';
const inADay = (): string => new Date(Date.now() + 86_400_000).toISOString();
const link = (): Sent => ({
  attributes: { amount: '12.50', currency: 'USDC', paymentType: 'Invoice', expiresAt: inADay() },
});
const made = async (type: string, path: string, sent: Sent): Promise<string> =>
  (await all.create(type, path, sent)).body.data.id;

/** What is asked, by which scope it must not be told to others. */
const requests: (readonly [
  string,
  Scope,
  (caller: PartnerCaller, headers: Record<string, string>) => Promise<Answer>,
])[] = [];

beforeAll(async () => {
  const [rate, sent, ended] = [
    await made('taxRates', '/tax_rates', { attributes: { name: 'VAT', percentage: '19' } }),
    link(),
    await made('paymentLinks', '/payment_links', link()),
  ];
  const product = {
    attributes: { name: 'Tee', price: '1', currency: 'EUR' },
    relationships: { taxRate: { data: { type: 'taxRates', id: rate } } },
  };
  const changed = await made('products', '/products', product);
  const scoped = { attributes: { label: 'given on', scopes: ['links:read', 'webhooks:read'] } };
  requests.push(
    [
      'a new link with its invoice',
      'invoices:read',
      (caller, headers) => caller.create('paymentLinks', '/payment_links?include=target', sent, headers),
    ],
    [
      'a new product with its tax rate',
      'tax_rates:read',
      (caller, headers) => caller.create('products', '/products?include=taxRate', product, headers),
    ],
    [
      'a changed product with its tax rate',
      'tax_rates:read',
      (caller, headers) =>
        caller.send(
          'PATCH',
          `/products/${changed}?include=taxRate`,
          { data: { type: 'products', id: changed, attributes: { name: 'New' } } },
          headers,
        ),
    ],
    [
      'an ended link with what was paid',
      'payments:read',
      (caller, headers) => caller.command(`/payment_links/${ended}/expiration?include=target.payments`, headers),
    ],
    [
      'a key with scopes that are given on',
      'webhooks:read',
      (caller, headers) => caller.create('apiKeys', '/api_keys', scoped, headers),
    ],
  );
});

describe('an answer that is replayed', () => {
  it('is told to those only who could have asked for it first (I25)', async () => {
    for (const [what, scope, ask] of requests) {
      const headers = key();
      const [narrow, first] = [await without(scope), await ask(all, headers)];
      expect([what, first.status < 300]).toEqual([what, true]);
      const refused = await ask(narrow, headers);
      expect([what, refused.status, complaints(refused), replayed(refused)]).toEqual([
        what,
        403,
        ['missing_scope'],
        false,
      ]);
      expect([what, refused.text.includes(first.body.data.id)]).toEqual([what, false]);
      const again = await ask(all, headers);
      expect([what, again.status, replayed(again)]).toEqual([what, first.status, true]);
      if (what.startsWith('a key')) continue;
      expect([what, again.text]).toEqual([what, first.text]);
      const other = await ask(await withScopes(SCOPES), headers);
      expect([what, other.text, replayed(other)]).toEqual([what, first.text, true]);
    }
  });

  it('needs no scope that the first request did not take', async () => {
    const headers = key();
    const first = await all.create('paymentLinks', '/payment_links', link(), headers);
    expect(first.status).toBe(201);
    const sent = link();
    const [once, narrow] = [key(), await withScopes(['links:write'])];
    const [made1, again] = [
      await all.create('paymentLinks', '/payment_links', sent, once),
      await narrow.create('paymentLinks', '/payment_links', sent, once),
    ];
    expect([again.status, again.text, replayed(again)]).toEqual([201, made1.text, true]);
  });

  it('of the narrow credential comes back for it, and for the wide one', async () => {
    const [headers, sent, narrow] = [key(), link(), await withScopes(['links:write'])];
    const first = await narrow.create('paymentLinks', '/payment_links?include=', sent, headers);
    expect([first.status, (await all.create('paymentLinks', '/payment_links?include=', sent, headers)).text]).toEqual([
      201,
      first.text,
    ]);
  });

  it('is a refusal as well: a decision about what the credential may not know is not told', async () => {
    const headers = key();
    const id = await made('paymentLinks', '/payment_links', link());
    await all.command(`/payment_links/${id}/expiration`);
    const ask = (caller: PartnerCaller): Promise<Answer> =>
      caller.command(`/payment_links/${id}/expiration?include=target`, headers);
    expect((await ask(all)).status).toBe(409);
    expect(complaints(await ask(await without('invoices:read')))).toEqual(['missing_scope']);
    expect([(await ask(all)).status, replayed(await ask(all))]).toEqual([409, true]);
  });

  it('of what only one wallet may do is not the answer for another wallet', async () => {
    const [session, invited] = [PartnerCaller.bearer(app.url, owner.token), await app.wallet()];
    const member = (
      await session.create('members', '/members', { attributes: { wallet: invited.address, role: 'owner' } })
    ).body.data.id as string;
    await PartnerCaller.bearer(app.url, await invited.signIn(app.url)).command(`/members/${member}/acceptance`);
    const other = PartnerCaller.bearer(app.url, await invited.signIn(app.url));
    const [headers, account] = [key(), { attributes: { network: 'sandbox', address: invited.address } }];
    const first = await other.create('receivingAccounts', '/receiving_accounts', account, headers);
    expect(first.status).toBe(201);
    const second = await session.create('receivingAccounts', '/receiving_accounts', account, headers);
    expect([second.status, replayed(second)]).toEqual([422, false]);
    expect([(await other.create('receivingAccounts', '/receiving_accounts', account, headers)).text]).toEqual([
      first.text,
    ]);
  });

  it('of the wallet API takes the scope of its route, each time', async () => {
    const issue = async (scopes: readonly Scope[]): Promise<Record<string, string>> => ({
      authorization: `Bearer ${await app.apiKey(owner.merchantId, { scopes })}`,
    });
    const headers = key();
    const ask = async (scopes: readonly Scope[]): Promise<Answer> =>
      app.client.post('/api/links', { amount: '1', asset: 'XLM' }, { ...headers, ...(await issue(scopes)) });
    const first = await ask(['links:write']);
    expect([first.status, (await ask(['links:read'])).status, (await ask(['links:write'])).text]).toEqual([
      201,
      403,
      first.text,
    ]);
  });
});
