import { DIRECTORY_CHECKS } from './directory-checks';
import { SUBSCRIPTION_CHECKS } from './subscription-checks';
import { FEED_CHECKS } from './feed-checks';
import type { RowCheck } from './finding';

const INVOICE = `'invoice ' || i.public_id || ' (' || i.number || ', ' || i.status || ') of merchant ' || i.merchant_id`;
const LINK = `'link ' || l.public_id || ' (' || l.status || ') of merchant ' || l.merchant_id`;
const PAYMENT = `'payment ' || p.id || ' (' || p.network || ' operation ' || p.operation_id || '/' || p.change_index || ')'`;
const OF_INVOICE = 'i.merchant_id = p.merchant_id and i.id = p.invoice_id';
/** What pays an invoice under its tolerance, in stroops: rounded up, never less than one. */
const DUE = 'greatest(div(i.total::numeric * (10000 - i.tolerance_bp) + 9999, 10000), 1)';
/** The ways in which a payment may name the reference r. Bytes are compared as text, which is exact for ASCII. */
const NAMES_REFERENCE = `((r.kind = 'id' and r.value = p.muxed_id::text)
  or (r.kind = 'text' and p.memo_type = 'text' and r.value = encode(p.memo, 'escape'))
  or (r.kind = 'id' and p.memo_type in ('id', 'text') and r.value = encode(p.memo, 'escape')))`;

/** The newest ledger that had closed when the invoice was made, as far as it is known. */
const BIRTH = 'coalesce(i.provider_ledger, i.opened_ledger)';
/** Money that names another period of the same subscription counts for the open one, whose invoice may be younger. */
const ROLLED = `(p.outcome = 'rolled_forward' and i.subscription_id is not null and exists (
  select from payment_references r join invoices o on o.merchant_id = r.merchant_id and o.id = r.invoice_id where r.network = p.network and r.account = p.account and o.merchant_id = i.merchant_id and o.subscription_id = i.subscription_id and o.id <> i.id and ${NAMES_REFERENCE}))`;
/** A human said which invoice the money was meant for. */
const ATTACHED = `exists (select from payment_resolutions s where s.merchant_id = p.merchant_id and s.payment_id = p.id and s.action = 'attach' and s.invoice_id = p.invoice_id and s.undone_at is null)`;

const MONEY: readonly RowCheck[] = [
  {
    invariant: 'I2',
    says: 'the sum received is not the sum of the applied payments',
    sql: `select ${INVOICE} || ': received ' || i.received || ', applied ' || coalesce(a.sum, 0) || ' stroops' as subject
      from invoices i left join (select merchant_id, invoice_id, sum(amount) as sum from payments where disposition = 'applied' group by merchant_id, invoice_id) a
        on a.merchant_id = i.merchant_id and a.invoice_id = i.id
      where i.received <> coalesce(a.sum, 0)`,
  },
  {
    invariant: 'I2',
    says: 'PAID without enough applied payments',
    sql: `select ${INVOICE} as subject from invoices i
      where i.status = 'PAID' and ${DUE} > coalesce((select sum(amount) from payments p where ${OF_INVOICE} and p.disposition = 'applied'), 0)`,
  },
  {
    invariant: 'I2',
    says: 'PAID by a transaction that is not among its applied payments',
    sql: `select ${INVOICE} || ': ' || i.paid_transaction as subject from invoices i
      where i.status = 'PAID' and not exists (select from payments p where ${OF_INVOICE} and p.disposition = 'applied' and p.transaction_hash = i.paid_transaction)`,
  },
  {
    invariant: 'I2',
    says: 'applied although network, destination or asset differ',
    sql: `select ${PAYMENT} || ' on ' || ${INVOICE} as subject from payments p join invoices i on ${OF_INVOICE}
      where p.disposition = 'applied' and (p.network <> i.network or (p.account <> i.destination and not ${ROLLED}) or p.asset_code <> i.asset_code or p.asset_issuer is distinct from i.asset_issuer)`,
  },
  {
    invariant: 'I2',
    says: 'applied although it names no reference of the invoice',
    sql: `select ${PAYMENT} || ' on ' || ${INVOICE} as subject from payments p join invoices i on ${OF_INVOICE}
      where p.disposition = 'applied' and not exists (
        select from payment_references r where r.merchant_id = i.merchant_id and r.invoice_id = i.id and r.network = p.network and r.account = p.account and ${NAMES_REFERENCE})
        and not ${ATTACHED} and not ${ROLLED}`,
  },
  {
    invariant: 'I2',
    says: 'applied although it is older than its invoice',
    sql: `select ${PAYMENT} || ' of ledger ' || p.ledger || ' on ' || ${INVOICE} || ', made after ledger ' || ${BIRTH} as subject from payments p join invoices i on ${OF_INVOICE}
      where p.disposition = 'applied' and p.ledger <= ${BIRTH} and not ${ATTACHED} and not ${ROLLED}`,
  },
  {
    invariant: 'I3',
    says: 'funded in full and still not PAID',
    sql: `select ${INVOICE} as subject from invoices i
      where i.status in ('DRAFT', 'PENDING', 'PROCESSING', 'EXPIRED') and i.deleted_at is null and i.received >= ${DUE}`,
  },
  {
    invariant: 'I3',
    says: 'held in suspense as unmatched although its reference is known',
    sql: `select ${PAYMENT} || ' names ' || ${INVOICE} as subject
      from payments p
        cross join lateral (values ('id', p.muxed_id::text), ('text', case when p.memo_type = 'text' then encode(p.memo, 'escape') end),
          ('id', case when p.memo_type in ('id', 'text') then encode(p.memo, 'escape') end)) as named (kind, value)
        join payment_references r on r.network = p.network and r.account = p.account and r.kind = named.kind and r.value = named.value
        join invoices i on i.merchant_id = r.merchant_id and i.id = r.invoice_id
      where p.disposition = 'suspense' and p.outcome in ('no_reference', 'unknown_reference') and p.ledger > coalesce(${BIRTH}, 0)`,
  },
];

