import type { Server } from 'node:http';
import { Memo } from '@stellar/stellar-sdk';
import type { ApiClient } from '../support/api-client';
import { eventually, TestApp } from '../support/app';
import type { TestMerchant } from '../support/shop';

const RANDOM_ID = 'abcdefghijklmnopqrstuvwxyz234567';
const PUBLIC_KEYS = [
  'id',
  'invoiceNumber',
  'status',
  'title',
  'description',
  'notes',
  'freelancerWallet',
  'clientName',
  'clientCompany',
  'lineItems',
  'items',
  'subtotal',
  'taxRate',
  'taxBreakdown',
  'taxAmount',
  'discount',
  'total',
  'totalAmount',
  'amount',
  'currency',
  'asset',
  'network',
  'networkPassphrase',
  'memo',
  'memoType',
  'memoId',
  'muxedAddress',
  'checkoutUrl',
  'dueDate',
  'createdAt',
  'sentAt',
  'paidAt',
  'transactionHash',
  'ledgerNumber',
  'payerWallet',
];
const OWNED_KEYS = [
  ...PUBLIC_KEYS,
  'reference',
  'clientEmail',
  'clientAddress',
  'amountReceived',
  'createdBy',
  'updatedAt',
];

const WORK = {
  title: 'Website',
  currency: 'USDC',
  clientName: 'Ada',
  clientEmail: 'Ada@Example.com',
  clientCompany: 'Engines Ltd',
  clientAddress: '12 St James Square',
  notes: 'Thank you',
  reference: 'PO-7',
  lineItems: [
    { description: 'Design', quantity: 2, rate: 100.5 },
    { description: 'Hours', quantity: '1.5', rate: '80' },
  ],
  taxRate: 19,
  discount: 21,
};

