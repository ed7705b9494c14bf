import { auditAppendSql, auditAppendValues, type NewAuditEntry } from '../audit/audit-append';
import type { EventDraft } from '../webhooks/event-types';
import { openLifeSql } from '../lives/open-life';
import { INVOICE_COLUMN_OF, invoiceColumns, isJsonColumn } from './invoice-columns';
import type { Invoice } from './invoice.entity';

/** What the caller decides of a new invoice; number, memo and the ledger at its birth are decided by the statement. */
export type NewInvoice = Omit<
  Invoice,
  'number' | 'memo' | 'openedLedger' | 'providerLedger' | 'received' | 'version' | 'updatedAt' | 'closedAt' | 'deletedAt' | 'paidAt' | 'paidTransaction' | 'paidLedger' | 'payerWallet'
>;

/** A creation that counts against a limit: refused by the same statement when the window is full. */
export interface CreationLimit {
  readonly key: string;
  readonly windowStart: Date;
  readonly limit: number;
}

export interface NewEvent extends Pick<EventDraft, 'type' | 'subjectType' | 'subjectId'> {
  readonly id: string;
  /** Number and memo are added by the statement as `data.number` and `data.memo`. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface InvoiceCreation {
  readonly invoice: NewInvoice;
  readonly limit: CreationLimit;
  readonly events: readonly NewEvent[];
  /** Appended to the number when another merchant holds the plain one on a shared account; else ''. */
  readonly numberSuffix: string;
  /** A single-use payment link born with the invoice, under the same public id. */
  readonly link: { readonly id: string; readonly kind: 'standard'; readonly audit: NewAuditEntry } | null;
}

const GIVEN = [
  'merchantId', 'id', 'publicId', 'status', 'network', 'destination', 'assetCode', 'assetIssuer', 'title', 'description', 'notes', 'reference',
  'clientName', 'clientEmail', 'clientCompany', 'clientAddress', 'lines', 'subtotal', 'taxRate', 'taxes', 'taxAmount', 'discount', 'total', 'scale',
  'toleranceBp', 'lateGraceSeconds', 'activateNewAccounts', 'referenceNumber', 'createdBy', 'createdAt', 'sentAt', 'expiresAt',
] as const satisfies readonly (keyof NewInvoice)[];

const parameter = (property: (typeof GIVEN)[number]): string => `$${GIVEN.indexOf(property) + 1}`;
const next = GIVEN.length + 1;

/**
 * Limit, number, invoice, both payment references, link, events and the link's audit entry in ONE statement: one round trip, and the
 * merchant's counter row is locked for exactly this long. One row comes back: without a life when nothing may be given out
 * now, without a use of the limit when that is reached, else with the invoice.
 */
const CREATE = `
  with open as (${openLifeSql(parameter('network'))}
  ), allowed as (
    insert into rate_limits (key, window_start, used) select $${next}, $${next + 1}::timestamptz, 1 from open
    on conflict (key, window_start) do update set used = rate_limits.used + 1 where rate_limits.used < $${next + 2}
    returning used
  ), counted as (
    -- A merchant who is new to us may have had numbers in a life that was lost.
    insert into invoice_counters (merchant_id, last_number, head_start) select ${parameter('merchantId')}::uuid, open.head_start + 1, open.head_start from open, allowed
    on conflict (merchant_id) do update
      set last_number = invoice_counters.last_number + excluded.head_start - invoice_counters.head_start + 1, head_start = excluded.head_start
    returning last_number
  ), numbered as (
    select 'INV-' || lpad(last_number::text, greatest(4, length(last_number::text)), '0') || $${next + 3} as number from counted
  ), created as (
    insert into invoices (${GIVEN.map((property) => INVOICE_COLUMN_OF[property]).join(', ')}, updated_at, number, memo, provider_ledger)
    select ${GIVEN.map((property, at) => `$${at + 1}${isJsonColumn(property) ? '::jsonb' : ''}`).join(', ')}, ${parameter('createdAt')}, number, number, open.provider_ledger
    from numbered, open
    returning ${invoiceColumns()}
  ), referenced as (
    insert into payment_references (network, account, kind, value, merchant_id, invoice_id)
    select network, destination, kind, value, "merchantId", id
    from created, lateral (values ('id', "referenceNumber"::text), ('text', memo)) as r (kind, value)
  ), linked as (
    insert into payment_links (merchant_id, id, public_id, kind, status, network, invoice_id, created_at, updated_at)
    select "merchantId", $${next + 4}::uuid, "publicId", $${next + 5}, 'active', network, id, "createdAt", "createdAt" from created where $${next + 4}::uuid is not null returning id
  ), ${auditAppendSql(next + 11, 'linked')}, announced as (
    insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at)
    select created."merchantId", e.id, e.type, created.network, e.subject_type, e.subject_id, e.data || jsonb_build_object('number', created.number, 'memo', created.memo), created."createdAt"
    from created, unnest($${next + 6}::uuid[], $${next + 7}::text[], $${next + 8}::text[], $${next + 9}::uuid[], $${next + 10}::jsonb[]) as e (id, type, subject_type, subject_id, data)
  ), queued as (
    insert into event_queue (merchant_id, id, event_ids, subject_ids) select "merchantId", ($${next + 6}::uuid[])[1], $${next + 6}::uuid[], $${next + 9}::uuid[] from created
  )
  select created.*, allowed.used as "limitUsed", open.ordinal as life
  from (values (1)) as always left join open on true left join allowed on true left join created on true`;

/** The statement and its values. Violates `payment_references_pkey` when a reference is taken on that account. */
export function invoiceInsert(creation: InvoiceCreation): { text: string; values: unknown[] } {
  const { invoice, limit, events, link } = creation;
  const values: unknown[] = GIVEN.map((property) => (isJsonColumn(property) ? JSON.stringify(invoice[property]) : invoice[property]));
  values.push(limit.key, limit.windowStart, limit.limit, creation.numberSuffix, link?.id ?? null, link?.kind ?? null);
  values.push(events.map((event) => event.id), events.map((event) => event.type), events.map((event) => event.subjectType));
  values.push(events.map((event) => event.subjectId), events.map((event) => JSON.stringify(event.data)));
  values.push(...auditAppendValues(link?.audit ?? null));
  return { text: CREATE, values };
}