/** Transitions in the events of an invoice, as steps into (+1) and out of (-1) a status. */
const UNBALANCED = `
  with told as (select merchant_id, subject_id, type, data ->> 'previousStatus' as before, data ->> 'status' as after from events where subject_type = 'invoice'),
  steps as (
    select merchant_id, subject_id, after as status, 1 as step from told where type = 'invoice.created' or before is not null
    union all select merchant_id, subject_id, before, -1 from told where before is not null
    union all select merchant_id, id, status, -1 from invoices)
  select distinct merchant_id, subject_id from (select merchant_id, subject_id from steps group by merchant_id, subject_id, status having sum(step) <> 0) as uneven`;
/** A final status was announced and is not the status now: a matter of I10 alone. */
const LEFT_FINAL = `exists (select from events e where e.merchant_id = i.merchant_id and e.subject_type = 'invoice' and e.subject_id = i.id
  and ((e.type = 'invoice.paid' and i.status <> 'PAID') or (e.type = 'invoice.cancelled' and i.status <> 'CANCELLED') or (e.type = 'invoice.expired' and i.status not in ('EXPIRED', 'PAID'))))`;
const told = (type: string, owner: 'i' | 'l' | 'p'): string =>
  `(select count(*) from events e where e.merchant_id = ${owner}.merchant_id and e.subject_id = ${owner}.id and e.type ${type})`;

/** No event was written before an operator attached it by hand; it may have been taken off again. */
const EVER_ATTACHED = `exists (select from payment_resolutions s where s.merchant_id = p.merchant_id and s.payment_id = p.id and s.action = 'attach')`;

/** How often the payment was taken off an invoice that it had been attached to by hand; the rules may have counted it once before. */
const UNDONE = `(select count(*) from payment_resolutions s where s.merchant_id = p.merchant_id and s.payment_id = p.id and s.undone_at is not null)`;

/** A single-use link is completed by the payment it waited for, others when their last slot is paid. */
const COMPLETED = `case l.kind when 'standard' then 'link.paid' else 'link.completed' end`;
/** How often a raised limit has opened a link again after its last slot was paid. A single-use link that is reopened had not ended. */
const RAISED = `case l.kind when 'standard' then 0 else ${told(`= 'link.reopened'`, 'l')} end`;

