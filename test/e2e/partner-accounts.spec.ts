import { CredentialsService } from '../../src/auth/credentials.service';
import { Memo } from '@stellar/stellar-sdk';
import { AuditLogService } from '../../src/audit-log/audit-log.service';
import { AuthenticationService } from '../../src/auth/authentication.service';
import { MAX_LIVE_KEYS } from '../../src/auth/keys.service';
import { DEFAULT_KEY_SCOPES, type Role, ROLES, type Scope, SCOPES } from '../../src/common/principal';
import { listPolicies, type RoutePolicy } from '../../src/auth/route-policies';
import type { Answer } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import { complaints, PartnerCaller } from '../support/partner-caller';
import { addReceivingAccount } from '../support/receiving-account';
import type { TestWallet } from '../support/wallet';

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start();
});
afterAll(() => app.stop());

const NOBODYS = '01890000-0000-7000-8000-000000000000';

interface Shop {
  readonly wallet: TestWallet;
  readonly owner: PartnerCaller;
  readonly merchantId: string;
  readonly client: Awaited<ReturnType<TestApp['merchant']>>['client'];
}

async function shop(): Promise<Shop> {
  const { wallet, token, client } = await app.merchant();
  const owner = PartnerCaller.bearer(app.url, token);
  return { wallet, owner, client, merchantId: (await owner.get('/merchants/me')).body.data.id };
}

async function issue(
  caller: PartnerCaller,
  attributes: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<{ id: string; secret: string; key: PartnerCaller; answer: Answer }> {
  const answer = await caller.create('apiKeys', '/api_keys', { attributes: { label: 'Till', ...attributes } }, headers);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  const { secret } = answer.body.meta;
  return { id: answer.body.data.id, secret, key: PartnerCaller.bearer(app.url, secret), answer };
}

/** Invites, accepts and signs in again. */
async function join(
  owner: PartnerCaller,
  role: Role,
): Promise<{ id: string; wallet: TestWallet; caller: PartnerCaller }> {
  const wallet = await app.wallet();
  const invited = await owner.create('members', '/members', { attributes: { wallet: wallet.address, role } });
  expect([invited.status, invited.body.data.attributes.status]).toEqual([201, 'invited']);
  const { id } = invited.body.data;
  const accepted = await PartnerCaller.bearer(app.url, await wallet.signIn(app.url)).command(
    `/members/${id}/acceptance`,
  );
  expect([accepted.status, accepted.body.data.attributes]).toEqual([
    200,
    expect.objectContaining({ role, status: 'active' }),
  ]);
  return { id, wallet, caller: PartnerCaller.bearer(app.url, await wallet.signIn(app.url)) };
}

const events = async (merchantId: string): Promise<string[]> =>
  (
    await app.sql<{ type: string }>('select type from events where merchant_id = $1 order by written_at, id', [
      merchantId,
    ])
  ).map(({ type }) => type);
const actions = async (merchantId: string): Promise<string[]> =>
  (
    await app.sql<{ action: string }>('select action from audit_entries where merchant_id = $1 order by sequence', [
      merchantId,
    ])
  ).map(({ action }) => action);

describe('merchants/me', () => {
  it('is the merchant of the credentials, under both its names, and can be changed', async () => {
    const { owner, merchantId } = await shop();
    const { body, headers } = await owner.get('/merchants/me');
    expect(body.data).toMatchObject({
      type: 'merchants',
      id: merchantId,
      attributes: { defaultNetwork: 'sandbox', toleranceBp: 0, lateGraceSeconds: 86_400 },
    });
    expect((await owner.get(`/merchants/${merchantId}`)).body.data).toEqual(body.data);
    const change = { data: { type: 'merchants', id: merchantId, attributes: { name: 'Beans', toleranceBp: 50 } } };
    const changed = await owner.send('PATCH', '/merchants/me', change, { 'if-match': headers.get('etag') ?? '' });
    expect([changed.status, changed.body.data.attributes]).toEqual([
      200,
      expect.objectContaining({ name: 'Beans', toleranceBp: 50, lateGraceSeconds: 86_400 }),
    ]);
    expect((await owner.send('PATCH', '/merchants/me', change, { 'if-match': headers.get('etag') ?? '' })).status).toBe(
      412,
    );
    const other = await shop();
    expect((await other.owner.get(`/merchants/${merchantId}`)).status).toBe(404);
    expect((await other.owner.send('PATCH', `/merchants/${merchantId}`, change)).status).toBe(404);
    expect(await actions(merchantId)).toEqual(['merchant.updated']);
  });

  it.each([
    [{ toleranceBp: 10_001 }, 'toleranceBp'],
    [{ toleranceBp: 0.5 }, 'toleranceBp'],
    [{ lateGraceSeconds: -1 }, 'lateGraceSeconds'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ timeZone: '+02:00' }, 'timeZone'],
    [{ defaultNetwork: 'public' }, 'defaultNetwork'],
    [{ defaultNetwork: 'nowhere' }, 'defaultNetwork'],
    [{ name: '' }, 'name'],
  ])('refuses %j', async (attributes, member) => {
    const { owner, merchantId } = await shop();
    const answer = await owner.send('PATCH', '/merchants/me', {
      data: { type: 'merchants', id: merchantId, attributes },
    });
    expect([answer.status, answer.body.errors[0].source.pointer]).toEqual([422, `/data/attributes/${member}`]);
  });
});

