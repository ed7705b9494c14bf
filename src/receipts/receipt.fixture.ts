import type { Invoice } from '../invoices/invoice';
import type { RecordedPayment } from '../payments/recorded-payment';
import type { ReceiptFacts } from './receipt';

const ISSUER = 'GBBD47IF6LWK7P7MDEVSCWR7DPUWV3NY3DTQEVFL4NAT4AQH3ZLLFLA5';

/** A paid invoice as it could be read from the database. */
export function invoiceOf(over: Partial<Invoice> = {}): Invoice {
  const at = new Date('2026-03-04T05:06:07.000Z');
  return {
    merchantId: 'm',
    id: 'i',
    publicId: 'p'.repeat(32),
    number: 'INV-0001',
    status: 'PAID',
    network: 'public',
    destination: ISSUER,
    assetCode: 'USDC',
    assetIssuer: ISSUER,
    title: 'Order 7',
    description: 'Thank you',
    notes: 'Internal note',
    reference: 'REF-7',
    clientName: 'Grace Hopper',
    clientEmail: 'grace@example.com',
    clientCompany: 'Navy',
    clientAddress: '1 Sea Road\nHarbour',
    payer: null,
    lines: [{ description: 'Beans', quantity: '2.5', rate: '4.00', amount: '10.00' }],
    subtotal: 100_000_000n,
    taxRate: 190_000,
    taxes: [{ percentage: '19', base: '10.00', tax: '1.90', inclusive: false }],
    taxAmount: 19_000_000n,
    discount: 9_000_000n,
    total: 110_000_000n,
    scale: 2,
    received: 110_000_000n,
    toleranceBp: 0,
    lateGraceSeconds: 0,
    activateNewAccounts: false,
    referenceNumber: 1n,
    memo: 'INV-0001',
    openedLedger: null,
    providerLedger: 1,
    subscriptionId: null,
    periodIndex: null,
    createdBy: 'x',
    createdAt: at,
    updatedAt: at,
    sentAt: at,
    expiresAt: new Date('2026-03-05T05:06:07.000Z'),
    closedAt: at,
    deletedAt: null,
    paidAt: new Date('2026-03-04T06:00:00.000Z'),
    paidTransaction: 'a'.repeat(64),
    paidLedger: 77,
    payerWallet: ISSUER,
    version: 1n,
    ...over,
  };
}

export function paymentOf(over: Partial<RecordedPayment> = {}): RecordedPayment {
  const at = new Date('2026-03-04T06:00:00.000Z');
  return {
    merchantId: 'm',
    id: 'x',
    network: 'public',
    operationId: 1n,
    changeIndex: 0,
    invoiceId: 'i',
    disposition: 'applied',
    outcome: 'exact',
    kind: 'payment',
    account: ISSUER,
    muxedId: null,
    fromAddress: ISSUER,
    assetCode: 'USDC',
    assetIssuer: ISSUER,
    amount: 110_000_000n,
    memoType: 'none',
    memo: Buffer.alloc(0),
    transactionHash: 'a'.repeat(64),
    ledger: 77,
    closedAt: at,
    recordedAt: at,
    resolutionId: null,
    resolution: null,
    ...over,
  };
}

export function factsOf(over: Partial<ReceiptFacts> = {}): ReceiptFacts {
  return { invoice: invoiceOf(), merchantName: 'Bean Shop', payments: [paymentOf()], quote: null, ...over };
}
