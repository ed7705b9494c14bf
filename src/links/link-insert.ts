import { placeholders, type WriteFragment } from '../database/write-fragment';
import { remindSql } from '../database/deadline-sql';
import type { Link } from './link';
import type { PaymentLink } from './payment-link';

/** What is decided of a new link. */
export type NewLink = Omit<
  Link,
  'status' | 'direction' | 'updatedAt' | 'slotsUsed' | 'paymentsMade' | 'paymentsOverLimit' | 'version'
> &
  Pick<PaymentLink, 'productIds' | 'productQuantities' | 'taxRateId'>;

/** A new link as it will be read. */
export function bornLink(link: NewLink): PaymentLink {
  return {
    ...link,
    status: 'active',
    direction: 'invoice',
    period: null,
    slotsUsed: 0,
    paymentsMade: 0,
    paymentsOverLimit: 0,
    version: 1n,
    updatedAt: link.createdAt,
  };
}

const COLUMN_OF = {
  merchantId: 'merchant_id',
  id: 'id',
  publicId: 'public_id',
  kind: 'kind',
  network: 'network',
  invoiceId: 'invoice_id',
  title: 'title',
  description: 'description',
  amount: 'amount',
  scale: 'scale',
  currency: 'currency',
  accountCurrency: 'account_currency',
  payCurrencies: 'pay_currencies',
  paymentMethods: 'payment_methods',
  reference: 'reference',
  successRedirectUrl: 'success_redirect_url',
  unsuccessRedirectUrl: 'unsuccess_redirect_url',
  metadata: 'metadata',
  expiresAt: 'expires_at',
  createdBy: 'created_by',
  createdAt: 'created_at',
  minimum: 'minimum',
  maximum: 'maximum',
  presets: 'presets',
  maxPayments: 'max_payments',
  maxQuantity: 'max_quantity',
  slug: 'slug',
  coverImage: 'cover_image',
  customFields: 'custom_fields',
  collectsAddress: 'collects_address',
  adjustsQuantity: 'adjusts_quantity',
  sellsEverything: 'sells_everything',
  showsCodes: 'shows_codes',
  collectsTax: 'collects_tax',
  paidFor: 'paid_for',
  customerId: 'customer_id',
  recurrence: 'recurrence',
} as const satisfies Readonly<Record<Exclude<keyof NewLink, 'productIds' | 'productQuantities' | 'taxRateId'>, string>>;
const MEMBERS = Object.keys(COLUMN_OF) as (keyof typeof COLUMN_OF)[];
/** Casts of parameters that are used twice, or whose type the select does not determine. */
const TYPES: Readonly<Partial<Record<keyof typeof COLUMN_OF, string>>> = {
  merchantId: '::uuid',
  id: '::uuid',
  metadata: '::jsonb',
  customFields: '::json',
  customerId: '::uuid',
  recurrence: '::jsonb',
  createdAt: '::timestamptz',
};

/**
 * Writes a link with its products, its tax rate and, where it has no invoice that ends before it, what reminds of its deadline, when `source`, an earlier table of the statement, has a row. The new link's table is
 * called `linked`. Violates `payment_links_reference_unique` when the merchant has used the reference on this network, and `payment_links_slug_unique` when another link has the slug.
 */
export function linkInsert(link: NewLink, source: string): WriteFragment {
  const values = [
    ...MEMBERS.map((member) => columnValue(member, link[member])),
    link.productIds,
    link.productQuantities,
    link.taxRateId,
  ];
  return {
    values,
    sql: (first) => insertSql(placeholders(first, values.length), source) + (link.invoiceId === null ? REMINDED : ''),
  };
}

const JSON_MEMBERS: ReadonlySet<string> = new Set(['metadata', 'customFields', 'recurrence']);

/** The driver would write a list of PostgreSQL, or an object as it likes. */
export function columnValue(member: string, value: unknown): unknown {
  return JSON_MEMBERS.has(member) && value !== null ? JSON.stringify(value) : value;
}

const REMINDED = `, link_reminded as (${remindSql('link', 'linked')})`;

function insertSql(parameters: readonly string[], source: string): string {
  const value = (member: keyof typeof COLUMN_OF): string => parameters[MEMBERS.indexOf(member)] ?? '';
  const [products, quantities, taxRate] = parameters.slice(MEMBERS.length);
  return `linked as (
    insert into payment_links (${MEMBERS.map((member) => COLUMN_OF[member]).join(', ')}, status, direction, updated_at)
    select ${MEMBERS.map((member) => `${value(member)}${TYPES[member] ?? ''}`).join(', ')}, 'active', 'invoice', ${value('createdAt')}::timestamptz from ${source}
    returning merchant_id, id, network, expires_at
  ), sold as (
    insert into payment_link_products (merchant_id, link_id, position, product_id, quantity)
    select ${value('merchantId')}::uuid, linked.id, p.position, p.product_id, p.quantity from linked, unnest(${products}::uuid[], ${quantities}::integer[]) with ordinality as p (product_id, quantity, position)
  ), taxed as (
    insert into payment_link_tax_rates (merchant_id, link_id, tax_rate_id) select ${value('merchantId')}::uuid, linked.id, ${taxRate}::uuid from linked where ${taxRate}::uuid is not null
  )`;
}
