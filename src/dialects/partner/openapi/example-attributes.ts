type Attributes = Readonly<Record<string, unknown>>;

const CREATED = '2030-01-01T12:00:00.000Z';
const WALLET = 'GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ';
const credential: Attributes = { label: 'Till', network: 'sandbox', scopes: ['links:read', 'links:write'], expiresAt: null, revokedAt: null, lastUsedAt: null };
const catalog: Attributes = { status: 'active', updatedAt: CREATED };
const sources = [{ source: 'order book', rate: '0.0926', observedAt: '2030-01-01T11:59:58.000Z' }];
const delivered: Attributes = { eventType: 'invoice.paid', network: 'sandbox', status: 'delivered', attempts: 1, nextAttemptAt: null, lastStatusCode: 204, lastLatencyMs: 41, lastFailure: null, finishedAt: CREATED };

/**
 * Attributes whose example says more than their shape does, so that an example tells one story: a link for an order
 * of 25 USDC, its invoice, paid by one payment. What is not named here is made from the shape.
 */
export const EXAMPLE_ATTRIBUTES: Readonly<Record<string, Attributes>> = {
  paymentLinks: {
    accountCurrency: null, networkName: 'Stellar sandbox', reference: 'order-4711', publicId: '3x5m7k9n2q4r6t8v', status: 'pending', amount: '25.00', currency: 'USDC', approvalStatus: null, expiresAt: '2030-01-02T12:00:00.000Z',
    paymentMethods: ['stellar'], payCurrencies: null, successRedirectUrl: 'https://shop.example/thanks', unsuccessRedirectUrl: null, title: 'Order 7', description: null, metadata: { order: '7' },
  },
  invoices: {
    publicId: '3x5m7k9n2q4r6t8v', number: 'INV-0001', status: 'PAID', title: 'Order 7', description: null, notes: null, reference: 'order-4711', memo: 'INV-0001', lines: [{ description: 'Beans', quantity: '2.5', rate: '10.00', amount: '25.00' }],
    subtotal: '25.00', taxRate: '0', taxAmount: '0.00', discount: '0.00', amount: '25.00', amountReceived: '25.00', amountDue: '0.00', clientName: 'Grace', clientEmail: 'grace@example.com', clientCompany: null, clientAddress: null,
    sentAt: null, expiresAt: '2030-01-02T12:00:00.000Z', ledger: 4711,
  },
  payments: { status: 'applied', outcome: 'exact', kind: 'payment', assetIssuer: WALLET, muxedId: null, memoType: 'text', memo: 'INV-0001', operationId: '20233841238020097', ledger: 4711 },
  paymentResolutions: { action: 'dismiss', heldAs: 'no_reference', reason: 'a gift', refundTransactionHash: null, undoneAt: null, createdBy: `wallet:${WALLET}` },
  products: { ...catalog, name: 'Tee', description: null, sku: 'TEE-4711', price: '19.90', currency: 'EUR', metadata: { size: 'M' } },
  taxRates: { ...catalog, name: 'VAT', description: null, percentage: '19', inclusive: true },
  customers: { name: 'Grace', email: 'grace@example.com', company: 'Beans Ltd', address: null, isFavorite: true, erasedAt: null },
  currencies: { kind: 'fiat', name: 'Euro', decimals: 2, minimum: '0.01', maximum: '100000.00', settlementAsset: 'EURC', networks: [] },
  exchangeRates: { currency: 'EUR', payCurrency: 'XLM', rate: '0.0926', sources },
  quotes: { currency: 'EUR', amount: '100.00', payCurrency: 'XLM', payIssuer: null, payAmount: '1079.9136070', rate: '0.0926', sources, expiresAt: '2030-01-01T12:15:00.000Z' },
  merchants: { name: 'Beans & Co', toleranceBp: 50, lateGraceSeconds: 86_400 },
  members: { role: 'viewer', status: 'invited' },
  receivingAccounts: { isDefault: true },
  apiKeys: { ...credential, keyPrefix: 'sk_test_a2b3' },
  clients: { ...credential, clientKey: 'ck_test_a2b3c4d5e6f7' },
  events: { eventType: 'invoice.paid', cursor: '019a9d3c-5b7e-7c11-9d6f-2f8f6f6f0a01_42', data: { invoice: { number: 'INV-0001', status: 'PAID' } } },
  webhookEndpoints: { url: 'https://shop.example/hooks', description: null, eventTypes: ['invoice.paid', 'invoice.expired'], disabledReason: null, disabledAt: null, failingSince: null, previousSecretUntil: null },
  webhookDeliveries: delivered,
  auditEntries: { sequence: 12, actor: `wallet:${WALLET}`, action: 'product.updated', subjectType: 'product', subjectId: '01890000-0000-7000-8000-000000000000', before: { price: '19.90' }, after: { price: '24.90' }, network: null, requestId: '01890000-0000-7000-8000-00000000000a' },
};

/** Ids that are no UUID. */
export const EXAMPLE_IDS: Readonly<Record<string, string>> = { currencies: 'EUR', exchangeRates: 'sandbox.XLM.EUR', events: 'evt_01890000-0000-7000-8000-000000000000' };
