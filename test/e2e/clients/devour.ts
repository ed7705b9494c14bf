import JsonApi from 'devour-client';

const TIMES = { createdAt: '', updatedAt: '' } as const;
const one = (type: string) => ({ jsonApi: 'hasOne', type }) as const;

/** Models are named in the singular, types are their plural; only where the address is another word must it be said. */
export function devourFor(apiUrl: string, bearer: string): JsonApi {
  const client = new JsonApi({ apiUrl, bearer, logger: false, errorBuilder: (error: object) => error });
  const readOnly = ['createdAt', 'updatedAt'];
  client.define(
    'taxRate',
    { name: '', description: '', percentage: '', inclusive: '', status: '', ...TIMES },
    { collectionPath: 'tax_rates', readOnly },
  );
  client.define(
    'product',
    {
      name: '',
      description: '',
      sku: '',
      price: '',
      currency: '',
      status: '',
      metadata: '',
      ...TIMES,
      taxRate: one('taxRates'),
    },
    { readOnly },
  );
  client.define(
    'customer',
    { name: '', email: '', company: '', address: '', isFavorite: '', erasedAt: '', ...TIMES },
    { readOnly },
  );
  client.define(
    'merchant',
    { name: '', defaultNetwork: '', toleranceBp: '', lateGraceSeconds: '', ...TIMES },
    { readOnly },
  );
  client.define('currency', {
    kind: '',
    name: '',
    decimals: '',
    minimum: '',
    maximum: '',
    settlementAsset: '',
    networks: '',
  });
  client.define('quote', {
    network: '',
    currency: '',
    amount: '',
    payCurrency: '',
    payAmount: '',
    rate: '',
    status: '',
    expiresAt: '',
  });
  client.define(
    'paymentLink',
    {
      amount: '',
      currency: '',
      paymentType: '',
      expiresAt: '',
      reference: '',
      payCurrencies: '',
      status: '',
      hostedPageUrl: '',
      publicId: '',
      network: '',
      target: one('invoices'),
    },
    { collectionPath: 'payment_links', readOnly: ['target', 'status', 'hostedPageUrl', 'publicId', 'network'] },
  );
  client.define(
    'invoice',
    {
      number: '',
      status: '',
      amount: '',
      amountReceived: '',
      currency: '',
      memo: '',
      lines: '',
      reference: '',
      payments: { jsonApi: 'hasMany', type: 'payments' },
    },
    { readOnly: ['payments'] },
  );
  client.define('payment', {
    status: '',
    amount: '',
    assetCode: '',
    transactionHash: '',
    from: '',
    invoice: one('invoices'),
  });
  client.define('event', { eventType: '', data: '', createdAt: '', subject: { jsonApi: 'hasOne', type: '' } });
  return client;
}
