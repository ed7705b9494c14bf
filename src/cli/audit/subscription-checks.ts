import type { RowCheck } from './finding';

const SUBSCRIPTION = `'subscription ' || s.public_id || ' (' || s.status || ') of merchant ' || s.merchant_id`;
const PERIOD = `${SUBSCRIPTION} || ', period ' || p.period_index || ' (' || p.state || ')'`;
const OF_SUBSCRIPTION = 's.merchant_id = p.merchant_id and s.id = p.subscription_id';
const OF_INVOICE = 'i.merchant_id = p.merchant_id and i.id = p.invoice_id';
/** How often something was told of a period. */
const told = (type: string): string =>
  `(select count(*) from events e where e.merchant_id = p.merchant_id and e.subject_id = p.subscription_id and e.type ${type} and (e.data -> 'period' ->> 'index')::integer = p.period_index)`;
/** How often of the subscription itself. */
const toldOf = (type: string): string =>
  `(select count(*) from events e where e.merchant_id = s.merchant_id and e.subject_id = s.id and e.type ${type})`;

/** Subscriptions and what they ask for. The dates of periods are judged beside (`subscription-dates.ts`). */
export const SUBSCRIPTION_CHECKS: readonly RowCheck[] = [
  {
    invariant: 'I14',
    says: 'a period and its invoice contradict each other',
    sql: `select ${PERIOD} || ', invoice ' || i.public_id || ' (' || i.status || ')' as subject
      from subscription_periods p join subscriptions s on ${OF_SUBSCRIPTION} join invoices i on ${OF_INVOICE}
      where (p.state = 'paid') <> (i.status = 'PAID') or (p.state in ('open', 'past_due')) <> (i.status in ('PENDING', 'PROCESSING'))
        or (p.state = 'lapsed' and i.status <> 'EXPIRED') or (p.state = 'cancelled' and i.status not in ('CANCELLED', 'EXPIRED')) or p.state = 'skipped'
        or i.subscription_id is distinct from p.subscription_id or i.period_index is distinct from p.period_index`,
  },
  {
    invariant: 'I14',
    says: 'an invoice of a subscription that pays no period of it',
    sql: `select 'invoice ' || i.public_id || ' (' || i.status || ') of merchant ' || i.merchant_id as subject from invoices i
      where i.subscription_id is not null and not exists (select from subscription_periods p where p.merchant_id = i.merchant_id and p.subscription_id = i.subscription_id and (p.invoice_id = i.id
        or exists (select from payment_link_choices c where c.merchant_id = i.merchant_id and c.invoice_id = i.id and c.link_id = p.link_id)))`,
  },
  {
    invariant: 'I14',
    says: 'a period and the link by which it is paid contradict each other',
    sql: `select ${PERIOD} || ', link ' || l.public_id || ' (' || l.status || ')' as subject
      from subscription_periods p join subscriptions s on ${OF_SUBSCRIPTION} join payment_links l on l.merchant_id = p.merchant_id and l.id = p.link_id
      where s.pay_currency is not null or l.subscription_id is distinct from p.subscription_id or l.period_index is distinct from p.period_index
        or (p.state in ('open', 'past_due') and l.status <> 'active') or (p.state in ('paid', 'skipped')) <> (l.status = 'completed')
        or (p.state = 'paid' and p.invoice_id is distinct from l.invoice_id) or (p.state = 'lapsed' and l.status not in ('active', 'expired')) or (p.state = 'cancelled') <> (l.status = 'cancelled')`,
  },
  {
    invariant: 'I14',
    says: 'a link of a subscription by which no period of it is paid',
    sql: `select 'link ' || l.public_id || ' (' || l.status || ') of merchant ' || l.merchant_id as subject from payment_links l
      where l.subscription_id is not null and not exists (select from subscription_periods p where p.merchant_id = l.merchant_id and p.link_id = l.id)`,
  },
  {
    invariant: 'I14',
    says: 'a later period of a price in fiat without a link, or an asset that was fixed for it',
    sql: `select ${PERIOD} as subject from subscription_periods p join subscriptions s on ${OF_SUBSCRIPTION}
      where s.pay_currency is null and ((p.period_index > 0 and p.link_id is null and p.state not in ('skipped', 'paid')) or s.roll_forward)`,
  },
  {
    invariant: 'I14',
    says: 'the status of a subscription is not what its periods say',
    sql: `select ${SUBSCRIPTION} as subject from subscriptions s
      where (s.status = 'past_due') <> exists (select from subscription_periods p where ${OF_SUBSCRIPTION} and p.state = 'past_due')
        or (s.status = 'lapsed') <> exists (select from subscription_periods p where ${OF_SUBSCRIPTION} and p.state = 'lapsed')
        or (s.status in ('cancelled', 'completed', 'lapsed', 'incomplete_expired') and exists (select from subscription_periods p where ${OF_SUBSCRIPTION} and p.state in ('open', 'past_due')))
        or (s.paid_through is not null and s.paid_through <> (select max(p.ends_at) from subscription_periods p where ${OF_SUBSCRIPTION} and p.state = 'paid'))`,
  },
  {
    invariant: 'I14',
    says: 'a subscription has a gap in its periods, or one too many',
    sql: `select ${SUBSCRIPTION} || ': ' || n.periods || ' periods, next ' || s.next_index as subject from subscriptions s
        join (select merchant_id, subscription_id, count(*) as periods, max(period_index) as last from subscription_periods group by merchant_id, subscription_id) n on n.merchant_id = s.merchant_id and n.subscription_id = s.id
      where n.periods <> n.last + 1 or s.next_index <> n.last + 1 or n.periods > s.billing_cycles`,
  },
  {
    invariant: 'I14',
    says: 'what happened to a period was not told exactly once',
    sql: `select ${PERIOD} as subject from subscription_periods p join subscriptions s on ${OF_SUBSCRIPTION}
      where (p.period_index = 0 and ${told(`= 'subscription.created'`)} <> 1)
        or (p.period_index > 0 and (p.invoice_id is not null or p.link_id is not null) and p.state <> 'skipped' and ${told(`= 'subscription.invoice_opened'`)} + ${told(`= 'subscription.reactivated'`)} not between 1 and 2)
        or (p.state = 'paid' and ${told(`in ('subscription.activated', 'subscription.renewed', 'subscription.reactivated')`)} <> 1)
        or (p.state = 'past_due' and ${told(`= 'subscription.past_due'`)} <> 1) or ${told(`= 'subscription.past_due'`)} > 1
        or (p.state = 'lapsed' and ${told(`= 'subscription.lapsed'`)} <> 1) or ${told(`= 'subscription.lapsed'`)} > 1
        or (p.state = 'skipped' and ${told(`= 'subscription.period_skipped'`)} <> 1)`,
  },
  {
    invariant: 'I14',
    says: 'the end of a subscription was not told exactly once',
    sql: `select ${SUBSCRIPTION} as subject from subscriptions s
      where ${toldOf(`= 'subscription.created'`)} <> 1
        or (s.status = 'cancelled' and ${toldOf(`= 'subscription.cancelled'`)} <> 1) or (s.status = 'completed' and ${toldOf(`= 'subscription.completed'`)} <> 1)
        or (s.status = 'incomplete_expired' and ${toldOf(`= 'subscription.incomplete_expired'`)} <> 1)`,
  },
  {
    invariant: 'I14',
    says: 'a slot of a link does not follow its subscription',
    sql: `select ${PERIOD} || ' in slot ' || coalesce(c.slot, 'none') as subject
      from subscription_periods p join subscriptions s on ${OF_SUBSCRIPTION} left join payment_link_choices c on c.merchant_id = p.merchant_id and c.invoice_id = p.invoice_id
      where p.period_index = 0 and (c.link_id is distinct from s.link_id or (s.status = 'incomplete') <> (c.slot = 'held') or (s.anchor_at is not null) <> (c.slot in ('paid', 'over')))`,
  },
  {
    invariant: 'I14',
    says: 'a reminder of a period that was paid already',
    sql: `select ${PERIOD} || ', ' || r.kind as subject from subscription_reminders r
        join subscription_periods p on p.merchant_id = r.merchant_id and p.subscription_id = r.subscription_id and p.period_index = r.period_index join subscriptions s on ${OF_SUBSCRIPTION} left join invoices i on ${OF_INVOICE}
      where (r.outcome = 'sent' and i.closed_at < r.sent_at) or (r.sent_at is null and p.state not in ('open', 'past_due'))`,
  },
  {
    invariant: 'I14',
    says: 'money for a paid period is held although the next one waits for it',
    sql: `select 'payment ' || m.id || ' of ' || ${SUBSCRIPTION} as subject
      from payments m join invoices o on o.merchant_id = m.merchant_id and o.id = m.invoice_id join subscriptions s on s.merchant_id = o.merchant_id and s.id = o.subscription_id and s.roll_forward
        join invoices i on i.merchant_id = o.merchant_id and i.subscription_id = s.id and i.status in ('PENDING', 'PROCESSING') and (i.expires_at is null or m.closed_at <= i.expires_at)
      where m.disposition = 'suspense' and m.outcome = 'period_paid' and not exists (select from payment_resolutions r where r.merchant_id = m.merchant_id and r.payment_id = m.id and r.undone_at is null)`,
  },
  {
    invariant: 'I14',
    says: 'money of a period that takes none any more is not held',
    sql: `select 'invoice ' || i.public_id || ' (' || i.status || ') of ' || ${SUBSCRIPTION} as subject
      from invoices i join subscriptions s on s.merchant_id = i.merchant_id and s.id = i.subscription_id
      where i.received > 0 and (i.status = 'CANCELLED' or (i.status = 'EXPIRED' and s.due_at is null))
        -- What a person has attached since is decided about.
        and not exists (select from payment_resolutions r where r.merchant_id = i.merchant_id and r.invoice_id = i.id and r.action = 'attach' and r.undone_at is null)`,
  },
  {
    invariant: 'I13',
    says: 'subscription whose next instant is not in the queue',
    sql: `select ${SUBSCRIPTION} as subject from subscriptions s
      where (s.due_at is null and s.status = 'active') or (s.due_at is not null and s.status not in ('active', 'past_due', 'lapsed', 'incomplete_expired'))
        or (s.due_at is not null and not exists (select from deadlines d where d.network = s.network and d.kind = 'subscription' and d.due_at = s.due_at and d.merchant_id = s.merchant_id and d.subject_id = s.id))`,
  },
];
