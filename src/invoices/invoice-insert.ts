import { placeholders, statementOf, type WriteFragment } from '../database/write-fragment';
import { remindSql } from '../database/deadline-sql';
import { openLife } from '../lives/open-life';
import { INVOICE_COLUMN_OF, invoiceColumns } from './invoice-columns';
import type { Invoice } from './invoice';

/** What the caller decides of a new invoice; number, memo and the ledger at its birth are decided by the statement. */
export type NewInvoice = Omit<
  Invoice,
  | 'number'
  | 'memo'
  | 'openedLedger'
  | 'providerLedger'
  | 'received'
  | 'version'
  | 'updatedAt'
  | 'closedAt'
  | 'deletedAt'
  | 'paidAt'
  | 'paidTransaction'
  | 'paidLedger'
  | 'payerWallet'
>;

/** A creation that counts against a limit: refused by the same statement when the window is full. */
export interface CreationLimit {
  readonly key: string;
  readonly windowStart: Date;
  readonly limit: number;
}

/** Invoices of one merchant on one network. */
export interface InvoiceCreation {
  readonly invoices: readonly NumberedInvoice[];
  /** Null where only the rate of requests is limited. */
  readonly limit: CreationLimit | null;
  /** What is written with them: their events, and the link that one is born with. They may read its columns from the table `created`. */
  readonly companions: readonly WriteFragment[];
}

export interface NumberedInvoice {
  readonly invoice: NewInvoice;
  /** Appended to the number when another merchant holds the plain one on a shared account. */
  readonly numberSuffix: string;
}

const GIVEN = [
  'merchantId',
  'id',
  'publicId',
  'status',
  'network',
  'destination',
  'assetCode',
  'assetIssuer',
  'title',
  'description',
  'notes',
  'reference',
  'clientName',
  'clientEmail',
  'clientCompany',
  'clientAddress',
  'payer',
  'lines',
  'subtotal',
  'taxRate',
  'taxes',
  'taxAmount',
  'discount',
  'total',
  'scale',
  'toleranceBp',
  'lateGraceSeconds',
  'activateNewAccounts',
  'referenceNumber',
  'subscriptionId',
  'periodIndex',
  'createdBy',
  'createdAt',
  'sentAt',
  'expiresAt',
] as const satisfies readonly (keyof NewInvoice)[];

/** As the one document of the statement holds them. The answers of a payer keep the order of the questions, which `jsonb` does not. */
const TYPE_OF: Readonly<Record<(typeof GIVEN)[number], string>> = {
  merchantId: 'uuid',
  id: 'uuid',
  publicId: 'text',
  status: 'text',
  network: 'text',
  destination: 'text',
  assetCode: 'text',
  assetIssuer: 'text',
  title: 'text',
  description: 'text',
  notes: 'text',
  reference: 'text',
  clientName: 'text',
  clientEmail: 'text',
  clientCompany: 'text',
  clientAddress: 'text',
  payer: 'json',
  lines: 'jsonb',
  subtotal: 'bigint',
  taxRate: 'integer',
  taxes: 'jsonb',
  taxAmount: 'bigint',
  discount: 'bigint',
  total: 'bigint',
  scale: 'integer',
  toleranceBp: 'integer',
  lateGraceSeconds: 'integer',
  activateNewAccounts: 'boolean',
  referenceNumber: 'bigint',
  subscriptionId: 'uuid',
  periodIndex: 'integer',
  createdBy: 'text',
  createdAt: 'timestamptz',
  sentAt: 'timestamptz',
  expiresAt: 'timestamptz',
};
const INSERTED = GIVEN.map((property) => INVOICE_COLUMN_OF[property]).join(', ');
const RETURNED = invoiceColumns();

/** The name of the new invoices' table, and what the events of one get from it. */
export const CREATED = {
  table: 'created',
  more: `jsonb_build_object('number', created.number, 'memo', created.memo)`,
} as const;

/** The same for the events of several, each about its own. */
export const CREATED_EACH = { ...CREATED, subject: 'id' } as const;

/** What its answer gets from it: the memo is the number too. */
export const CREATED_NUMBER = { table: CREATED.table, column: 'number' } as const;

/** A new invoice as it will be, with a word in the place of its number. */
export function numbered(invoice: NewInvoice, number: string): NewInvoice & Pick<Invoice, 'number' | 'memo'> {
  return { ...invoice, number, memo: number };
}

