import { placeholders, statementOf, type WriteFragment } from '../database/write-fragment';
import { remindSql } from '../database/deadline-sql';
import { openLife } from '../lives/open-life';
import { INVOICE_COLUMN_OF, invoiceColumns, isJsonColumn } from './invoice-columns';
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

export interface InvoiceCreation {
  readonly invoice: NewInvoice;
  /** Null where only the rate of requests is limited. */
  readonly limit: CreationLimit | null;
  /** Appended to the number when another merchant holds the plain one on a shared account. */
  readonly numberSuffix: string;
  /** What is written with it: its events, and the link that it is born with. They may read its columns from the table `created`. */
  readonly companions: readonly WriteFragment[];
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

const JSON_GIVEN: ReadonlySet<keyof NewInvoice> = new Set(GIVEN.filter(isJsonColumn));
/** The answers of a payer keep the order of the questions, which `jsonb` does not. */
const CASTS: Readonly<Partial<Record<(typeof GIVEN)[number], string>>> = {
  lines: '::jsonb',
  taxes: '::jsonb',
  payer: '::json',
};
const INSERTED = GIVEN.map((property) => INVOICE_COLUMN_OF[property]).join(', ');
const RETURNED = invoiceColumns();

/** The name of the new invoice's table, and what its events get from it. */
export const CREATED = {
  table: 'created',
  more: `jsonb_build_object('number', created.number, 'memo', created.memo)`,
} as const;

/** What its answer gets from it: the memo is the number too. */
export const CREATED_NUMBER = { table: CREATED.table, column: 'number' } as const;

/** A new invoice as it will be, with a word in the place of its number. */
export function numbered(invoice: NewInvoice, number: string): NewInvoice & Pick<Invoice, 'number' | 'memo'> {
  return { ...invoice, number, memo: number };
}

/**
 * Number, invoice, both payment references and the reminder of its deadline, with everything that comes with them, in ONE
 * statement: one round trip, and the merchant's counter row is locked for exactly this long. One row comes back: without a life when nothing may be given out
 * now, without a use of the limit when that is reached, else with the invoice. Violates `payment_references_pkey` when another
 * statement takes the same reference on that account at the same moment.
 */
export function invoiceInsert({ invoice, limit, numberSuffix, companions }: InvoiceCreation): {
  readonly text: string;
  readonly values: readonly unknown[];
} {
  const fragments = [
    ...(limit === null ? [] : [limitFragment(limit)]),
    invoiceFragment(invoice, limit !== null, numberSuffix),
    ...companions,
  ];
  const [used, join] = limit === null ? ['null::integer', ''] : ['allowed.used', 'left join allowed on true'];
  return statementOf(
    [openLife(invoice.network), ...fragments],
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

function invoiceFragment(invoice: NewInvoice, limited: boolean, numberSuffix: string): WriteFragment {
  const values = [
    ...GIVEN.map((property) => {
      const value = invoice[property];
      return JSON_GIVEN.has(property) && value !== null ? JSON.stringify(value) : value;
    }),
    numberSuffix,
  ];
  return { values, sql: (first) => insertSql(placeholders(first, values.length), limited) };
}

function insertSql(parameters: readonly string[], limited: boolean): string {
  const parameter = (property: (typeof GIVEN)[number]): string => parameters[GIVEN.indexOf(property)] ?? '';
  const suffix = parameters[GIVEN.length];
  return `counted as (
    -- A merchant who is new to us may have had numbers in a life that was lost.
    insert into invoice_counters (merchant_id, last_number, head_start) select ${parameter('merchantId')}::uuid, open.head_start + 1, open.head_start from open${limited ? ', allowed' : ''}
    on conflict (merchant_id) do update
      set last_number = invoice_counters.last_number + excluded.head_start - invoice_counters.head_start + 1, head_start = excluded.head_start
    returning last_number
  ), plain as (
    select 'INV-' || lpad(last_number::text, greatest(4, length(last_number::text)), '0') as number from counted
  ), numbered as (
    select plain.number || case when exists (select from payment_references r where r.network = ${parameter('network')} and r.account = ${parameter('destination')} and r.kind = 'text' and r.value = plain.number)
      then ${suffix} else '' end as number from plain
  ), created as (
    insert into invoices (${INSERTED}, updated_at, number, memo, provider_ledger)
    select ${GIVEN.map((property, at) => `${parameters[at]}${CASTS[property] ?? ''}`).join(', ')}, ${parameter('createdAt')}, number, number, open.provider_ledger
    from numbered, open
    returning ${RETURNED}
  ), referenced as (
    insert into payment_references (network, account, kind, value, merchant_id, invoice_id)
    select network, destination, kind, value, "merchantId", id
    from created, lateral (values ('id', "referenceNumber"::text), ('text', memo)) as r (kind, value)
  ), reminded as (
    ${remindSql('invoice', `(select "merchantId" as merchant_id, id, network, "expiresAt" as expires_at from created where status = 'PENDING')`)}
  )`;
}
