import type { RowCheck } from './finding';

/** What the directory holds of merchants, and what waits for its time: no key of the database ties the two together. */
const LEADS: readonly RowCheck[] = [
  {
    invariant: 'I2',
    says: 'payment for an invoice that is not there',
    sql: `select 'payment ' || p.id || ' of merchant ' || coalesce(p.merchant_id::text, 'nobody') || ' names invoice ' || p.invoice_id as subject
      from payments p where p.invoice_id is not null and not exists (select from invoices i where i.id = p.invoice_id)`,
  },
  {
    invariant: 'I11',
    says: 'reference that leads to no invoice',
    sql: `select 'reference ' || r.kind || ' ' || r.value || ' on ' || r.account || ' of merchant ' || r.merchant_id as subject
      from payment_references r where not exists (select from invoices i where i.id = r.invoice_id)`,
  },
  {
    invariant: 'I11',
    says: 'wallet that opens a merchant whose member it is not',
    sql: `select 'wallet ' || w.address || ' opens merchant ' || w.merchant_id as subject
      from wallets w where not exists (select from members m where m.merchant_id = w.merchant_id and m.id = w.member_id and m.wallet = w.address)`,
  },
];

const missing = (kind: string, table: string): string =>
  `not exists (select from deadlines d where d.network = ${table}.network and d.kind = '${kind}' and d.due_at = o.expires_at and d.merchant_id = o.merchant_id and d.subject_id = o.id)`;

const DEADLINES: readonly RowCheck[] = [
  {
    invariant: 'I13',
    says: 'open invoice whose deadline is not in the queue',
    sql: `select 'invoice ' || o.public_id || ' (' || o.number || ', ' || o.status || ') of merchant ' || o.merchant_id as subject
      from invoices o where o.status in ('PENDING', 'PROCESSING') and o.expires_at is not null and ${missing('invoice', 'o')}`,
  },
  {
    invariant: 'I13',
    says: 'link without an invoice whose deadline is not in the queue',
    sql: `select 'link ' || o.public_id || ' (' || o.status || ') of merchant ' || o.merchant_id as subject
      from payment_links o where o.invoice_id is null and o.status in ('active', 'inactive') and o.expires_at is not null and ${missing('link', 'o')}`,
  },
  {
    invariant: 'I13',
    says: 'prepared payment whose end is not in the queue',
    sql: `select 'intent ' || o.id || ' of merchant ' || o.merchant_id as subject
      from payment_intents o join invoices i on i.merchant_id = o.merchant_id and i.id = o.invoice_id where o.status in ('open', 'submitted') and ${missing('intent', 'i')}`,
  },
];

export const DIRECTORY_CHECKS: readonly RowCheck[] = [...LEADS, ...DEADLINES];