/**
 * Numbers, invoices, their payment references and the reminders of their deadlines, with everything that comes with them, in ONE
 * statement: one round trip, and the merchant's counter row is locked for exactly this long, unless a transaction is open. A row comes back for each: without a life
 * when nothing may be given out now, without a use of the limit when that is reached, else with the invoice. Violates `payment_references_pkey` when another
 * statement takes the same reference on that account at the same moment.
 */
export function invoiceInsert({ invoices, limit, companions }: InvoiceCreation): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  const [first] = invoices;
  if (first === undefined) throw new Error('no invoice is to be made');
  const { merchantId, network } = first.invoice;
  if (invoices.some(({ invoice }) => invoice.merchantId !== merchantId || invoice.network !== network))
    throw new Error('invoices of several merchants or networks are made one after the other');
  const fragments = [
    ...(limit === null ? [] : [limitFragment(limit)]),
    invoiceFragment(merchantId, invoices, limit !== null),
    ...companions,
  ];
  const [used, join] = limit === null ? ['null::integer', ''] : ['allowed.used', 'left join allowed on true'];
  return statementOf(
    [openLife(network), ...fragments],
    `select created.*, ${used} as "limitUsed", open.ordinal as life from (values (1)) as always left join open on true ${join} left join created on true`,
  );
}

function limitFragment({ key, windowStart, limit }: CreationLimit): WriteFragment {
  return {
    values: [key, windowStart, limit],
    sql: (first) => `allowed as (
      insert into rate_limits (key, window_start, used) select $${first}, $${first + 1}::timestamptz, 1 from open
      on conflict (key, window_start) do update set used = rate_limits.used + 1 where rate_limits.used < $${first + 2}
      returning used
    )`,
  };
}

function invoiceFragment(merchantId: string, invoices: readonly NumberedInvoice[], limited: boolean): WriteFragment {
  const rows = invoices.map(({ invoice, numberSuffix }, at) => ({
    place: at + 1,
    suffix: numberSuffix,
    ...Object.fromEntries(GIVEN.map((property) => [INVOICE_COLUMN_OF[property], plain(invoice[property])])),
  }));
  const values = [merchantId, invoices.length, JSON.stringify(rows)];
  return { values, sql: (first) => insertSql(placeholders(first, values.length), limited) };
}

/** A document has no numbers of 64 bits. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

/** Rows that others could take, too, are written in one order. */
function insertSql([merchant, count, rows]: readonly string[], limited: boolean): string {
  return `given as materialized (
    select * from json_to_recordset(${rows}::json) as g (place integer, suffix text, ${GIVEN.map((property) => `${INVOICE_COLUMN_OF[property]} ${TYPE_OF[property]}`).join(', ')})
  ), counted as (
    -- A merchant who is new to us may have had numbers in a life that was lost.
    insert into invoice_counters (merchant_id, last_number, head_start) select ${merchant}::uuid, open.head_start + ${count}::integer, open.head_start from open${limited ? ', allowed' : ''}
    on conflict (merchant_id) do update
      set last_number = invoice_counters.last_number + excluded.head_start - invoice_counters.head_start + ${count}::integer, head_start = excluded.head_start
    returning last_number
  ), plain as (
    select given.place, 'INV-' || lpad(at.number::text, greatest(4, length(at.number::text)), '0') as number
    from counted cross join given cross join lateral (select counted.last_number - ${count}::integer + given.place as number) as at
  ), numbered as (
    select plain.place, plain.number || case when exists (select from payment_references r where r.network = given.network and r.account = given.destination and r.kind = 'text' and r.value = plain.number)
      then given.suffix else '' end as number from plain join given using (place)
  ), created as (
    insert into invoices (${INSERTED}, updated_at, number, memo, provider_ledger)
    select ${GIVEN.map((property) => (property === 'merchantId' ? `${merchant}::uuid` : `given.${INVOICE_COLUMN_OF[property]}`)).join(', ')}, given.created_at, number, number, open.provider_ledger
    from given join numbered using (place) cross join open order by place
    returning ${RETURNED}
  ), referenced as (
    insert into payment_references (network, account, kind, value, merchant_id, invoice_id)
    select network, destination, kind, value, "merchantId", id
    from created, lateral (values ('id', "referenceNumber"::text), ('text', memo)) as r (kind, value)
    order by kind, length(value), value
  ), reminded as (
    ${remindSql('invoice', `(select "merchantId" as merchant_id, id, network, "expiresAt" as expires_at from created where status = 'PENDING')`)}
  )`;
}
