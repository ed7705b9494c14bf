/** What the document says of a call besides what its controller declares. */
export interface Described {
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  /** Name of the shape of the answer. */
  readonly answer: string;
  /** A body that is sound. */
  readonly example?: Readonly<Record<string, unknown>>;
  /** Statuses that it refuses with, beyond those of every call of its kind. */
  readonly refuses?: readonly number[];
}

export const TAGS: Readonly<Record<string, string>> = {
  'payment links': 'Addresses where somebody pays, once or again and again.',
  products: 'What a shop sells.',
  customers: 'Who pays.',
  taxes: 'How what is sold is taxed.',
  webhooks: 'Where events are sent, signed as Standard Webhooks are.',
  'exchange rates': 'What a dollar is in euros, and a euro in dollars.',
  health: 'Whether the service, its database and the credentials are good.',
};

const call = (
  tag: string,
  operationId: string,
  summary: string,
  answer: string,
  more: Partial<Described> = {},
): Described => ({
  operationId,
  tag,
  summary,
  answer,
  ...more,
});

const NEW_WEBHOOK = { name: 'Orders', url: 'https://shop.example.com/hooks', isActive: true, encrypted: false };
const NEW_PRODUCT = { name: 'Tea', description: 'Green, 100 g', price: 8.5, currency: 'USD' };
const NEW_CUSTOMER = {
  first_name: 'Ada',
  last_name: 'Lovelace',
  phone_number: '+15551234567',
  email: 'ada@example.com',
};
const NEW_LINK = {
  title: 'Premium Subscription',
  url: 'premium-subscription',
  linkType: 'DONATION',
  allowQuantityAdjustment: true,
  allowMobilePayment: true,
  currency: 'usdc',
  collectTax: false,
  collectAddress: false,
};
const CONFLICT = { refuses: [409] };

/** By method and path below the prefix. */
export const CALLS: Readonly<Record<string, Described>> = {
  'POST /payment-links': call('payment links', 'createPaymentLink', 'Create a payment link', 'PaymentLink', {
    example: NEW_LINK,
    ...CONFLICT,
  }),
  'GET /payment-links': call('payment links', 'listPaymentLinks', 'List payment links', 'PaymentLinks'),
  'GET /payment-links/:id': call('payment links', 'getPaymentLink', 'Read a payment link', 'DetailedPaymentLink'),
  'GET /payment-links/:id/statistics': call(
    'payment links',
    'getPaymentLinkStatistics',
    'Read how a payment link does',
    'PaymentLinkStatistics',
  ),
  'PUT /payment-links/:id': call('payment links', 'updatePaymentLink', 'Change a payment link', 'PaymentLink', {
    example: { title: 'Premium' },
    ...CONFLICT,
  }),
  'POST /products': call('products', 'createProduct', 'Create a product', 'Product', {
    example: NEW_PRODUCT,
    ...CONFLICT,
  }),
  'GET /products': call('products', 'listProducts', 'List products', 'Products'),
  'GET /products/:id': call('products', 'getProduct', 'Read a product', 'Product'),
  'PUT /products/:id': call('products', 'updateProduct', 'Change a product', 'Product', { example: { price: 9 } }),
  'DELETE /products/:id': call('products', 'deleteProduct', 'Delete a product', 'Product', CONFLICT),
  'POST /customers': call('customers', 'createCustomer', 'Create a customer', 'Customer', {
    example: NEW_CUSTOMER,
    ...CONFLICT,
  }),
  'GET /customers': call('customers', 'listCustomers', 'List customers', 'Customers'),
  'GET /customers/:id': call('customers', 'getCustomer', 'Read a customer', 'Customer'),
  'PATCH /customers/:id': call('customers', 'updateCustomer', 'Change a customer', 'Customer', {
    example: { status: 'BLACKLISTED' },
    ...CONFLICT,
  }),
  'POST /taxes': call('taxes', 'createTax', 'Create a tax', 'Tax', {
    example: { name: 'Sales Tax', description: 'Retail', percentage: 8.5 },
  }),
  'GET /taxes': call('taxes', 'listTaxes', 'List taxes', 'Taxes'),
  'GET /taxes/:id': call('taxes', 'getTax', 'Read a tax', 'Tax'),
  'PUT /taxes/:id': call('taxes', 'updateTax', 'Change a tax', 'Tax', { example: { percentage: 9.25 } }),
  'DELETE /taxes/:id': call('taxes', 'deleteTax', 'Delete a tax', 'Tax', CONFLICT),
  'POST /webhooks': call('webhooks', 'createWebhook', 'Create a webhook', 'NewWebhook', {
    example: NEW_WEBHOOK,
    ...CONFLICT,
  }),
  'GET /webhooks': call('webhooks', 'listWebhooks', 'List webhooks', 'Webhooks'),
  'GET /webhooks/:id': call('webhooks', 'getWebhook', 'Read a webhook', 'Webhook'),
  'PATCH /webhooks/:id': call('webhooks', 'updateWebhook', 'Change a webhook', 'Webhook', {
    example: { isActive: false },
  }),
  'DELETE /webhooks/:id': call('webhooks', 'deleteWebhook', 'Delete a webhook', 'Webhook'),
  'GET /exchange-rate': call(
    'exchange rates',
    'getExchangeRate',
    'Read the rate between two currencies',
    'ExchangeRate',
    { refuses: [503] },
  ),
  'GET /exchange-rate/usd-to-eur': call(
    'exchange rates',
    'getUsdToEurRate',
    'Read what a dollar is in euros',
    'ExchangeRate',
    { refuses: [503] },
  ),
  'GET /exchange-rate/eur-to-usd': call(
    'exchange rates',
    'getEurToUsdRate',
    'Read what a euro is in dollars',
    'ExchangeRate',
    { refuses: [503] },
  ),
  'GET /health': call('health', 'checkHealth', 'Check the service and the credentials', 'Health'),
  'GET /health/public': call('health', 'checkPublicHealth', 'Check that the service answers', 'PublicHealth'),
};

/** Calls whose only answer is a sentence on what is missing. */
export const SAYS_WHAT_IS_MISSING: readonly string[] = ['PUT /taxes', 'DELETE /taxes'];
