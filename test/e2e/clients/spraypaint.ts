import { attr, hasMany, hasOne, SpraypaintBase } from 'spraypaint';

/** Attributes that the server decides are not written. */
const told = () => attr({ persist: false });
const one = (type?: string) => hasOne(type === undefined ? undefined : { type });
const many = (type: string) => hasMany({ type });

type Name = 'TaxRate' | 'Product' | 'Customer' | 'Merchant' | 'PaymentLink' | 'Invoice' | 'Payment' | 'Event';
// A model gets its attributes as properties when it is made.
// oxlint-disable-next-line typescript/no-explicit-any
type ModelClass = any;

/** The models of one API; names are spelled the same on both sides. */
export function spraypaintFor(baseUrl: string, apiNamespace: string, jwt: string): Readonly<Record<Name, ModelClass>> {
  const settings = {
    baseUrl,
    apiNamespace,
    jwt,
    jwtStorage: false,
    keyCase: { server: 'camel', client: 'camel' },
    generateAuthHeader: (token: string) => `Bearer ${token}`,
  };
  const Api = SpraypaintBase.extend({ static: settings as object });
  const model = (jsonapiType: string, endpoint: string, attrs: object): ModelClass =>
    Api.extend({ static: { jsonapiType, endpoint }, attrs: attrs as never });
  return {
    TaxRate: model('taxRates', '/tax_rates', {
      name: attr(),
      percentage: attr(),
      inclusive: attr(),
      status: attr(),
      createdAt: told(),
    }),
    Product: model('products', '/products', {
      name: attr(),
      sku: attr(),
      price: attr(),
      currency: attr(),
      status: attr(),
      description: attr(),
      metadata: attr(),
      createdAt: told(),
      taxRate: one('taxRates'),
    }),
    Customer: model('customers', '/customers', {
      name: attr(),
      email: attr(),
      company: attr(),
      isFavorite: attr(),
      createdAt: told(),
    }),
    Merchant: model('merchants', '/merchants', { name: attr(), toleranceBp: attr(), lateGraceSeconds: attr() }),
    PaymentLink: model('paymentLinks', '/payment_links', {
      amount: attr(),
      currency: attr(),
      paymentType: attr(),
      expiresAt: attr(),
      reference: attr(),
      payCurrencies: attr(),
      status: told(),
      hostedPageUrl: told(),
      target: one('invoices'),
    }),
    Invoice: model('invoices', '/invoices', {
      status: told(),
      amount: told(),
      memo: told(),
      currency: attr(),
      lines: attr(),
      reference: attr(),
      payments: many('payments'),
    }),
    Payment: model('payments', '/payments', {
      status: told(),
      amount: told(),
      transactionHash: told(),
      invoice: one('invoices'),
    }),
    Event: model('events', '/events', { eventType: told(), data: told(), createdAt: told(), subject: one() }),
  };
}