const EVENTS: readonly RowCheck[] = [
  {
    invariant: 'I6',
    says: 'invoice without exactly one event for its birth or its present state',
    sql: `select ${INVOICE} as subject from invoices i
      where ${told(`= 'invoice.created'`, 'i')} <> 1
        or (i.status = 'PAID' and ${told(`= 'invoice.paid'`, 'i')} <> 1)
        or (i.status = 'EXPIRED' and ${told(`= 'invoice.expired'`, 'i')} <> 1)
        or (i.status = 'CANCELLED' and ${told(`= 'invoice.cancelled'`, 'i')} <> 1)
        or (i.deleted_at is not null and ${told(`= 'invoice.deleted'`, 'i')} <> 1)`,
  },
  {
    invariant: 'I6',
    says: 'the events do not lead from the first status to the present one',
    sql: `select ${INVOICE} as subject from (${UNBALANCED}) as u join invoices i on i.merchant_id = u.merchant_id and i.id = u.subject_id where not ${LEFT_FINAL}`,
  },
  {
    invariant: 'I6',
    says: 'more changes told than made',
    sql: `select ${INVOICE} || ' version ' || i.version as subject from invoices i where ${told(`like 'invoice.%' and e.type <> 'invoice.created'`, 'i')} > i.version - 1`,
  },
  {
    invariant: 'I6',
    says: 'link without exactly one event for its birth or its present state',
    sql: `select ${LINK} as subject from payment_links l
      where ${told(`= 'link.created'`, 'l')} <> 1
        or ${told(`= ${COMPLETED}`, 'l')} < ${RAISED} or (l.status = 'completed' and ${told(`= ${COMPLETED}`, 'l')} <> 1 + ${RAISED})
        or (l.status = 'expired' and ${told(`= 'link.expired'`, 'l')} not between 1 and 1 + ${RAISED})
        or (l.status = 'cancelled' and ${told(`= 'link.cancelled'`, 'l')} <> 1)`,
  },
  {
    invariant: 'I6',
    says: 'link does not follow its invoice',
    sql: `select ${LINK} || ', ' || ${INVOICE} as subject from payment_links l join invoices i on i.merchant_id = l.merchant_id and i.id = l.invoice_id
      where (i.status = 'PAID') <> (l.status = 'completed') or (i.status = 'CANCELLED') <> (l.status = 'cancelled') or (i.status = 'EXPIRED') <> (l.status = 'expired')`,
  },
  {
    invariant: 'I6',
    says: 'payment for an invoice without exactly one event',
    sql: `select ${PAYMENT} as subject from payments p where p.invoice_id is not null and not ${EVER_ATTACHED} and ${told(`in ('payment.received', 'payment.confirmed', 'payment.suspended')`, 'p')} <> 1`,
  },
  {
    invariant: 'I6',
    says: 'money that was taken off an invoice without exactly one event each time',
    sql: `select ${PAYMENT} as subject from payments p where ${told(`= 'payment.released'`, 'p')} not between ${UNDONE} and ${UNDONE} + 1
      or (p.disposition = 'suspense' and p.outcome = 'link_closed' and ${told(`in ('payment.suspended', 'payment.released')`, 'p')} = 0)`,
  },
  {
    invariant: 'I6',
    says: 'decision about held money without its effect or without exactly one event',
    sql: `select 'resolution ' || s.id || ' (' || s.action || ') of merchant ' || s.merchant_id as subject
      from payment_resolutions s left join payments p on p.merchant_id = s.merchant_id and p.id = s.payment_id
      where p.id is null or (s.undone_at is null and ((s.action = 'attach') <> (p.disposition = 'applied') or (s.action = 'attach' and p.invoice_id is distinct from s.invoice_id)))
        or ${told(`= case s.action when 'attach' then 'payment.attached' when 'refund' then 'payment.refunded' else 'payment.dismissed' end`, 'p')}
          <> (select count(*) from payment_resolutions o where o.merchant_id = s.merchant_id and o.payment_id = s.payment_id and o.action = s.action)`,
  },
];

/** Slots of a link by what became of them; the condition is about the choices `c` of the link `l`. */
const choices = (condition: string): string =>
  `(select count(*) from payment_link_choices c where c.merchant_id = l.merchant_id and c.link_id = l.id and ${condition})`;

