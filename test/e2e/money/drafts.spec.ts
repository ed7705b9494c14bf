import { Memo } from '@stellar/stellar-sdk';
import { QuarantineService } from '../../../src/payments/quarantine.service';
import { eventually, TestApp } from '../../support/app';
import { audited } from '../../support/audited';
import { HeldRows } from '../../chaos/held-rows';
import type { Answer, ApiClient } from '../../support/api-client';
import { PartnerCaller } from '../../support/partner-caller';
import type { TestWallet } from '../../support/wallet';

const STROOP = '0.0000001';
const SAID = [
  'title',
  'description',
  'notes',
  'reference',
  'clientName',
  'clientEmail',
  'clientCompany',
  'clientAddress',
  'lineItems',
  'items',
  'subtotal',
  'taxRate',
  'taxBreakdown',
  'taxAmount',
  'discount',
  'total',
  'currency',
  'asset',
  'network',
  'freelancerWallet',
  'dueDate',
];
const FAR = '2099-01-31T00:00:00.000Z';

/** Whoever was given its memo can send money to a draft, and so can a stranger. */
describe('a draft that money has met', () => {
  let app: TestApp;
  let owner: ApiClient;
  let shop: TestWallet;
  let token: string;
  let stranger: TestWallet;

  beforeAll(async () => {
    app = await TestApp.start();
    ({ client: owner, wallet: shop, token } = await app.merchant());
    stranger = await app.wallet(['USDC']);
  });
  afterEach(async () => {
    expect((await audited(app.databaseUrl)).breaches).toEqual([]);
  });
  afterAll(() => app.stop());

  const draft = async (body: object = {}): Promise<{ id: string; memo: string }> => {
    const {
      status,
      body: made,
      text,
    } = await owner.post('/api/invoices', {
      currency: 'XLM',
      lineItems: [{ description: 'Work', quantity: 2, rate: '10' }],
      title: 'Order',
      ...body,
    });
    expect([status, text]).toEqual([201, text]);
    return made;
  };
  const recorded = (id: string): Promise<unknown> =>
    eventually(
      async () => (await owner.get(`/api/invoices/${id}/owner`)).body.payments,
      (payments) => payments.length > 0,
    );
  const met = async (kind: keyof typeof MONEY): Promise<{ id: string; path: string }> => {
    const { id, memo } = await draft();
    await MONEY[kind]?.(memo);
    await recorded(id);
    return { id, path: `/api/invoices/${id}` };
  };
  const MONEY: Readonly<Record<string, (memo: string) => Promise<unknown>>> = {
    'that counts, a stroop': (memo) => stranger.pay(shop.address, STROOP, { memo: Memo.text(memo) }),
    'in another asset, which is held': (memo) =>
      stranger.pay(shop.address, '20', { asset: stranger.coin('USDC'), memo: Memo.text(memo) }),
  };

  it.each(Object.keys(MONEY))(
    '%s: keeps the terms that the money was judged by, and the audit stays silent',
    async (kind) => {
      const { path } = await met(kind);
      const before = (await owner.get(`${path}/owner`)).body;
      for (const change of [
        { currency: 'USDC' },
        { amount: '5' },
        { lineItems: [{ description: 'Less', quantity: 1, rate: '1' }] },
        { taxRate: 5 },
        { discount: '1' },
        { dueDate: FAR },
      ]) {
        const { status, text } = await owner.patch(path, { ...change, notes: 'changed as well' });
        expect([change, status, text]).toEqual([change, 409, expect.stringContaining('supersede')]);
      }
      const after = (await owner.get(`${path}/owner`)).body;
      expect(after).toEqual(before);
    },
  );

  it.each(Object.keys(MONEY))('%s: keeps its words free, and terms that are said again are no change', async (kind) => {
    const { path } = await met(kind);
    const { status, body } = await owner.patch(path, {
      notes: 'Thank you',
      clientName: 'Ada',
      reference: 'PO-1',
      currency: 'XLM',
      lineItems: [{ description: 'Work', quantity: 2, rate: '10' }],
    });
    expect([status, body]).toMatchObject([
      200,
      { notes: 'Thank you', clientName: 'Ada', reference: 'PO-1', currency: 'XLM', total: '20.00', status: 'DRAFT' },
    ]);
  });

  it.each(Object.keys(MONEY))('%s: cannot be deleted', async (kind) => {
    const { id, path } = await met(kind);
    const { status, body } = await owner.delete(path);
    expect([status, JSON.stringify(body)]).toEqual([409, expect.stringContaining('cannot be deleted')]);
    expect((await owner.get(`${path}/owner`)).body.id).toBe(id);
  });

  it('that is kept aside until it can be recorded counts as met', async () => {
    const { id, memo } = await draft();
    await app.sql(`alter table payments add constraint forced check (memo <> '${memo}'::bytea)`);
    try {
      await stranger.pay(shop.address, '20', { memo: Memo.text(memo) });
      await eventually(
        () => app.sql('select 1 from quarantined_items'),
        ({ length }) => length === 1,
      );
      expect((await owner.delete(`/api/invoices/${id}`)).status).toBe(409);
      expect((await owner.patch(`/api/invoices/${id}`, { amount: '1' })).status).toBe(409);
    } finally {
      await app.sql('alter table payments drop constraint forced');
    }
    const [kept] = await app.sql<{ id: bigint }>('select operation_id as id from quarantined_items');
    expect(await app.get(QuarantineService).retry('sandbox', kept?.id as bigint)).toEqual({
      recorded: 1,
      refusals: [],
    });
    expect((await owner.get(`/api/invoices/${id}/owner`)).body.status).toBe('PAID');
  });

  it('while it is being changed or deleted: whoever comes second sees what the first has done', async () => {
    for (const change of [
      (path: string) => owner.delete(path),
      (path: string) => owner.patch(path, { currency: 'USDC' }),
    ]) {
      const { id, memo } = await draft();
      const held = await HeldRows.hold(app.databaseUrl, 'select from invoices where public_id = $1 for no key update', [
        id,
      ]);
      const changing = change(`/api/invoices/${id}`);
      await held.awaited();
      // Recorded by whoever holds the invoice, in the moment before it lets go.
      await app.sql(
        `insert into payments (network, operation_id, change_index, id, merchant_id, invoice_id, disposition, outcome, kind, account, from_address, asset_code, amount, memo_type, memo, transaction_hash, ledger, closed_at, recorded_at)
         select network, 1, 0, gen_random_uuid(), merchant_id, id, 'suspense', 'self_payment', 'payment', destination, destination, 'XLM', 1, 'text', $2, repeat('a', 64), 2147483647, now(), now() from invoices where public_id = $1`,
        [id, Buffer.from(memo)],
      );
      await held.release();
      expect((await changing).status).toBe(409);
      await app.sql('delete from payments where operation_id = 1');
    }
  });

  it('not at all is changed and deleted as ever', async () => {
    const { id } = await draft();
    expect((await owner.patch(`/api/invoices/${id}`, { currency: 'USDC', amount: '5' })).body).toMatchObject({
      currency: 'USDC',
      total: '5.00',
    });
    expect((await owner.delete(`/api/invoices/${id}`)).status).toBe(200);
  });

  describe('is superseded by its owner:', () => {
    const ownerView = async (id: string): Promise<Answer['body']> =>
      (await owner.get(`/api/invoices/${id}/owner`)).body;
    const supersede = async (id: string, change?: object): Promise<Answer['body']> => {
      const { status, body, text } = await owner.post(`/api/invoices/${id}/supersede`, change);
      expect([status, text]).toEqual([201, text]);
      return body;
    };

    it('a new draft says what it said, under a number of its own, and can be changed, paid and deleted like any other', async () => {
      const { id, memo } = await draft({
        clientName: 'Ada',
        notes: 'n',
        reference: 'R',
        taxRate: 19,
        discount: '1',
        dueDate: FAR,
      });
      await stranger.pay(shop.address, STROOP, { memo: Memo.text(memo) });
      await recorded(id);
      const old = await ownerView(id);
      const next = await supersede(id);
      const said = Object.fromEntries(SAID.map((name) => [name, old[name]]));
      expect(next).toMatchObject({
        ...said,
        status: 'DRAFT',
        amountReceived: '0.00',
        supersedes: id,
        supersededBy: null,
      });
      for (const own of ['id', 'invoiceNumber', 'memo', 'memoId', 'muxedAddress', 'checkoutUrl'])
        expect([own, next[own]]).not.toEqual([own, old[own]]);
      expect(await ownerView(id)).toMatchObject({
        status: 'CANCELLED',
        amountReceived: '0.00',
        supersedes: null,
        supersededBy: next.id,
      });
      expect((await owner.patch(`/api/invoices/${next.id}`, { currency: 'USDC', discount: '2' })).status).toBe(200);
      expect((await owner.delete(`/api/invoices/${next.id}`)).status).toBe(200);
    });

    it('with the changes that were refused', async () => {
      const { id } = await met('in another asset, which is held');
      expect(await supersede(id, { currency: 'USDC', dueDate: FAR, notes: 'In dollars' })).toMatchObject({
        currency: 'USDC',
        dueDate: FAR,
        notes: 'In dollars',
        total: '20.00',
      });
    });

    it('what was paid is held, told of once, and can be attached to the new one', async () => {
      const { id, memo } = await draft();
      const { hash } = await stranger.pay(shop.address, '5', { memo: Memo.text(memo) });
      await recorded(id);
      const next = await supersede(id);
      expect((await ownerView(id)).payments).toMatchObject([
        { status: 'SUSPENDED', outcome: 'invoice_closed', transactionHash: hash },
      ]);
      const [payment] = await app.sql<{ id: string; told: bigint }>(
        `select p.id, (select count(*) from events e where e.subject_id = p.id and e.type = 'payment.released') as told from payments p where p.transaction_hash = $1`,
        [hash],
      );
      expect(payment?.told).toBe(1n);
      const partner = PartnerCaller.bearer(app.url, token);
      const [target] = await app.sql<{ id: string }>('select id from invoices where public_id = $1', [next.id]);
      const resolved = await partner.create('paymentResolutions', '/payment_resolutions', {
        attributes: { action: 'attach' },
        relationships: {
          payment: { data: { type: 'payments', id: payment?.id as string } },
          invoice: { data: { type: 'invoices', id: target?.id as string } },
        },
      });
      expect([
        resolved.status,
        (await ownerView(next.id)).amountReceived,
        (await ownerView(id)).amountReceived,
      ]).toEqual([201, '5.00', '0.00']);
      // What comes for the old one later is held as well, and the rest pays the new one.
      await stranger.pay(shop.address, '1', { memo: Memo.text(memo) });
      await stranger.pay(shop.address, '15', { memo: Memo.text(next.memo) });
      await eventually(
        () => ownerView(next.id),
        (view) => view.status === 'PAID',
      );
      await eventually(
        () => ownerView(id),
        (view) => view.payments.length === 1 && view.payments[0].outcome === 'invoice_closed',
      );
    });

    it.each([true, false])(
      'what was attached to it by hand is held again, and waits for a decision anew: money that named an invoice %s',
      async (named) => {
        const { id, memo } = await draft();
        const { hash } = await stranger.pay(shop.address, '5', named ? { memo: Memo.text(memo) } : {});
        await eventually(
          () => app.sql('select from payments where transaction_hash = $1', [hash]),
          (rows) => rows.length === 1,
        );
        const partner = PartnerCaller.bearer(app.url, token);
        const [payment] = await app.sql<{ id: string }>('select id from payments where transaction_hash = $1', [hash]);
        const paymentId = payment?.id as string;
        const attach = async (publicId: string): Promise<string> => {
          const [target] = await app.sql<{ id: string }>('select id from invoices where public_id = $1', [publicId]);
          const { status, body, text } = await partner.create('paymentResolutions', '/payment_resolutions', {
            attributes: { action: 'attach' },
            relationships: {
              payment: { data: { type: 'payments', id: paymentId } },
              invoice: { data: { type: 'invoices', id: target?.id as string } },
            },
          });
          expect([status, text]).toEqual([201, text]);
          expect((await ownerView(publicId)).amountReceived).toBe('5.00');
          return body.data.id as string;
        };
        const second = await supersede(id);
        const first = await attach(second.id);
        const third = await supersede(second.id);
        expect((await partner.get(`/payments/${paymentId}?include=resolution`)).body).toMatchObject({
          data: { attributes: { status: 'held', outcome: 'invoice_closed' } },
        });
        expect((await partner.get(`/payment_resolutions/${first}`)).body.data.attributes.undoneAt).toEqual(
          expect.any(String),
        );
        const again = await attach(third.id);
        expect((await partner.get(`/payment_resolutions/${again}`)).body.data.attributes.undoneAt).toBeNull();
      },
    );

    it('so is one that was sent, or that a payer prepares to pay; not one that is paid, closed, of a link or of somebody else', async () => {
      const { id: sent } = await draft();
      await owner.post(`/api/invoices/${sent}/send`);
      const { id: prepared } = await draft();
      expect(
        (await app.client.post(`/api/payments/${prepared}/pay-intent`, { senderPublicKey: stranger.address })).status,
      ).toBe(200);
      for (const id of [sent, prepared]) expect((await supersede(id)).status).toBe('DRAFT');
      const { body: link } = await owner.post('/api/links', { amount: '3', asset: 'XLM' });
      const { client: other } = await app.merchant();
      const before = await app.sql('select count(*) as n from invoices');
      const refused = async (client: ApiClient, id: string, change?: object): Promise<number> =>
        (await client.post(`/api/invoices/${id}/supersede`, change)).status;
      expect([
        await refused(owner, sent),
        await refused(owner, link.id),
        await refused(other, prepared),
        await refused(owner, prepared, { currency: 'BTC' }),
      ]).toEqual([400, 409, 404, 400]);
      expect([
        await app.sql('select count(*) as n from invoices'),
        (await app.client.get(`/api/invoices/${link.id}`)).body.status,
      ]).toEqual([before, 'PENDING']);
    });

    it('once, however many ask at the same moment, and a repeat with its key has the first answer', async () => {
      const { id } = await met('that counts, a stroop');
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => owner.post(`/api/invoices/${id}/supersede`, {})),
      );
      expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400, 400, 400, 400, 400]);
      const again = await draft();
      const ask = (): Promise<{ status: number; body: { id: string } }> =>
        owner.post(`/api/invoices/${again.id}/supersede`, {}, { 'idempotency-key': again.id });
      const [first, second] = [await ask(), await ask()];
      expect([first.status, second.status, second.body.id]).toEqual([201, 201, first.body.id]);
    });

    it('whose due date is over needs another one', async () => {
      const { id } = await draft({ dueDate: FAR });
      await app.sql(`update invoices set expires_at = now() - interval '1 hour' where public_id = $1`, [id]);
      const refused = await owner.post(`/api/invoices/${id}/supersede`, {});
      expect([refused.status, refused.text]).toEqual([400, expect.stringContaining('dueDate')]);
      expect((await ownerView(id)).status).toBe('DRAFT');
      expect(await supersede(id, { dueDate: null })).toMatchObject({ dueDate: null });
    });

    it('sent back whole, it is no change', async () => {
      const { id } = await met('that counts, a stroop');
      const whole = await ownerView(id);
      expect(await supersede(id, { ...whole, currency: 'USDC' })).toMatchObject({
        currency: 'USDC',
        lineItems: whole.lineItems,
        total: whole.total,
        status: 'DRAFT',
      });
    });

    it('without a body as well', async () => {
      const { id } = await draft();
      expect((await owner.send('POST', `/api/invoices/${id}/supersede`, undefined)).status).toBe(201);
    });
  });
});
