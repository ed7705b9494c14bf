import type { Invoice } from '../invoices/invoice';
import { INVOICE_STATUSES } from '../invoices/invoice-states';
import { amountOwed, assertPayable, idMemoOf, memoOf, paymentKinds } from './payable';

const NOW = new Date('2026-11-21T12:00:00Z');
const invoice = (wish: Partial<Invoice>): Invoice =>
  ({
    status: 'PENDING',
    expiresAt: new Date(NOW.getTime() + 1),
    assetCode: 'XLM',
    assetIssuer: null,
    activateNewAccounts: false,
    total: 10n,
    received: 0n,
    ...wish,
  }) as Invoice;

describe('assertPayable', () => {
  it.each(INVOICE_STATUSES)('knows what %s means', (status) => {
    const payable = ['DRAFT', 'PENDING', 'PROCESSING'].includes(status);
    const attempt = (): void => assertPayable(invoice({ status }), NOW);
    if (payable) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(`Invoice cannot be paid. Current status: ${status}`);
  });

  it.each(['PENDING', 'PROCESSING'] as const)(
    'A26 a %s invoice prepares nothing at its deadline, whatever was ingested',
    (status) => {
      expect(() => assertPayable(invoice({ status, expiresAt: NOW }), NOW)).toThrow(
        'Invoice cannot be paid. Current status: EXPIRED',
      );
      expect(() => assertPayable(invoice({ status, expiresAt: null }), NOW)).not.toThrow();
    },
  );
});

it('what is owed is never negative', () => {
  expect([
    amountOwed(invoice({})),
    amountOwed(invoice({ received: 4n })),
    amountOwed(invoice({ received: 10n })),
    amountOwed(invoice({ received: 11n })),
  ]).toEqual([10n, 6n, 0n, 0n]);
});

it('A14 an account is created only where that was asked for, and only with XLM', () => {
  expect(paymentKinds(invoice({ activateNewAccounts: true }))).toContain('create_account');
  expect(paymentKinds(invoice({}))).not.toContain('create_account');
  expect(paymentKinds(invoice({ activateNewAccounts: true, assetIssuer: 'GFORGER' }))).not.toContain('create_account');
  expect(paymentKinds(invoice({}))).not.toContain('path_payment_strict_send');
});

it('memos that the ledger could not carry are a defect, said loudly', () => {
  expect(() => memoOf({ memo: 'x'.repeat(29) })).toThrow('memo of an invoice is too long');
  expect(() => idMemoOf({ referenceNumber: 2n ** 64n })).toThrow('out of range');
  expect(Buffer.from(memoOf({ memo: 'INV-0001' }).bytes).toString()).toBe('INV-0001');
});