const LIMITS: readonly RowCheck[] = [
  {
    invariant: 'I9',
    says: 'the counters of a link are not what its invoices say',
    sql: `select ${LINK} || ': ' || l.slots_used || ' used, ' || l.payments_made || ' made, ' || l.payments_over_limit || ' over' as subject from payment_links l
      where (l.kind <> 'standard' and (l.slots_used <> ${choices(`c.slot in ('held', 'paid')`)} or l.payments_made <> ${choices(`c.slot = 'paid'`)}))
        or l.payments_over_limit <> ${choices(`c.slot = 'over'`)}`,
  },
  {
    invariant: 'I9',
    says: 'a slot does not follow its invoice',
    sql: `select ${LINK} || ', ' || ${INVOICE} || ' in slot ' || coalesce(c.slot, 'none') as subject
      from payment_link_choices c join payment_links l on l.merchant_id = c.merchant_id and l.id = c.link_id join invoices i on i.merchant_id = c.merchant_id and i.id = c.invoice_id
      where (l.kind <> 'standard' and c.slot is distinct from case when i.status in ('DRAFT', 'PENDING', 'PROCESSING') then 'held' when i.status <> 'PAID' then 'returned' when c.slot = 'over' then 'over' else 'paid' end)
        or (l.kind = 'standard' and c.slot is not null and (c.slot <> 'over' or i.status <> 'PAID'))`,
  },
  {
    invariant: 'I9',
    says: 'a single-use link that was paid by more than one of its choices',
    sql: `select ${LINK} || ': ' || count(*) || ' choices are PAID' as subject from payment_links l
        join payment_link_choices c on c.merchant_id = l.merchant_id and c.link_id = l.id join invoices i on i.merchant_id = c.merchant_id and i.id = c.invoice_id
      where l.kind = 'standard' and c.slot is null and i.status = 'PAID' group by l.merchant_id, l.public_id, l.status having count(*) > 1`,
  },
  {
    invariant: 'I3',
    says: 'a choice that lost its link is still open, or keeps money that should be held for its payer',
    sql: `select ${LINK} || ', ' || ${INVOICE} as subject from payment_link_choices c
        join payment_links l on l.merchant_id = c.merchant_id and l.id = c.link_id join invoices i on i.merchant_id = c.merchant_id and i.id = c.invoice_id
      where l.kind = 'standard' and l.status = 'completed' and l.invoice_id <> i.id and not c.closing and c.slot is null
        and (i.status in ('DRAFT', 'PENDING', 'PROCESSING') or (i.status = 'EXPIRED' and i.received > 0))`,
  },
  {
    invariant: 'I9',
    says: 'more slots than the limit, or a limit that was met without an end',
    sql: `select ${LINK} || ': ' || l.slots_used || ' of ' || l.max_payments as subject from payment_links l
      where l.slots_used > l.max_payments or (l.kind <> 'standard' and l.status <> 'cancelled' and (l.payments_made >= l.max_payments) <> (l.status = 'completed'))
        or (l.kind <> 'standard' and l.status = 'completed' and l.max_payments is null)`,
  },
  {
    invariant: 'I9',
    says: 'payments of a link without exactly one event each',
    sql: `select ${LINK} as subject from payment_links l
      where (l.kind <> 'standard' and l.payments_made <> ${told(`= 'link.paid'`, 'l')}) or l.payments_over_limit <> ${told(`= 'link.limit_exceeded'`, 'l')}`,
  },
];

