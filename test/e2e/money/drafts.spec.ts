import { Memo } from '@stellar/stellar-sdk';
import { runAudit } from '../../../src/cli/audit/run-audit';
import { Snapshot } from '../../../src/cli/audit/snapshot';
import { SystemClock } from '../../../src/common/clock';
import { Quarantine } from '../../../src/payments/quarantine.service';
import { eventually, TestApp } from '../../support/app';
import { HeldRows } from '../../chaos/held-rows';
import type { ApiClient } from '../../support/api-client';
import type { TestWallet } from '../../support/wallet';

const STROOP = '0.0000001';
const FAR = '2099-01-31T00:00:00.000Z';

/** Whoever was given its memo can send money to a draft, and so can a stranger. */
describe('a draft that money has met', () => {
  let app: TestApp;
  let owner: ApiClient;
  let shop: TestWallet;
  let stranger: TestWallet;

  beforeAll(async () => {
    app = await TestApp.start();
    ({ client: owner, wallet: shop } = await app.merchant());
    stranger = await app.wallet(['USDC']);
  });
  afterEach(async () => {
    const snapshot = await Snapshot.open(app.databaseUrl);
    const { breaches } = await runAudit(snapshot, { networks: ['sandbox'], sourceOf: () => undefined, ledgers: 1, clock: new SystemClock() });
    await snapshot.close();
    expect(breaches).toEqual([]);
  });
  afterAll(() => app.stop());

  const draft = async (body: object = {}): Promise<{ id: string; memo: string }> => {
    const { status, body: made, text } = await owner.post('/api/invoices', { currency: 'XLM', lineItems: [{ description: 'Work', quantity: 2, rate: '10' }], title: 'Order', ...body });
    expect([status, text]).toEqual([201, text]);
    return made;
  };
  const recorded = (id: string): Promise<unknown> => eventually(async () => (await owner.get(`/api/invoices/${id}/owner`)).body.payments, (payments) => payments.length > 0);
  const met = async (kind: keyof typeof MONEY): Promise<{ id: string; path: string }> => {
    const { id, memo } = await draft();
    await MONEY[kind]?.(memo);
    await recorded(id);
    return { id, path: `/api/invoices/${id}` };
  };
  const MONEY: Readonly<Record<string, (memo: string) => Promise<unknown>>> = {
    'that counts, a stroop': (memo) => stranger.pay(shop.address, STROOP, { memo: Memo.text(memo) }),
    'in another asset, which is held': (memo) => stranger.pay(shop.address, '20', { asset: stranger.coin('USDC'), memo: Memo.text(memo) }),
  };

  it.each(Object.keys(MONEY))('%s: keeps the terms that the money was judged by, and the audit stays silent', async (kind) => {
    const { path } = await met(kind);
    const before = (await owner.get(`${path}/owner`)).body;
    for (const change of [{ currency: 'USDC' }, { amount: '5' }, { lineItems: [{ description: 'Less', quantity: 1, rate: '1' }] }, { taxRate: 5 }, { discount: '1' }, { dueDate: FAR }]) {
      const { status, text } = await owner.patch(path, { ...change, notes: 'changed as well' });
      expect([change, status, text]).toEqual([change, 409, expect.stringContaining('supersede')]);
    }
    const after = (await owner.get(`${path}/owner`)).body;
    expect(after).toEqual(before);
  });

  it.each(Object.keys(MONEY))('%s: keeps its words free, and terms that are said again are no change', async (kind) => {
    const { path } = await met(kind);
    const { status, body } = await owner.patch(path, { notes: 'Thank you', clientName: 'Ada', reference: 'PO-1', currency: 'XLM', lineItems: [{ description: 'Work', quantity: 2, rate: '10' }] });
    expect([status, body]).toMatchObject([200, { notes: 'Thank you', clientName: 'Ada', reference: 'PO-1', currency: 'XLM', total: '20.00', status: 'DRAFT' }]);
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
      await eventually(() => app.sql('select 1 from quarantined_items'), ({ length }) => length === 1);
      expect((await owner.delete(`/api/invoices/${id}`)).status).toBe(409);
      expect((await owner.patch(`/api/invoices/${id}`, { amount: '1' })).status).toBe(409);
    } finally {
      await app.sql('alter table payments drop constraint forced');
    }
    const [kept] = await app.sql<{ id: bigint }>('select operation_id as id from quarantined_items');
    expect(await app.get(Quarantine).retry('sandbox', kept?.id as bigint)).toEqual({ recorded: 1, refusals: [] });
    expect((await owner.get(`/api/invoices/${id}/owner`)).body.status).toBe('PAID');
  });

  it('while it is being changed or deleted: whoever comes second sees what the first has done', async () => {
    for (const change of [(path: string) => owner.delete(path), (path: string) => owner.patch(path, { currency: 'USDC' })]) {
      const { id, memo } = await draft();
      const held = await HeldRows.hold(app.databaseUrl, 'select from invoices where public_id = $1 for no key update', [id]);
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
    expect((await owner.patch(`/api/invoices/${id}`, { currency: 'USDC', amount: '5' })).body).toMatchObject({ currency: 'USDC', total: '5.00' });
    expect((await owner.delete(`/api/invoices/${id}`)).status).toBe(200);
  });
});
