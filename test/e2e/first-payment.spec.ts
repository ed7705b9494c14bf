import { eventually, TestApp } from '../support/app';

describe('a link is created, paid and confirmed', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  it('by pay intent, signature and submit', async () => {
    const merchant = await app.merchant();
    const created = await merchant.client.post('/api/links', {
      amount: 12.5,
      asset: 'USDC',
      metadata: { title: 'Beans' },
    });
    expect(created.status).toBe(201);
    const payer = await app.wallet(['USDC']);
    const intent = await app.client.post(`/api/payments/${created.body.id}/pay-intent`, {
      senderPublicKey: payer.address,
    });
    expect(intent.body).toMatchObject({ amount: '12.50', memo: created.body.legacyInvoiceNumber });
    const submitted = await app.client.post('/api/payments/submit', {
      invoiceId: created.body.id,
      signedTransactionXdr: payer.sign(intent.body.transactionXdr),
    });
    expect(submitted.status).toBe(200);
    expect(submitted.body).toMatchObject({ success: true });
    const link = await app.client.get(`/api/links/${created.body.id}`);
    expect(link.body).toMatchObject({ status: 'CONFIRMED', transactionHash: submitted.body.transactionHash });
  });

  it('by a wallet that pays the address with the memo, seen by the watcher alone', async () => {
    const merchant = await app.merchant();
    const created = await merchant.client.post('/api/links', { amount: '3', asset: 'XLM' });
    const payer = await app.wallet();
    const { Memo } = await import('@stellar/stellar-sdk');
    const { hash } = await payer.pay(merchant.wallet.address, '3', {
      memo: Memo.text(created.body.legacyInvoiceNumber),
    });
    const status = await eventually(
      () => app.client.get(`/api/links/${created.body.id}/status`),
      (answer) => answer.body.status === 'CONFIRMED',
    );
    expect(status.body.transactionHash).toBe(hash);
    const events = await app.sql<{ type: string }>('select type from events order by written_at, id');
    expect(events.map((event) => event.type).slice(-5)).toEqual([
      'invoice.created',
      'link.created',
      'payment.confirmed',
      'invoice.paid',
      'link.paid',
    ]);
  });
});