const FINAL: readonly RowCheck[] = [
  {
    invariant: 'I10',
    says: 'a final status was announced and is not the status any more',
    sql: `select ${INVOICE} as subject from invoices i where ${LEFT_FINAL}
      union all select ${LINK} from payment_links l where (l.status <> 'completed' and ${told(`= ${COMPLETED}`, 'l')} > ${RAISED})
        or (l.status <> 'cancelled' and ${told(`= 'link.cancelled'`, 'l')} > 0) or (l.status not in ('expired', 'completed') and ${told(`= 'link.expired'`, 'l')} > ${RAISED})`,
  },
  {
    invariant: 'I10',
    says: 'an event tells of a way out of a final status',
    sql: `select 'event ' || e.id || ' (' || e.type || ') from ' || (e.data ->> 'previousStatus') || ' of merchant ' || e.merchant_id as subject
      from events e where e.subject_type = 'invoice' and e.data ->> 'previousStatus' in ('PAID', 'CANCELLED', 'FAILED')`,
  },
  {
    invariant: 'I10',
    says: 'the time of closing contradicts the status',
    sql: `select ${INVOICE} as subject from invoices i where (i.closed_at is null) = (i.status in ('PAID', 'EXPIRED', 'FAILED', 'CANCELLED')) and not ${LEFT_FINAL}`,
  },
  {
    invariant: 'I10',
    says: 'a guard of the database is off',
    sql: `select 'constraint ' || conname || ' of ' || conrelid::regclass || ' is not validated' as subject from pg_constraint where connamespace = current_schema()::regnamespace and not convalidated
      union all select 'trigger ' || tgname || ' of ' || tgrelid::regclass || ' is disabled' from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where c.relnamespace = current_schema()::regnamespace and t.tgenabled = 'D'
      union all select 'privilege ' || privilege || ' on ' || relation || ' is granted' from (values ('audit_entries', 'update'), ('audit_entries', 'delete'), ('audit_entries', 'truncate'), ('audit_heads', 'delete'), ('audit_heads', 'truncate')) as kept (relation, privilege)
        where has_table_privilege(current_user, relation, privilege) and not (select rolsuper from pg_roles where rolname = current_user)
      union all select 'constraint ' || expected || ' is missing' from unnest(array['invoices_paid_is_proven', 'payment_links_limit_check', 'payments_pkey', 'payments_applied_has_invoice', 'payment_references_pkey']) as expected where not exists (select from pg_constraint where conname = expected)`,
  },
];

const CROSSING = (
  table: string,
): string => `select '${table} ' || t.id || ' of merchant ' || t.merchant_id || ' belongs to ' || ${INVOICE} as subject
  from ${table} t join invoices i on i.id = t.invoice_id where i.merchant_id is distinct from t.merchant_id`;

const MERCHANTS: readonly RowCheck[] = [
  { invariant: 'I11', says: 'payment and invoice of two merchants', sql: CROSSING('payments') },
  { invariant: 'I11', says: 'link and invoice of two merchants', sql: CROSSING('payment_links') },
  {
    invariant: 'I11',
    says: 'choice and invoice of two merchants',
    sql: `select ${LINK} || ' and ' || ${INVOICE} as subject from payment_link_choices c join invoices i on i.id = c.invoice_id join payment_links l on l.id = c.link_id where i.merchant_id <> c.merchant_id or l.merchant_id <> c.merchant_id`,
  },
  { invariant: 'I11', says: 'intent and invoice of two merchants', sql: CROSSING('payment_intents') },
  {
    invariant: 'I11',
    says: 'payment of a merchant who does not own the account',
    sql: `select ${PAYMENT} || ' of merchant ' || p.merchant_id || ' on account ' || p.account as subject from payments p
      where p.merchant_id is not null and not exists (select from receiving_accounts a where a.merchant_id = p.merchant_id and a.network = p.network and a.address = p.account)`,
  },
  {
    invariant: 'I11',
    says: 'invoice to an account of nobody or somebody else',
    sql: `select ${INVOICE} || ' to ' || i.destination as subject from invoices i
      where not exists (select from receiving_accounts a where a.merchant_id = i.merchant_id and a.network = i.network and a.address = i.destination)`,
  },
  {
    invariant: 'I11',
    says: 'reference that leads to another merchant, network or account',
    sql: `select 'reference ' || r.kind || ' ' || r.value || ' on ' || r.account || ' leads to ' || ${INVOICE} as subject
      from payment_references r join invoices i on i.id = r.invoice_id where i.merchant_id <> r.merchant_id or i.network <> r.network or i.destination <> r.account`,
  },
  {
    invariant: 'I11',
    says: 'event told to another merchant',
    sql: `select 'event ' || e.id || ' (' || e.type || ') of merchant ' || e.merchant_id as subject from events e
      where (e.subject_type = 'invoice' and exists (select from invoices i where i.id = e.subject_id and i.merchant_id <> e.merchant_id))
        or (e.subject_type = 'link' and exists (select from payment_links l where l.id = e.subject_id and l.merchant_id <> e.merchant_id))
        or (e.subject_type = 'payment' and exists (select from payments p where p.id = e.subject_id and p.merchant_id is distinct from e.merchant_id))`,
  },
];

export const ROW_CHECKS: readonly RowCheck[] = [
  ...MONEY,
  ...EVENTS,
  ...FEED_CHECKS,
  ...LIMITS,
  ...FINAL,
  ...MERCHANTS,
  ...DIRECTORY_CHECKS,
  ...SUBSCRIPTION_CHECKS,
];
