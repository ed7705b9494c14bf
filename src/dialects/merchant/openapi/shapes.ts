import {
  choice,
  day,
  decimal,
  flag,
  instant,
  type JsonSchema,
  list,
  nullable,
  record,
  ref,
  text,
  url,
  whole,
} from '../../../http/json-schema';
import { MERCHANT_EVENTS } from '../../../webhooks/event-vocabulary';

const id = text(36, { format: 'uuid' });
const number: JsonSchema = { type: 'number', minimum: 0, maximum: 1_000_000_000_000 };
const percentage: JsonSchema = { type: 'number', minimum: 0, maximum: 100 };
const rate = text(32, { pattern: String.raw`^\d+(\.\d+)?$` });
const currency = choice(['usd', 'eur']);

const webhook = {
  id,
  name: text(253),
  url,
  isActive: flag,
  encrypted: flag,
  events: nullable(list(choice(MERCHANT_EVENTS), 100)),
  created_at: instant,
  updated_at: instant,
  delivery_stats: record({
    total_events: whole(),
    successful_deliveries: whole(),
    failed_deliveries: whole(),
    last_delivery: nullable(instant),
  }),
};

const health = { status: choice(['ok']), timestamp: instant, version: text(40) };

const product = {
  id,
  name: text(200),
  description: nullable(text(2000)),
  price: decimal,
  currency: text(12),
  type: nullable(text(100)),
  productType: nullable(text(100)),
  weight: nullable(number),
  unit: nullable(text(50)),
  quantity: nullable(number),
  stockCount: nullable(number),
  status: choice(['ACTIVE', 'ARCHIVED']),
  images: list(url, 10),
  createdAt: instant,
  updatedAt: instant,
};

const customer = {
  id,
  first_name: text(200),
  last_name: nullable(text(200)),
  email: nullable(text(320)),
  phone_number: nullable(text(20)),
  customer_type: text(40),
  status: choice(['ACTIVE', 'BLACKLISTED', 'DEACTIVATED', 'DELETED']),
  created_at: instant,
  updated_at: instant,
};

const amount: JsonSchema = { type: 'number', minimum: 0.01 };
const line = { productId: id, quantity: whole(1, 1000) };

const paymentLink = {
  id,
  title: nullable(text(300)),
  url,
  description: nullable(text(2000)),
  coverImage: nullable(url),
  linkType: choice(['PRODUCT', 'DONATION', 'SUBSCRIPTION', 'INVOICE']),
  status: choice(['ACTIVE', 'INACTIVE', 'EXPIRED']),
  amount: nullable(amount),
  paymentForId: nullable(text(255)),
  currency: text(12),
  allowQuantityAdjustment: flag,
  allowMobilePayment: flag,
  collectTax: flag,
  collectAddress: flag,
  limitPayments: flag,
  maxPayments: nullable(whole(1)),
  customFields: nullable({ type: 'object', additionalProperties: text(200), maxProperties: 20 }),
  paymentLinkProducts: list(record(line), 50),
  isForAllProduct: flag,
  appId: id,
  customerId: nullable(id),
  taxId: nullable(id),
  expiration_date: nullable(instant),
  createdAt: instant,
  updatedAt: instant,
};
/** Of a donation without an amount alone. */
const openAmount = { minAmount: amount, maxAmount: amount, presetAmounts: list(amount, 10) };
/** Of a subscription alone. */
const recurring = {
  recurringType: nullable(choice(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'])),
  recurrence: record({ interval: choice(['day', 'week', 'month', 'year']), intervalCount: whole(1, 24) }),
};
const figures = {
  opened: whole(),
  chosen: whole(),
  paid: whole(),
  abandoned: whole(),
  conversion: nullable({ type: 'number', minimum: 0 } as JsonSchema),
  received: list(
    record({ currency: text(12), issuer: nullable(text(56)), amount: { type: 'number', minimum: 0 } }),
    10,
  ),
};
/** What one link is read with. */
const details = {
  paymentLinkProducts: list(record({ ...line, product: nullable(ref('Product')) }), 50),
  tax: nullable(ref('Tax')),
};

/** Of a list that tells how long it is. */
function page(name: string): JsonSchema {
  return record({ data: list(ref(name), 100), total: whole(), skip: whole(), take: whole(1, 100) });
}

/** What is answered, by name. Those that no operation uses are left out of the document. */
export const SHAPES: Readonly<Record<string, JsonSchema>> = {
  Tax: record({
    id,
    name: text(100),
    description: nullable(text(255)),
    percentage,
    active: flag,
    inclusive: flag,
    created_at: instant,
    updated_at: instant,
  }),
  Taxes: list(ref('Tax'), 100),
  Webhook: record(webhook),
  NewWebhook: {
    ...record(webhook),
    properties: {
      ...webhook,
      signing_secret: text(60, {
        description: 'The secret that was made, shown this once; absent where one was given.',
      }),
    },
  },
  Webhooks: list(ref('Webhook'), 100),
  ExchangeRate: record({
    from: currency,
    to: currency,
    midmarket_rate: rate,
    buy_rate: rate,
    sell_rate: rate,
    timestamp: instant,
  }),
  Health: record({ ...health, database: choice(['connected']), message: text(200), authenticated: flag }),
  PublicHealth: record(health),
  Product: record(product),
  Products: page('Product'),
  Customer: record(customer),
  Customers: page('Customer'),
  PaymentLink: { ...record(paymentLink), properties: { ...paymentLink, ...openAmount, ...recurring } },
  DetailedPaymentLink: {
    ...record({ ...paymentLink, ...details }),
    properties: { ...paymentLink, ...openAmount, ...recurring, ...details },
  },
  PaymentLinks: list(ref('PaymentLink'), 100),
  PaymentLinkStatistics: record({
    paymentLinkId: id,
    from: day,
    to: day,
    totals: record(figures),
    days: list(record({ date: day, ...figures }), 366),
  }),
  Error: {
    ...record({
      statusCode: whole(400, 599),
      message: {
        anyOf: [text(2000), list(text(2000), 200)],
        description: 'A sentence, or everything that is wrong with what was sent.',
      },
      error: text(60, { description: 'The phrase of the status.' }),
    }),
  },
  TooManyRequests: record({ statusCode: whole(429, 429), message: text(100), retryAfter: whole(1, 60) }),
};
