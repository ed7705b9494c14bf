import { Memo } from '@stellar/stellar-sdk';
import { LivesService } from '../../src/lives/lives.service';
import { ReconciliationService } from '../../src/payments/reconciliation.service';
import type { Answer } from '../support/api-client';
import { TestApp } from '../support/app';
import { audited } from '../support/audited';
import type { PartnerProgram } from '../support/partner-program';
import type { TestShop } from '../support/shop';
import type { TestWallet } from '../support/wallet';

const DONATION = {
  kind: 'donation',
  amount: null,
  openAmount: { minimum: '1', maximum: '100' },
  currency: 'XLM',
  paymentType: 'Invoice',
  title: 'Give',
  expires_at: new Date(Date.now() + 3_600_000).toISOString(),
};

/** The ledger is read when a test says so, so that every state lasts as long as it is looked at. */
describe('while a life recovers', () => {
  let app: TestApp;
  let shop: TestShop;
  let payer: TestWallet;
  let partner: PartnerProgram;
  beforeAll(async () => {
    app = await TestApp.start({ reconcile: false });
    shop = await app.shop();
    ({ partner } = shop);
    payer = await app.wallet();
    await read();
  });
  afterAll(() => app.stop());

  const read = async (): Promise<void> => {
    while ((await app.get(ReconciliationService).ingestPage('sandbox')).more);
  };
  const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
  const link = (): Promise<Answer> =>
    shop.client.post('/api/links', { amount: '2', asset: 'XLM', expiresAt: inDays(5) });
  const number = async (): Promise<string> => {
    const { status, body, text } = await link();
    expect([status, text]).toEqual([201, text]);
    return String(body.legacyInvoiceNumber);
  };
  const countOf = (text: string): number => Number(/^INV-(\d+)$/.exec(text)?.[1]);
  const pay = async (memo: string, amount = '2'): Promise<void> => {
    await payer.pay(shop.wallet.address, amount, { memo: Memo.text(memo) });
  };
  const invoiceOf = async (memo: string): Promise<{ status: string; ledger: number | null }> => {
    const [row] = await app.sql<{ status: string; ledger: number | null }>(
      'select status, provider_ledger as ledger from invoices where number = $1 and destination = $2',
      [memo, shop.wallet.address],
    );
    return row as { status: string; ledger: number | null };
  };

  it('an invoice remembers the newest ledger that had closed at its birth, not the last one read', async () => {
    await read();
    const [{ told, cursor } = { told: 0, cursor: 0 }] = await app.sql<{ told: number; cursor: number }>(
      'select provider_ledger as told, ledger as cursor from ledger_cursors',
    );
    expect(told).toBeGreaterThan(0);
    await app.sql('update ledger_cursors set ledger = ledger - 1');
    const memo = await number();
    expect(await invoiceOf(memo)).toEqual({ status: 'PENDING', ledger: told });
    await app.sql('update ledger_cursors set ledger = $1', [cursor]);
    await pay(memo);
    await read();
    expect(await invoiceOf(memo)).toMatchObject({ status: 'PAID' });
  });

  it('every family refuses what would hand out a reference with 503, Retry-After and the way out; reading and crediting go on', async () => {
    const before = await number();
    const made = await partner.create('payment_links', DONATION);
    expect([made.status, made.text]).toEqual([201, made.text]);
    const publicId = String(made.body.data.attributes.publicId);
    await app.get(LivesService).begin('operator');
    const wallet = [await link(), await shop.client.post('/api/invoices', draft())];
    for (const { status, body, headers } of wallet) {
      expect([status, headers.get('retry-after')]).toEqual([503, '2']);
      expect(String(body.error)).toContain('repeat the request in a few seconds');
    }
    const asked = [
      await partner.create('payment_links', {
        amount: '2',
        currency: 'XLM',
        paymentType: 'Invoice',
        expires_at: inDays(2),
      }),
      await partner.create('payment_links', DONATION),
      await partner.create('invoices', { currency: 'XLM', lines: [{ description: 'Work', rate: '2' }] }),
    ];
    for (const { status, body, headers } of asked) {
      expect([status, headers.get('retry-after'), body.errors[0].code]).toEqual([503, '2', 'recovering']);
    }
    const choice = await fetch(`${app.url}/pay/${publicId}`, {
      method: 'POST',
      body: new URLSearchParams({ asset: 'XLM', amount: '3' }),
      redirect: 'manual',
    });
    expect([choice.status, choice.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await choice.text()).toContain('repeat the request in a few seconds');
    expect(await shop.client.get('/api/invoices')).toMatchObject({ status: 200 });
    expect(await app.client.get('/health/ready')).toMatchObject({ body: { recovering: true } });
    await pay(before);
    // One complete read recovers, and the money in it is credited.
    await read();
    expect(await invoiceOf(before)).toMatchObject({ status: 'PAID' });
    expect(await app.client.get('/health/ready')).toMatchObject({ body: { recovering: false } });
    const after = await number();
    expect(countOf(after) - countOf(before)).toBeGreaterThan(1_000_000);
    await pay(after);
    await read();
    expect(await invoiceOf(after)).toMatchObject({ status: 'PAID' });
  });

  it('H31 a number that was paid in a lost life is passed by, and so is no other: neither a forged one far ahead nor one for another account', async () => {
    const before = countOf(await number());
    await app.get(LivesService).begin('operator');
    const [life] = await app.sql<{ jump: bigint }>(
      'select max(head_start) - (select head_start from lives order by ordinal desc limit 1 offset 1) as jump from lives',
    );
    const counter = before + Number(life?.jump);
    await pay(`INV-${counter + 1_000_001}`, '0.0000001');
    await pay(`INV-99999999999999999`, '0.0000001');
    await pay(`INV-0${counter + 900_000}`, '0.0000001');
    await payer.pay((await app.wallet()).address, '1', { memo: Memo.text(`INV-${counter + 800_000}`) });
    await pay(`INV-${counter + 500_000}`, '0.0000001');
    await pay(`INV-${counter + 7}`, '0.0000001');
    await read();
    expect(countOf(await number())).toBe(counter + 1_500_001);
    // Once it has recovered, nobody moves a counter by a memo.
    await pay(`INV-${counter + 1_600_000}`, '0.0000001');
    await read();
    expect(countOf(await number())).toBe(counter + 1_500_002);
  });

  it('H31 a folder that was put back is recognised by the first page of its reader: what was paid is given out to nobody else', async () => {
    const before = await number();
    const lost = `INV-${countOf(before) + 1}`;
    await pay(lost);
    // The server process that runs is not the one on which the ledger was read: as after a start on older files.
    await app.sql(`update ledger_cursors set caught_up_on = 'epoch'`);
    expect((await link()).status).toBe(503);
    const lives = app.get(LivesService);
    const { ordinal } = await lives.current();
    await read();
    expect(await lives.current()).toMatchObject({ ordinal: ordinal + 1n, cause: 'traces', recovering: true });
    expect((await link()).status).toBe(503);
    await read();
    expect(countOf(await number()) - countOf(before)).toBeGreaterThan(1_000_000);
  });

  it('a restart of the server alone costs one reading, and nothing jumps', async () => {
    const before = countOf(await number());
    await app.sql(`update ledger_cursors set caught_up_on = 'epoch'`);
    await app.sql(`update lives set verified_on = 'epoch'`);
    expect((await link()).status).toBe(503);
    await read();
    expect(countOf(await number())).toBe(before + 1);
  });

  it('A04 money that names a number before it is given out does not pay it', async () => {
    const next = `INV-${countOf(await number()) + 1}`;
    await pay(next);
    await read();
    expect(await number()).toBe(next);
    await app.sql('update ledger_cursors set cursor = (10::bigint << 32), ledger = 10');
    await app.sql(`delete from payments where encode(memo, 'escape') = $1`, [next]);
    await read();
    expect(await invoiceOf(next)).toMatchObject({ status: 'PENDING' });
    expect(
      await app.sql(`select disposition, outcome from payments where encode(memo, 'escape') = $1`, [next]),
    ).toEqual([{ disposition: 'suspense', outcome: 'predates_invoice' }]);
    // A human may say that it was meant all the same, and then the audit has nothing to say.
    const [row] = await app.sql<{ payment: string; invoice: string }>(
      'select p.id as payment, i.id as invoice from payments p join invoices i on i.id = p.invoice_id where p.outcome = $1',
      ['predates_invoice'],
    );
    const related = {
      payment: { data: { type: 'payments', id: row?.payment } },
      invoice: { data: { type: 'invoices', id: row?.invoice } },
    };
    const attached = await partner.create('payment_resolutions', { action: 'attach' }, related);
    expect([attached.status, attached.text]).toEqual([201, attached.text]);
    expect(await invoiceOf(next)).toMatchObject({ status: 'PAID' });
    expect((await audited(app.databaseUrl)).breaches).toEqual([]);
  });

  const draft = (): Record<string, unknown> => ({
    title: 'Work',
    clientName: 'Ada',
    clientEmail: 'ada@example.com',
    currency: 'XLM',
    lineItems: [{ description: 'Work', quantity: 1, rate: 2 }],
  });
});