describe('the wallet API beside links and payments', () => {
  let app: TestApp;
  let ada: TestMerchant;
  let bob: TestMerchant;

  beforeAll(async () => {
    app = await TestApp.start({ env: { LIMIT_PRICES_PER_MINUTE: '5', LIMIT_INVOICES_PER_HOUR: '25' } });
    [ada, bob] = await Promise.all([app.merchant(), app.merchant()]);
  });
  afterAll(() => {
    // The reader of the ledger may be opening a connection at this moment; on one that nothing is sent on, closing would wait.
    (app.app.getHttpServer() as Server).on('connection', (socket) => socket.destroy());
    return app.stop();
  });

  const create = async (by: { client: ApiClient }, members: object = {}): Promise<Record<string, string>> => {
    const { status, body } = await by.client.post('/api/invoices', {
      title: 'T',
      currency: 'XLM',
      amount: 5,
      ...members,
    });
    expect([status, body.error]).toEqual([201, undefined]);
    return body;
  };
  const error = async (answer: ReturnType<ApiClient['get']>): Promise<[number, string]> => {
    const { status, body } = await answer;
    return [status, body.error];
  };

  describe('invoices', () => {
    it('are drafts with exact sums, every documented member, and a limit that shows', async () => {
      const { status, body, headers } = await ada.client.post('/api/invoices', WORK);
      expect(status).toBe(201);
      expect(Object.keys(body).toSorted()).toEqual(OWNED_KEYS.toSorted());
      expect(body).toMatchObject({
        status: 'DRAFT',
        subtotal: '321.00',
        taxRate: '19',
        taxAmount: '60.99',
        discount: '21.00',
        total: '360.99',
        totalAmount: '360.99',
        amount: '360.99',
        currency: 'USDC',
        freelancerWallet: ada.wallet.address,
        clientEmail: 'Ada@Example.com',
        reference: 'PO-7',
        dueDate: null,
        amountReceived: '0.00',
        lineItems: [
          { description: 'Design', quantity: '2', rate: '100.50', amount: '201.00' },
          { description: 'Hours', quantity: '1.5', rate: '80.00', amount: '120.00' },
        ],
      });
      expect(body.invoiceNumber).toMatch(/^INV-\d{4}$/);
      expect(headers.get('ratelimit-limit')).toBe('25');
    });

    it.each([
      ['no currency', { currency: undefined }, 'currency'],
      ['another currency', { currency: 'BTC' }, 'currency'],
      ['no lines', { lineItems: [] }, 'lineItems'],
      ['51 lines', { lineItems: Array.from({ length: 51 }, () => WORK.lineItems[0]) }, 'lineItems'],
      ['a quantity of 0', { lineItems: [{ description: 'x', quantity: 0, rate: 1 }] }, 'lineItems.0.quantity'],
      [
        'a quantity over 999999',
        { lineItems: [{ description: 'x', quantity: 999_999.1, rate: 1 }] },
        'lineItems.0.quantity',
      ],
      ['a negative rate', { lineItems: [{ description: 'x', quantity: 1, rate: -1 }] }, 'lineItems.0.rate'],
      ['an exponent', '{"currency":"XLM","amount":1e2}', 'amount'],
      ['eight decimals', { amount: '0.00000001', lineItems: undefined }, 'amount'],
      ['no description', { lineItems: [{ description: '', quantity: 1, rate: 1 }] }, 'lineItems.0.description'],
      [
        '501 characters of description',
        { lineItems: [{ description: 'x'.repeat(501), quantity: 1, rate: 1 }] },
        'lineItems.0.description',
      ],
      ['a tax rate over 100', { taxRate: 100.1 }, 'taxRate'],
      ['a negative discount', { discount: -1 }, 'discount'],
      ['a bad e-mail', { clientEmail: 'ada' }, 'clientEmail'],
      ['a long name', { clientName: 'x'.repeat(201) }, 'clientName'],
      ['a long address', { clientAddress: 'x'.repeat(501) }, 'clientAddress'],
      ['long notes', { notes: 'x'.repeat(2001) }, 'notes'],
      ['a past due date', { dueDate: '2020-01-01' }, 'dueDate'],
      ['an own total', { total: '1.00' }, 'total'],
      ['an own status', { status: 'PAID' }, 'status'],
    ])('with %s are refused, and named', async (_what, members, path) => {
      const { status, body } = await ada.client.post(
        '/api/invoices',
        typeof members === 'string' ? members : { ...WORK, ...members },
      );
      expect([status, body.error, body.details.map((each: { path: string }) => each.path)]).toEqual([
        400,
        'Validation failed',
        [path],
      ]);
    });

    it('refuse another wallet, another network and a sum of nothing', async () => {
      expect(await error(ada.client.post('/api/invoices', { ...WORK, freelancerWallet: bob.wallet.address }))).toEqual([
        403,
        'Freelancer wallet must match authenticated wallet',
      ]);
      expect(
        await error(
          ada.client.post('/api/invoices', {
            ...WORK,
            networkPassphrase: 'Public Global Stellar Network ; September 2015',
          }),
        ),
      ).toEqual([400, 'Invalid network passphrase']);
      expect((await error(ada.client.post('/api/invoices', { ...WORK, discount: 400 })))[1]).toMatch(
        /^Invoice total must be greater than zero/,
      );
      const own = await create(ada, {
        freelancerWallet: ada.wallet.address,
        networkPassphrase: app.network.passphrase,
      });
      expect(own).toMatchObject({
        total: '5.00',
        lineItems: [{ description: 'T', quantity: '1', rate: '5.00', amount: '5.00' }],
      });
    });

    it('show strangers a part and the owner everything', async () => {
      const { body: owned } = await ada.client.post('/api/invoices', {
        ...WORK,
        items: WORK.lineItems,
        lineItems: undefined,
      });
      const seen = await app.client.get(`/api/invoices/${owned.id}`);
      expect([seen.status, Object.keys(seen.body).toSorted()]).toEqual([200, PUBLIC_KEYS.toSorted()]);
      expect(seen.text).not.toMatch(/Ada@Example|St James|PO-7/);
      const record = await ada.client.get(`/api/invoices/${owned.id}/owner`);
      expect(Object.keys(record.body).toSorted()).toEqual(
        [...OWNED_KEYS, 'payments', 'history', 'supersedes', 'supersededBy'].toSorted(),
      );
      expect(record.body.history).toMatchObject([
        { type: 'invoice.created', action: 'CREATED', status: 'DRAFT', previousStatus: null, invoiceId: owned.id },
      ]);
    });

    it('go from draft to sent to paid, and the record tells it', async () => {
      const draft = await create(ada, { amount: '7.5', dueDate: '2099-01-31' });
      const sent = await ada.client.post(`/api/invoices/${draft['id']}/send`);
      expect(sent.body).toMatchObject({ status: 'PENDING', dueDate: '2099-01-31T23:59:59.999Z' });
      expect(sent.body.sentAt).not.toBeNull();
      const payer = await app.wallet();
      const { hash } = await payer.pay(ada.wallet.address, '7.5', { memo: Memo.text(draft['memo'] ?? '') });
      const { body } = await eventually(
        () => ada.client.get(`/api/invoices/${draft['id']}/owner`),
        (answer) => answer.body.status === 'PAID',
      );
      expect(body).toMatchObject({ transactionHash: hash, payerWallet: payer.address, amountReceived: '7.50' });
      expect(body.payments).toMatchObject([
        {
          status: 'CONFIRMED',
          outcome: 'exact',
          amount: '7.50',
          assetCode: 'XLM',
          assetIssuer: null,
          fromWallet: payer.address,
          toWallet: ada.wallet.address,
          transactionHash: hash,
        },
      ]);
      expect(
        body.history.map((each: { action: string; previousStatus: string }) => [each.action, each.previousStatus]),
      ).toEqual([
        ['CREATED', null],
        ['SENT', 'DRAFT'],
        ['PAID', 'PENDING'],
      ]);
    });

    it('change only as drafts, and only in what is said', async () => {
      const { body: draft } = await ada.client.post('/api/invoices', WORK);
      const path = `/api/invoices/${draft.id}`;
      const taxed = await ada.client.patch(path, { taxRate: '7.5', clientEmail: null, title: 'Shop' });
      expect(taxed.body).toMatchObject({
        title: 'Shop',
        clientEmail: null,
        subtotal: '321.00',
        taxRate: '7.5',
        taxAmount: '24.075',
        discount: '21.00',
        total: '324.075',
        clientName: 'Ada',
      });
      const simple = await ada.client.patch(path, {
        amount: 10,
        taxRate: null,
        discount: null,
        currency: 'XLM',
        dueDate: '2099-12-31T00:00:00Z',
      });
      expect(simple.body).toMatchObject({
        total: '10.00',
        taxRate: '0',
        currency: 'XLM',
        asset: { code: 'XLM', issuer: null },
        dueDate: '2099-12-31T00:00:00.000Z',
        items: [{ description: 'Shop' }],
      });
      expect(await error(ada.client.patch(path, { status: 'PAID' }))).toEqual([400, 'Validation failed']);
      expect((await error(ada.client.patch(path, { networkPassphrase: 'x' })))[0]).toBe(400);
      await ada.client.post(`${path}/send`);
      for (const refused of [
        ada.client.patch(path, { title: 'Late' }),
        ada.client.post(`${path}/send`),
        ada.client.delete(path),
      ]) {
        expect(await error(refused)).toEqual([400, 'Only invoices in DRAFT status can be modified']);
      }
    });

    it('keep their sums together when two changes race', async () => {
      const { body: draft } = await ada.client.post('/api/invoices', WORK);
      const path = `/api/invoices/${draft.id}`;
      await Promise.all(
        Array.from({ length: 12 }, (_, at) =>
          ada.client.patch(
            path,
            at % 2 === 0 ? { lineItems: [{ description: 'x', quantity: at + 1, rate: 100 }] } : { taxRate: at },
          ),
        ),
      );
      const { body } = await ada.client.get(`${path}/owner`);
      const stroops = (text: string): bigint => BigInt(Math.round(Number(text) * 1e7));
      expect(stroops(body.subtotal) + stroops(body.taxAmount) - stroops(body.discount)).toBe(stroops(body.total));
      expect(stroops(body.taxAmount)).toBe((stroops(body.subtotal) * stroops(body.taxRate)) / 1_000_000_000n);
    });

    it('are deleted as drafts and cancelled as anything unpaid', async () => {
      const [gone, open] = [await create(ada), await create(ada)];
      expect((await ada.client.delete(`/api/invoices/${gone['id']}`)).body).toEqual({
        success: true,
        message: 'Invoice deleted successfully',
      });
      expect(await error(app.client.get(`/api/invoices/${gone['id']}`))).toEqual([404, 'Invoice not found']);
      expect((await ada.client.post(`/api/invoices/${open['id']}/cancel`)).body.status).toBe('CANCELLED');
      expect(await error(ada.client.post(`/api/invoices/${open['id']}/cancel`))).toEqual([
        400,
        'Invoice cannot be cancelled. Current status: CANCELLED',
      ]);
      expect(await error(app.client.post(`/api/payments/${open['id']}/pay-intent`))).toEqual([
        400,
        'Invoice cannot be paid. Current status: CANCELLED',
      ]);
      const link = (await ada.client.post('/api/links', { amount: 1, asset: 'XLM' })).body;
      await ada.client.post(`/api/invoices/${link.id}/cancel`);
      expect((await app.client.get(`/api/links/${link.id}/status`)).body.status).toBe('CANCELLED');
    });

    it('leave an entry in the audit log with every change, without a word that may have to be erased', async () => {
      const draft = await create(ada, { clientName: 'Grace', reference: 'PO-8' });
      const noted = (id: string): Promise<Record<string, unknown>[]> =>
        app.sql(
          `select a.action, a.before, a.after, a.actor like 'wallet:%' as wallet, a.request_id is not null as asked from audit_entries a join invoices i on i.id::text = a.subject_id where a.subject_type = 'invoices' and i.public_id = $1 order by a.sequence`,
          [id],
        );
      const terms = { status: 'DRAFT', amount: '5.00', currency: 'XLM', reference: 'PO-8', expiresAt: null };
      await ada.client.patch(`/api/invoices/${draft['id']}`, { amount: 6, clientName: 'Grace Hopper' });
      await ada.client.post(`/api/invoices/${draft['id']}/send`);
      await ada.client.post(`/api/invoices/${draft['id']}/send`);
      await ada.client.post(`/api/invoices/${draft['id']}/cancel`);
      expect(await noted(draft['id'] as string)).toEqual(
        [
          { action: 'invoice.created', before: null, after: { ...terms, number: draft['invoiceNumber'] } },
          { action: 'invoice.updated', before: { amount: '5.00' }, after: { amount: '6.00', changed: ['clientName'] } },
          { action: 'invoice.sent', before: { status: 'DRAFT' }, after: { status: 'PENDING' } },
          { action: 'invoice.cancelled', before: { status: 'PENDING' }, after: { status: 'CANCELLED' } },
        ].map((entry) => ({ ...entry, wallet: true, asked: true })),
      );
      const gone = await create(ada);
      await ada.client.delete(`/api/invoices/${gone['id']}`);
      expect((await noted(gone['id'] as string)).at(-1)).toMatchObject({
        action: 'invoice.deleted',
        before: { ...terms, reference: null },
        after: null,
      });
    });

    it('of another merchant are not there at all (E01)', async () => {
      const id = (await create(ada))['id'];
      const before = await app.sql('select version, status, deleted_at from invoices where public_id = $1', [id]);
      const attempts: ((id: string) => ReturnType<ApiClient['get']>)[] = [
        (each) => bob.client.get(`/api/invoices/${each}/owner`),
        (each) => bob.client.patch(`/api/invoices/${each}`, { title: 'mine' }),
        (each) => bob.client.post(`/api/invoices/${each}/send`),
        (each) => bob.client.post(`/api/invoices/${each}/cancel`),
        (each) => bob.client.delete(`/api/invoices/${each}`),
      ];
      for (const attempt of attempts) {
        const [own, random, odd] = await Promise.all([attempt(String(id)), attempt(RANDOM_ID), attempt("x'%00--")]);
        expect([own.status, own.text]).toEqual([404, '{"error":"Invoice not found"}']);
        expect([random.status, random.text]).toEqual([404, own.text]);
        expect(odd.status).toBe(404);
      }
      expect(await app.sql('select version, status, deleted_at from invoices where public_id = $1', [id])).toEqual(
        before,
      );
    });

    it('are listed in pages, filtered and sorted', async () => {
      for (const amount of [30, 10, 20])
        await create(bob, { amount, clientEmail: amount === 10 ? 'Eve@example.com' : undefined });
      await bob.client.post('/api/links', { amount: '4', asset: 'USDC' });
      const list = async (
        query: string,
      ): Promise<Record<string, unknown> & { invoices: { total: string; currency: string; status: string }[] }> =>
        (await bob.client.get(`/api/invoices${query}`)).body;
      const totals = async (query: string): Promise<string[]> => (await list(query)).invoices.map((each) => each.total);
      expect(await totals('')).toEqual(['4.00', '20.00', '10.00', '30.00']);
      expect(await totals('?sort=total:asc')).toEqual(['4.00', '10.00', '20.00', '30.00']);
      expect(await totals('?sort=createdAt:asc&limit=2&offset=1')).toEqual(['10.00', '20.00']);
      expect(await totals('?status=PENDING')).toEqual(['4.00']);
      expect(await totals('?currency=XLM&sort=invoiceNumber:asc')).toEqual(['30.00', '10.00', '20.00']);
      expect(await totals('?clientEmail=eve@EXAMPLE.com')).toEqual(['10.00']);
      expect(await totals('?network=sandbox&limit=1')).toEqual(['4.00']);
      expect(await totals('?network=public')).toEqual([]);
      const page = await list('?limit=3');
      expect(page).toMatchObject({ total: 4, limit: 3, offset: 0, hasMore: true });
      expect(page['items']).toEqual(page.invoices);
      expect(await list('?limit=3&offset=3')).toMatchObject({ hasMore: false, offset: 3 });
    });

    it.each([
      'limit=0',
      'limit=101',
      'limit=1e1',
      'offset=-1',
      'status=paid',
      'status=DRAFT&status=PAID',
      'currency=BTC',
      'sort=total',
      'sort=total:up',
      'sort=amount;drop:asc',
      'network=moon',
      'clientEmail[]=a',
    ])('are not listed by %s (H11, H12)', async (query) => {
      const { status, body } = await bob.client.get(`/api/invoices?${query}`);
      expect(query.startsWith('clientEmail') ? [200] : [400]).toContain(status);
      if (status === 400)
        expect([body.error, body.details]).toEqual([
          'Validation failed',
          [expect.objectContaining({ path: query.split('=', 1)[0] })],
        ]);
    });

    it('are summed up per asset', async () => {
      const { body } = await bob.client.get('/api/invoices/stats');
      expect(body).toMatchObject({
        totalInvoices: 4,
        totalRevenue: {},
        pendingAmount: { USDC: '4.00' },
        statusBreakdown: { DRAFT: 3, PENDING: 1 },
      });
      expect(body.recentActivity[0]).toMatchObject({ type: 'invoice.created', action: 'CREATED', status: 'PENDING' });
      expect(body.recentActivity).toHaveLength(4);
      const paid = (await ada.client.get('/api/invoices/stats')).body;
      expect(paid.totalRevenue).toEqual({ XLM: '7.50' });
    });

    it('are summed up beyond what one payment can hold', async () => {
      const rich = await app.merchant();
      for (let at = 0; at < 2; at++)
        await rich.client.post('/api/invoices', {
          currency: 'XLM',
          lineItems: [{ description: 'x', quantity: 900, rate: 999_999_999 }],
        });
      expect((await rich.client.get('/api/invoices/stats')).body).toMatchObject({
        totalInvoices: 2,
        pendingAmount: {},
      });
    });

    it('stop at the limit of the hour, which refused ones do not touch', async () => {
      const eve = await app.merchant();
      for (let at = 0; at < 5; at++) await eve.client.post('/api/invoices', { currency: 'XLM', amount: 0 });
      const statuses = await Promise.all(
        Array.from(
          { length: 30 },
          async () => (await eve.client.post('/api/invoices', { currency: 'XLM', amount: 1 })).status,
        ),
      );
      expect(statuses.filter((status) => status === 201)).toHaveLength(25);
      const refused = await eve.client.post('/api/invoices', { currency: 'XLM', amount: 1 });
      expect([refused.status, refused.body]).toEqual([
        429,
        { error: 'Invoice creation limit reached. Maximum 25 invoices per hour per wallet.' },
      ]);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused.headers.get('ratelimit-remaining')).toBe('0');
      expect((await eve.client.post('/api/links', { amount: 1, asset: 'XLM' })).status).toBe(201);
    });
  });

  describe('clients', () => {
    const KEYS = ['id', 'name', 'email', 'company', 'address', 'isFavorite', 'createdAt', 'updatedAt'];
    const names = async (by: ApiClient): Promise<string[]> =>
      (await by.get('/api/clients')).body.clients.map((each: { name: string }) => each.name);

    const noted = (id: string): Promise<{ action: string; changed: string[] }[]> =>
      app.sql(
        `select action, after -> 'changed' as changed from audit_entries where subject_type = 'customer' and subject_id = $1 order by sequence`,
        [id],
      );

    it('are one per e-mail address, favourites first', async () => {
      const first = await ada.client.post('/api/clients', { name: 'Zoe', email: 'zoe@example.com', company: 'Z' });
      expect([first.status, Object.keys(first.body).toSorted()]).toEqual([201, KEYS.toSorted()]);
      expect(first.body).toMatchObject({ company: 'Z', address: null, isFavorite: false });
      await ada.client.post('/api/clients', { name: 'Yan', email: 'yan@example.com' });
      await ada.client.post('/api/clients', { name: 'Xi', email: 'xi@example.com', isFavorite: true });
      expect(await names(ada.client)).toEqual(['Xi', 'Yan', 'Zoe']);
      expect(
        (await ada.client.patch(`/api/clients/${first.body.id}/favorite`, { isFavorite: true })).body.isFavorite,
      ).toBe(true);
      expect(await names(ada.client)).toEqual(['Xi', 'Zoe', 'Yan']);
      const again = await ada.client.post('/api/clients', { name: 'Zoë', email: 'ZOE@example.com', address: 'Here' });
      expect([again.status, again.body]).toEqual([
        201,
        expect.objectContaining({ id: first.body.id, name: 'Zoë', company: 'Z', address: 'Here', isFavorite: true }),
      ]);
      expect(
        (await ada.client.post('/api/clients', { name: 'Zoë', email: 'zoe@example.com', company: null })).body.company,
      ).toBe('Z');
      expect((await ada.client.get('/api/clients?limit=2&offset=2')).body).toMatchObject({
        clients: [{ name: 'Yan' }],
        total: 3,
        limit: 2,
        offset: 2,
        hasMore: false,
      });
      expect(await noted(first.body.id)).toEqual([
        { action: 'customer.created', changed: ['name', 'email', 'company', 'isFavorite'] },
        { action: 'customer.updated', changed: ['isFavorite'] },
        { action: 'customer.updated', changed: ['name', 'email', 'address'] },
        { action: 'customer.updated', changed: ['email'] },
      ]);
    });

    it('are one even when many save one at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          bob.client.post('/api/clients', {
            name: `N${at}`,
            email: at % 2 === 0 ? 'one@example.com' : 'ONE@example.com',
          }),
        ),
      );
      expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
      expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 20 }, () => 201));
      const actions = (await noted(answers[0]?.body.id)).map(({ action }) => action);
      expect(actions).toEqual(['customer.created', ...actions.slice(1).map(() => 'customer.updated')]);
    });

    it('belong to their merchant, and go when deleted', async () => {
      const { body: mine } = await bob.client.post('/api/clients', { name: 'W', email: 'w@example.com' });
      const gone = [404, 'Client not found'];
      for (const id of [mine.id, '00000000-0000-4000-8000-000000000000', 'nonsense']) {
        expect(await error(ada.client.patch(`/api/clients/${id}/favorite`, { isFavorite: true }))).toEqual(gone);
        expect(await error(ada.client.delete(`/api/clients/${id}`))).toEqual(gone);
      }
      expect((await bob.client.delete(`/api/clients/${mine.id}`)).body).toEqual({
        success: true,
        message: 'Client deleted successfully',
      });
      expect(await error(bob.client.delete(`/api/clients/${mine.id}`))).toEqual(gone);
      expect(await names(bob.client)).not.toContain('W');
      expect((await noted(mine.id)).map(({ action }) => action)).toEqual(['customer.created', 'customer.deleted']);
    });

    it.each([
      [{ email: 'a@example.com' }, 'name'],
      [{ name: '', email: 'a@example.com' }, 'name'],
      [{ name: 'x'.repeat(201), email: 'a@example.com' }, 'name'],
      [{ name: 'A', email: 'nobody' }, 'email'],
      [{ name: 'A', email: 'a@example.com', company: 'x'.repeat(201) }, 'company'],
      [{ name: 'A', email: 'a@example.com', address: 'x'.repeat(501) }, 'address'],
      [{ name: 'A', email: 'a@example.com', isFavorite: 'yes' }, 'isFavorite'],
    ])('are checked (%#)', async (body, path) => {
      const answer = await ada.client.post('/api/clients', body);
      expect([answer.status, answer.body.error, answer.body.details[0].path]).toEqual([400, 'Validation failed', path]);
    });
  });

  describe('prices, events, health', () => {
    it('a lumen costs about ten cents, from memory the second time, and not more often than documented', async () => {
      expect((await app.client.get('/api/prices/xlm')).text).toBe('{"usd":0.1,"cached":false}');
      expect((await app.client.get('/api/prices/xlm')).text).toBe('{"usd":0.1,"cached":true}');
      for (let at = 0; at < 3; at++) await app.client.get('/api/prices/xlm');
      const refused = await app.client.get('/api/prices/xlm');
      expect([refused.status, refused.body]).toEqual([429, { error: 'Too many price requests' }]);
    });

    it('events come once each, in the order in which they happened', async () => {
      const carl = await app.merchant();
      expect((await carl.client.get('/api/webhooks/events')).body).toMatchObject({ events: [], hasMore: false });
      await carl.client.post('/api/links', { amount: 1, asset: 'XLM' });
      const draft = await create(carl);
      await carl.client.post(`/api/invoices/${draft['id']}/send`);
      const seen: { id: string; type: string; created: number; data: Record<string, unknown> }[] = [];
      let cursor = '';
      const read = async (): Promise<number> => {
        const { body } = await carl.client.get(
          `/api/webhooks/events?limit=2${cursor === '' ? '' : `&after=${cursor}`}`,
        );
        cursor = body.cursor;
        seen.push(...body.events);
        return seen.length;
      };
      await eventually(read, (count) => count >= 4);
      expect(seen.map((event) => event.type)).toEqual([
        'invoice.created',
        'link.created',
        'invoice.created',
        'invoice.sent',
      ]);
      expect(Object.keys(seen[0] ?? {})).toEqual(['id', 'type', 'created', 'data']);
      expect(seen[3]).toMatchObject({
        id: expect.stringMatching(/^evt_[0-9a-f-]{36}$/),
        data: { id: draft['id'], status: 'PENDING', previousStatus: 'DRAFT' },
      });
      expect(Math.abs((seen[0]?.created ?? 0) - Date.now() / 1000)).toBeLessThan(60);
      expect(await read()).toBe(4);
      expect(JSON.stringify((await bob.client.get('/api/webhooks/events?limit=100')).body)).not.toContain(draft['id']);
      for (const query of ['after=1', 'after=x_y', 'limit=0', 'limit=101'])
        expect((await carl.client.get(`/api/webhooks/events?${query}`)).status).toBe(400);
    });

    it('a key reaches what its merchant has on its network, in its scopes', async () => {
      const headers = { authorization: `Bearer ${await app.apiKey(ada.merchantId)}` };
      expect((await app.client.get('/api/invoices', headers)).body.total).toBeGreaterThan(0);
      expect((await app.client.get('/api/webhooks/events', headers)).body.events.length).toBeGreaterThan(0);
      expect((await app.client.post('/api/invoices', { currency: 'XLM', amount: 1 }, headers)).body).toMatchObject({
        createdBy: expect.stringMatching(/^api_key:/),
      });
    });

    it('health says who answers', async () => {
      const { status, body } = await app.client.get('/api/health');
      expect([status, body]).toEqual([
        200,
        {
          status: 'ok',
          timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
          network: 'sandbox',
          version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        },
      ]);
    });
  });
});