describe('the time zone of a merchant', () => {
  it('says when a due date without a time is over; UTC until it is said', async () => {
    const { owner, client, merchantId } = await shop();
    const due = async (): Promise<unknown> =>
      (await client.post('/api/invoices', { currency: 'XLM', amount: 1, dueDate: '2099-01-31' })).body.dueDate;
    expect(await due()).toBe('2099-01-31T23:59:59.999Z');
    const { body } = await owner.send('PATCH', '/merchants/me', {
      data: { type: 'merchants', id: merchantId, attributes: { timeZone: 'America/New_York' } },
    });
    expect(body.data.attributes.timeZone).toBe('America/New_York');
    expect(await due()).toBe('2099-02-01T04:59:59.999Z');
    const { body: draft } = await client.post('/api/invoices', { currency: 'XLM', amount: 1 });
    expect((await client.patch(`/api/invoices/${draft.id}`, { dueDate: '2099-07-31' })).body.dueDate).toBe(
      '2099-08-01T03:59:59.999Z',
    );
  });
});

describe('members', () => {
  it('join only by their own wallet, and being named changes nothing for it', async () => {
    const { owner, merchantId, wallet: ownersWallet } = await shop();
    const { wallet: strangersWallet, owner: stranger, client, merchantId: own } = await shop();
    const invited = await owner.create('members', '/members', {
      attributes: { wallet: strangersWallet.address, role: 'admin' },
    });
    const { id } = invited.body.data;
    expect(
      (await PartnerCaller.bearer(app.url, await strangersWallet.signIn(app.url)).get('/merchants/me')).body.data.id,
    ).toBe(own);
    expect((await client.post('/api/links', { amount: 1, asset: 'XLM' })).status).toBe(201);
    expect((await owner.command(`/members/${id}/acceptance`)).status).toBe(404);
    expect((await (await shop()).owner.command(`/members/${id}/acceptance`)).status).toBe(404);
    expect((await stranger.command(`/members/${id}/acceptance`)).status).toBe(200);
    expect((await stranger.command(`/members/${id}/acceptance`)).status).toBe(404);
    const member = PartnerCaller.bearer(app.url, await strangersWallet.signIn(app.url));
    expect((await member.get('/merchants/me')).body.data.id).toBe(merchantId);
    expect(await events(merchantId)).toEqual(['member.invited', 'member.joined']);
    const [ownerRow] = (await owner.get('/members?filter[role]=owner')).body.data;
    expect(ownerRow.attributes.wallet).toBe(ownersWallet.address);
  });

  it('leave for their own merchant, and their sessions end at once', async () => {
    const { owner, merchantId } = await shop();
    const { id, wallet, caller } = await join(owner, 'admin');
    expect((await caller.get('/merchants/me')).body.data.id).toBe(merchantId);
    expect((await owner.delete(`/members/${id}`)).status).toBe(204);
    expect((await caller.get('/merchants/me')).status).toBe(401);
    const home = PartnerCaller.bearer(app.url, await wallet.signIn(app.url));
    expect((await home.get('/merchants/me')).body.data.id).not.toBe(merchantId);
    const second = await join(owner, 'viewer');
    expect((await second.caller.delete('/members/me')).status).toBe(204);
    expect((await second.caller.get('/merchants/me')).status).toBe(401);
    expect(await actions(merchantId)).toEqual([
      'member.invited',
      'member.joined',
      'member.removed',
      'member.invited',
      'member.joined',
      'member.removed',
    ]);
    expect(await app.get(AuditLogService).verify(merchantId)).toMatchObject({ fault: null });
  });

  it('always have an owner among them, also when two go at once', async () => {
    const { owner } = await shop();
    const [{ id }] = (await owner.get('/members')).body.data;
    for (const answer of [
      await owner.delete(`/members/${id}`),
      await owner.delete('/members/me'),
      await owner.update('members', `/members/${id}`, { attributes: { role: 'viewer' } }),
    ]) {
      expect([answer.status, complaints(answer)]).toEqual([409, ['last_owner']]);
    }
    const second = await join(owner, 'owner');
    const answers = await Promise.all([owner.delete('/members/me'), second.caller.delete('/members/me')]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409]);
  });

  it('are named once, by a real address and a real role', async () => {
    const { owner, wallet } = await shop();
    const invite = (attributes: Record<string, unknown>): Promise<Answer> =>
      owner.create('members', '/members', { attributes });
    expect(complaints(await invite({ wallet: wallet.address, role: 'viewer' }))).toEqual([
      'member_exists /data/attributes/wallet',
    ]);
    expect(complaints(await invite({ wallet: `${wallet.address.slice(0, -1)}A`, role: 'god' })).toSorted()).toEqual([
      'attributes_invalid /data/attributes/role',
      'attributes_invalid /data/attributes/wallet',
    ]);
  });

  it('keep the second of two changes of a role from being lost (B14)', async () => {
    const { owner } = await shop();
    const { id } = await join(owner, 'viewer');
    const match = { 'if-match': (await owner.get(`/members/${id}`)).headers.get('etag') ?? '' };
    const answers = await Promise.all(
      (['admin', 'approver'] as const).map((role) =>
        owner.update('members', `/members/${id}`, { attributes: { role } }, match),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  });
});

describe('receiving accounts', () => {
  async function add(
    caller: PartnerCaller,
    account: TestWallet,
    merchantId: string,
    more: Record<string, unknown> = {},
  ): Promise<Answer> {
    return addReceivingAccount(app, caller, account, merchantId, more);
  }

  it('change for what is asked from now on; what was asked before is paid at the old one (A38)', async () => {
    const { owner, wallet, client, merchantId } = await shop();
    const open = (await client.post('/api/links', { amount: '3', asset: 'XLM' })).body;
    const cold = await app.wallet();
    const added = await add(owner, cold, merchantId, { isDefault: true });
    expect([added.status, added.body.data.attributes]).toEqual([
      201,
      expect.objectContaining({ address: cold.address, isDefault: true, network: 'sandbox' }),
    ]);
    const accounts = (await owner.get('/receiving_accounts')).body.data;
    expect(accounts.map((each: Answer['body']) => [each.attributes.address, each.attributes.isDefault])).toEqual([
      [cold.address, true],
      [wallet.address, false],
    ]);
    const payer = await app.wallet();
    await payer.pay(wallet.address, '3', { memo: Memo.text(open.legacyInvoiceNumber) });
    await eventually(
      () => app.client.get(`/api/links/${open.id}/status`),
      (answer) => answer.body.status === 'CONFIRMED',
    );
    const [row] = await app.sql<{ destination: string }>(`select destination from invoices where public_id = $1`, [
      open.id,
    ]);
    expect(row?.destination).toBe(wallet.address);
    const next = (await client.post('/api/invoices', { currency: 'XLM', amount: 1 })).body;
    const [later] = await app.sql<{ destination: string }>(`select destination from invoices where public_id = $1`, [
      next.id,
    ]);
    expect(later?.destination).toBe(cold.address);
    expect([404, 405]).toContain((await owner.delete(`/receiving_accounts/${accounts[1].id}`)).status);
  });

  it('are nobody to change who may only write everything else, and the change is told (A39)', async () => {
    const { owner, merchantId } = await shop();
    const thief = await app.wallet();
    const { key } = await issue(owner);
    expect((await add(key, thief, merchantId, { isDefault: true })).status).toBe(403);
    const [{ id }] = (await key.get('/receiving_accounts')).body.data;
    expect(
      (await key.update('receivingAccounts', `/receiving_accounts/${id}`, { attributes: { isDefault: true } })).status,
    ).toBe(403);
    const { caller: admin } = await join(owner, 'admin');
    expect((await add(admin, thief, merchantId)).status).toBe(403);
    expect((await issueAnswer(admin, { scopes: ['accounts:write'] })).status).toBe(403);
    const before = await events(merchantId);
    const { key: asked } = await issue(owner, { scopes: ['accounts:write', 'accounts:read'] });
    expect((await add(asked, thief, merchantId, { isDefault: true })).status).toBe(201);
    expect((await events(merchantId)).slice(before.length)).toEqual([
      'api_key.created',
      'receiving_account.created',
      'receiving_account.updated',
    ]);
    expect((await actions(merchantId)).slice(-2)).toEqual(['receiving_account.created', 'receiving_account.updated']);
  });

  it('are proven by the account itself', async () => {
    const { owner, merchantId } = await shop();
    const victim = await shop();
    const [other, mine] = [victim.wallet, await app.wallet()];
    const attempt = (attributes: Record<string, unknown>): Promise<Answer> =>
      owner.create('receivingAccounts', '/receiving_accounts', { attributes: { network: 'sandbox', ...attributes } });
    const unsigned = await attempt({ address: other.address });
    expect([unsigned.status, complaints(unsigned)]).toEqual([422, [expect.stringContaining('account_proof_required')]]);
    expect(unsigned.body.errors[0].detail).toContain(`Merchant: ${merchantId}`);
    expect((await attempt({ address: other.address, signature: other.signMessage('anything else') })).status).toBe(422);
    expect((await add(victim.owner, mine, victim.merchantId)).status).toBe(201);
    const [{ attributes }] = (await victim.owner.get('/receiving_accounts')).body.data;
    expect(attributes.address).toBe(mine.address);
    expect(
      (
        await attempt({
          address: mine.address,
          signature: mine.signMessage(
            [
              `${new URL(app.url).host} receives payments at this account.`,
              '',
              `Merchant: ${victim.merchantId}`,
              'Network: sandbox',
              `Account: ${mine.address}`,
            ].join('\n'),
          ),
        })
      ).status,
    ).toBe(422);
    expect(complaints(await attempt({ address: mine.address, network: 'public' }))).toEqual([
      'network_unknown /data/attributes/network',
    ]);
    expect(complaints(await add(victim.owner, mine, victim.merchantId))).toEqual([
      'receiving_account_exists /data/attributes/address',
    ]);
  });

  it('have one default, however many are made so at once', async () => {
    const { owner, merchantId } = await shop();
    const wallets = await Promise.all([app.wallet(), app.wallet(), app.wallet()]);
    const ids = await Promise.all(
      wallets.map(async (wallet) => (await add(owner, wallet, merchantId)).body.data.id as string),
    );
    const answers = await Promise.all(
      ids.map((id) =>
        owner.update('receivingAccounts', `/receiving_accounts/${id}`, { attributes: { isDefault: true } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const defaults = (await owner.get('/receiving_accounts')).body.data.filter(
      (each: Answer['body']) => each.attributes.isDefault,
    );
    expect(defaults).toHaveLength(1);
    const refused = await owner.update('receivingAccounts', `/receiving_accounts/${defaults[0].id}`, {
      attributes: { isDefault: false },
    });
    expect([refused.status, complaints(refused)]).toEqual([422, ['attributes_invalid /data/attributes/isDefault']]);
    const address = await owner.update('receivingAccounts', `/receiving_accounts/${defaults[0].id}`, {
      attributes: { isDefault: true, address: (await app.wallet()).address },
    });
    expect([address.status, complaints(address)]).toEqual([422, ['attributes_invalid /data/attributes/address']]);
  });
});

const issueAnswer = (caller: PartnerCaller, attributes: Record<string, unknown>): Promise<Answer> =>
  caller.create('apiKeys', '/api_keys', { attributes: { label: 'x', ...attributes } });

describe('keys', () => {
  it("know the member who gave them away, also by another key, and the operator gives them in nobody's name", async () => {
    const { owner, merchantId } = await shop();
    const first = await issue(owner, { scopes: ['keys:write', 'keys:read'] });
    const second = await issue(PartnerCaller.bearer(app.url, first.secret), { scopes: ['keys:read'] });
    const { id } = await app.get(CredentialsService).issueApiKey({ merchantId, network: 'sandbox', label: 'operator' });
    const [member] = await app.sql<{ address: string }>(
      'select wallet as address from members where merchant_id = $1',
      [merchantId],
    );
    const rows = await app.sql<{ id: string; issued_by: string | null }>(
      'select id, issued_by from credentials where merchant_id = $1',
      [merchantId],
    );
    expect(new Map(rows.map((row) => [row.id, row.issued_by]))).toEqual(
      new Map([
        [first.id, member?.address],
        [second.id, member?.address],
        [id, null],
      ]),
    );
  });

  it('show their secret once, and no read path ever again (E23)', async () => {
    const { owner } = await shop();
    const { id, secret, key } = await issue(owner, { expiresAt: '2099-01-01T00:00:00Z' });
    expect(secret).toMatch(/^sk_test_/);
    const client = await owner.create('clients', '/clients', { attributes: { label: 'Shop' } });
    const { clientKey } = client.body.data.attributes;
    expect(client.body.meta.secret).toMatch(/^cs_test_/);
    expect(client.headers.get('cache-control')).toBe('no-store');
    const asClient = new PartnerCaller(app.url, {
      'x-client-key': clientKey,
      'x-client-secret': client.body.meta.secret,
    });
    expect((await asClient.get('/merchants/me')).status).toBe(200);
    expect((await key.get('/merchants/me')).status).toBe(200);
    for (const path of [
      '/api_keys',
      `/api_keys/${id}`,
      '/clients',
      `/clients/${client.body.data.id}`,
      '/audit_log',
      '/merchants/me',
    ]) {
      const { text } = await owner.get(path);
      for (const hidden of [secret, client.body.meta.secret, 'secretDigest', 'secret"'])
        expect(text).not.toContain(hidden);
    }
    const [stored] = await app.sql<{ text: string }>(
      `select concat((select jsonb_agg(e) from events e), (select jsonb_agg(a) from audit_entries a), (select jsonb_agg(k) from idempotency_keys k), (select jsonb_agg(c) from credentials c)) as text`,
    );
    for (const hidden of [secret, client.body.meta.secret]) expect(stored?.text).not.toContain(hidden);
    const read = (await owner.get(`/api_keys/${id}`)).body.data.attributes;
    expect(read).toEqual({
      label: 'Till',
      keyPrefix: secret.slice(0, 14),
      network: 'sandbox',
      scopes: expect.any(Array),
      createdAt: expect.any(String),
      expiresAt: '2099-01-01T00:00:00.000Z',
      revokedAt: null,
      lastUsedAt: expect.any(String),
    });
    expect(read.scopes).toEqual(DEFAULT_KEY_SCOPES);
  });

  it('are as many live ones as a merchant may have, however many come at once; a revoked one makes room', async () => {
    const { token } = await app.merchant();
    const eve = PartnerCaller.bearer(app.url, token);
    const issue = (type: 'apiKeys' | 'clients'): Promise<Answer> =>
      eve.create(type, type === 'apiKeys' ? '/api_keys' : '/clients', { attributes: { label: 'one' } });
    const { id } = (await issue('apiKeys')).body.data;
    const more = (count: number, revoked: boolean): Promise<unknown> =>
      app.sql(
        `insert into credentials (id, merchant_id, kind, public_part, secret_digest, label, network, scopes, created_at, revoked_at)
       select u, c.merchant_id, c.kind, u::text, sha256(u::text::bytea), 'many', c.network, c.scopes, now(), case when $3::boolean then now() end
       from credentials c, lateral (select gen_random_uuid() as u, n from generate_series(1, $2) as n) as m where c.id = $1`,
        [id, count, revoked],
      );
    await more(MAX_LIVE_KEYS - 2, false);
    await more(50, true);
    const answers = await Promise.all(Array.from({ length: 6 }, () => issue('apiKeys')));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409, 409]);
    expect(complaints(answers.find(({ status }) => status === 409) as Answer)).toEqual(['key_limit_reached']);
    expect((await issue('clients')).status).toBe(201);
    expect((await eve.delete(`/api_keys/${id}`)).status).toBe(204);
    expect((await issue('apiKeys')).status).toBe(201);
  });

  it('note their last use', async () => {
    const { owner } = await shop();
    const { id, key } = await issue(owner);
    await key.get('/merchants/me');
    await eventually(
      () => owner.get(`/api_keys/${id}`),
      ({ body }) => body.data.attributes.lastUsedAt !== null,
    );
  });

  it('are told again on a replay, without their secret (B11)', async () => {
    const { owner } = await shop();
    const headers = { 'idempotency-key': 'one-key' };
    const first = await issue(owner, {}, headers);
    const again = await owner.create('apiKeys', '/api_keys', { attributes: { label: 'Till' } }, headers);
    expect([again.status, again.headers.get('idempotent-replayed'), again.body.data.id]).toEqual([
      201,
      'true',
      first.id,
    ]);
    expect(again.text).not.toContain(first.secret);
    expect(again.body.meta.secret).toMatch(/redacted/);
    expect((await owner.get('/api_keys')).body.data).toHaveLength(1);
    const [stored] = await app.sql<{ body: string }>(
      `select convert_from(body, 'UTF8') as body from idempotency_keys where key = 'one-key'`,
    );
    expect(stored?.body).not.toContain(first.secret);
  });

  it('of one client go with the secret of that client only (D04)', async () => {
    const [one, two] = [await shop(), await shop()];
    const make = async ({ owner }: Shop): Promise<{ key: string; secret: string }> => {
      const { body } = await owner.create('clients', '/clients', { attributes: { label: 'c' } });
      return { key: body.data.attributes.clientKey, secret: body.meta.secret };
    };
    const [mine, theirs] = [await make(one), await make(two)];
    const attempts: Record<string, string>[] = [
      { 'x-client-key': mine.key, 'x-client-secret': theirs.secret },
      { 'x-client-key': mine.key },
      { 'x-client-secret': mine.secret },
      { 'x-client-key': mine.secret, 'x-client-secret': mine.key },
      { 'x-client-key': `${mine.key},${mine.key}`, 'x-client-secret': mine.secret },
      { 'x-client-key': '', 'x-client-secret': '' },
    ];
    const bodies = new Set<string>();
    for (const headers of attempts) {
      const answer = await new PartnerCaller(app.url, headers).get('/merchants/me');
      expect([Object.keys(headers), answer.status]).toEqual([Object.keys(headers), 401]);
      bodies.add(JSON.stringify(answer.body.errors.map(({ id: _id, ...rest }: { id: string }) => rest)));
    }
    expect(bodies.size).toBe(1);
  });

  it('are not mixed with another kind of credentials (D05)', async () => {
    const [one, two] = [await shop(), await shop()];
    const { secret } = await issue(one.owner);
    const client = (await two.owner.create('clients', '/clients', { attributes: { label: 'c' } })).body;
    const both = new PartnerCaller(app.url, {
      authorization: `Bearer ${secret}`,
      'x-client-key': client.data.attributes.clientKey,
      'x-client-secret': client.meta.secret,
    });
    const answer = await both.get('/merchants/me');
    expect([answer.status, complaints(answer)]).toEqual([400, ['several_credentials']]);
  });

  it('that were revoked or have expired are worth nothing from the next request on (D06)', async () => {
    const { owner, merchantId } = await shop();
    const { id, key } = await issue(owner);
    expect((await key.get('/merchants/me')).status).toBe(200);
    expect((await owner.delete(`/api_keys/${id}`)).status).toBe(204);
    expect((await key.get('/merchants/me')).status).toBe(401);
    expect((await owner.delete(`/api_keys/${id}`)).status).toBe(204);
    expect((await owner.get(`/api_keys/${id}`)).body.data.attributes.revokedAt).toEqual(expect.any(String));
    const short = await issue(owner, { expiresAt: new Date(Date.now() + 86_400_000).toISOString() });
    expect((await short.key.get('/merchants/me')).status).toBe(200);
    await app.sql("update credentials set expires_at = now() - interval '1 second' where id = $1", [short.id]);
    expect((await short.key.get('/merchants/me')).status).toBe(401);
    expect(complaints(await issueAnswer(owner, { expiresAt: '2001-01-01T00:00:00Z' }))).toEqual([
      'expiry_in_past /data/attributes/expiresAt',
    ]);
    expect((await events(merchantId)).filter((type) => type === 'api_key.revoked')).toHaveLength(1);
  });

  it('give nobody more than they have', async () => {
    const { owner } = await shop();
    const { key } = await issue(owner, { scopes: ['keys:write', 'keys:read', 'links:read'] });
    expect((await issueAnswer(key, { scopes: ['links:read'] })).status).toBe(201);
    const refused = await issueAnswer(key, { scopes: ['links:read', 'accounts:write'] });
    expect([refused.status, complaints(refused)]).toEqual([403, ['scope_not_held']]);
    expect((await issueAnswer(key, {})).body.data.attributes.scopes.toSorted()).toEqual(['keys:read', 'links:read']);
    expect((await issueAnswer(owner, { scopes: ['all:all'] })).status).toBe(422);
  });

  it('of another merchant are, byte for byte, what nobody has (E01)', async () => {
    const [one, two] = [await shop(), await shop()];
    const { id } = await issue(one.owner);
    const client = (await one.owner.create('clients', '/clients', { attributes: { label: 'c' } })).body.data
      .id as string;
    const member = (await one.owner.get('/members')).body.data[0].id as string;
    const account = (await one.owner.get('/receiving_accounts')).body.data[0].id as string;
    const stable = ({ status, body }: Answer): string =>
      `${status} ${JSON.stringify(body.errors.map(({ id: _id, ...rest }: { id: string }) => rest))}`;
    const tries = (path: string, at: string): Promise<Answer>[] => [
      two.owner.get(`/${path}/${at}`),
      ...(path === 'receiving_accounts'
        ? [two.owner.update('receivingAccounts', `/${path}/${at}`, { attributes: { isDefault: true } })]
        : [two.owner.delete(`/${path}/${at}`)]),
      ...(path === 'members'
        ? [
            two.owner.update('members', `/${path}/${at}`, { attributes: { role: 'viewer' } }),
            two.owner.command(`/${path}/${at}/acceptance`),
          ]
        : []),
    ];
    for (const [path, at] of [
      ['api_keys', id],
      ['clients', client],
      ['members', member],
      ['receiving_accounts', account],
      ['clients', id],
      ['api_keys', client],
    ] as const) {
      const [foreign, nobodys] = [await Promise.all(tries(path, at)), await Promise.all(tries(path, NOBODYS))];
      expect(foreign.map(stable)).toEqual(nobodys.map(stable));
      expect(new Set(foreign.map(({ status }) => status))).toEqual(new Set([404]));
    }
    expect((await one.owner.get(`/api_keys/${id}`)).body.data.attributes.revokedAt).toBeNull();
  });
});

describe('a key of one network', () => {
  it('sees nothing of another one and makes nothing there (D31)', async () => {
    const { owner, merchantId } = await shop();
    const { key } = await issue(owner, { scopes: SCOPES });
    const liveKey = (await issue(owner, { label: 'live' })).id;
    const account = (await owner.get('/receiving_accounts')).body.data[0].id as string;
    await app.sql(`update credentials set network = 'public' where id = $1`, [liveKey]);
    await app.sql(`update receiving_accounts set network = 'public' where id = $1`, [account]);
    for (const path of [`/api_keys/${liveKey}`, `/receiving_accounts/${account}`])
      expect([path, (await key.get(path)).status]).toEqual([path, 404]);
    expect((await key.delete(`/api_keys/${liveKey}`)).status).toBe(404);
    expect(
      (await key.update('receivingAccounts', `/receiving_accounts/${account}`, { attributes: { isDefault: true } }))
        .status,
    ).toBe(404);
    expect((await key.get('/receiving_accounts')).body.data).toEqual([]);
    expect((await key.get('/api_keys')).body.data).toHaveLength(1);
    expect(complaints(await issueAnswer(key, { network: 'public' }))).toEqual([
      'network_unknown /data/attributes/network',
    ]);
    const live = await app.sql<{ id: string }>(
      `select id from audit_entries where merchant_id = $1 and network is not null`,
      [merchantId],
    );
    await app.get(AuditLogService).record({
      merchantId,
      actor: 'a',
      requestId: null,
      action: 'api_key.created',
      subjectType: 'api_key',
      subjectId: liveKey,
      before: null,
      after: null,
      network: 'public',
    });
    expect((await key.get('/audit_log')).body.data).toHaveLength(live.length);
    expect((await owner.get('/audit_log')).body.data).toHaveLength(live.length + 1);
  });
});

/** Who may write what. Everybody may read everything of their own merchant. */
const WRITERS: Readonly<Record<string, readonly Role[]>> = {
  'products:write': ['owner', 'admin'],
  'tax_rates:write': ['owner', 'admin'],
  'clients:write': ['owner', 'admin'],
  'links:write': ['owner', 'admin'],
  'subscriptions:write': ['owner', 'admin'],
  'invoices:write': ['owner', 'admin'],
  'payments:write': ['owner', 'admin'],
  'quotes:write': ['owner', 'admin'],
  'webhooks:write': ['owner', 'admin'],
  'merchant:write': ['owner', 'admin'],
  'keys:write': ['owner', 'admin'],
  'members:write': ['owner'],
  'accounts:write': ['owner'],
};

describe('who may do what', () => {
  const partnerRoutes = (): (RoutePolicy & { scope: Scope })[] =>
    listPolicies(app.app).flatMap((route) =>
      route.path.startsWith('/api/public/v1/') && route.policy?.kind === 'requires'
        ? [{ ...route, scope: route.policy.scope }]
        : [],
    );

  /** 403 comes before the body and the id are looked at. */
  const knock = async (caller: PartnerCaller, { method, path }: RoutePolicy): Promise<number> =>
    (
      await caller.send(
        method,
        path.replace('/api/public/v1', '').replaceAll(/:\w+/g, NOBODYS),
        ['POST', 'PATCH'].includes(method) ? { data: null } : undefined,
      )
    ).status;

  it('is this table for every role and every route, and nobody changes their own role (E18)', async () => {
    const { owner } = await shop();
    const members = new Map<Role, { id: string; caller: PartnerCaller }>();
    for (const role of ROLES) members.set(role, await join(owner, role));
    const wrong: string[] = [];
    for (const route of partnerRoutes()) {
      if (!route.scope.endsWith(':read') && WRITERS[route.scope] === undefined)
        wrong.push(`${route.scope} is not in the table`);
      if (['POST', 'PATCH', 'DELETE', 'PUT'].includes(route.method) && route.scope.endsWith(':read'))
        wrong.push(`${route.method} ${route.path} writes with ${route.scope}`);
      for (const role of ROLES) {
        const status = await knock((members.get(role) as { caller: PartnerCaller }).caller, route);
        const allowed = route.scope.endsWith(':read') || (WRITERS[route.scope]?.includes(role) ?? false);
        if ((status !== 403) !== allowed) wrong.push(`${role} ${route.method} ${route.path}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    for (const role of ['admin', 'approver', 'viewer'] as const) {
      const { id, caller } = members.get(role) as { id: string; caller: PartnerCaller };
      expect((await caller.update('members', `/members/${id}`, { attributes: { role: 'owner' } })).status).toBe(403);
    }
  });

  it('is for a key what its scopes say (E19)', async () => {
    const { owner } = await shop();
    const reader = (await issue(owner, { scopes: SCOPES.filter((scope) => scope.endsWith(':read')) })).key;
    const single = (await issue(owner, { scopes: ['products:read'] })).key;
    const wrong: string[] = [];
    for (const route of partnerRoutes()) {
      const [read, one] = [await knock(reader, route), await knock(single, route)];
      if ((read === 403) !== !route.scope.endsWith(':read'))
        wrong.push(`reader ${route.method} ${route.path}: ${read}`);
      if ((one === 403) !== (route.scope !== 'products:read'))
        wrong.push(`products:read ${route.method} ${route.path}: ${one}`);
    }
    expect(wrong).toEqual([]);
    expect(partnerRoutes().length).toBeGreaterThan(30);
  });

  it('follows a role at once', async () => {
    const { owner } = await shop();
    const { id, caller, wallet } = await join(owner, 'viewer');
    const attributes = { name: 'VAT', percentage: '19' };
    expect((await caller.create('taxRates', '/tax_rates', { attributes })).status).toBe(403);
    expect((await owner.update('members', `/members/${id}`, { attributes: { role: 'admin' } })).status).toBe(200);
    expect((await caller.create('taxRates', '/tax_rates', { attributes })).status).toBe(201);
    const { principal } = await app
      .get(AuthenticationService)
      .callerOf(['authorization', `Bearer ${await wallet.signIn(app.url)}`]);
    expect([
      principal.scopes.has('tax_rates:write'),
      principal.scopes.has('members:write'),
      principal.scopes.has('accounts:write'),
    ]).toEqual([true, false, false]);
  });
});
