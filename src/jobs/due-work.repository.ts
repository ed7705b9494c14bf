import { Injectable } from '@nestjs/common';
import { LANES } from '../webhooks/delivery-lanes';
import type { DeadlineKind } from '../database/deadline-sql';
import { Transactions } from '../database/transactions';
import type { Due } from '../sandbox/clock/due-work';

/** Those networks whose jobs run here; others may have been enabled once. */
const ENABLED = 'any($3::text[])';
/** Within the span that is asked for; a bound that is null is open. */
const within = (column: string): string =>
  `${column} > coalesce($1::timestamptz, '-infinity') and ${column} <= coalesce($2::timestamptz, 'infinity') and ${column} < 'infinity'`;

const inQueue = (kind: DeadlineKind): string =>
  `select d.due_at as at from deadlines d where d.network = ${ENABLED} and d.kind = '${kind}' and ${within('d.due_at')}`;

/**
 * Everything that time alone brings about, each with what its job asks for before it does it; the earliest of each kind. What a job
 * looks at again and again, and what only changes how something is shown (a quote that lapses), is not among it.
 */
const KINDS: Readonly<Record<string, string>> = {
  'the lapse of a prepared payment': inQueue('intent'),
  'the expiry of an invoice': `${inQueue('invoice')} and not exists (select from quarantined_items q where q.merchant_id = d.merchant_id and q.invoice_id = d.subject_id)`,
  'the expiry of a payment link': inQueue('link'),
  'a period of a subscription': inQueue('subscription'),
  'money that was put aside': `select q.retry_at as at from quarantined_items q where q.network = ${ENABLED} and ${within('q.retry_at')}`,
  'a webhook': `select turn.at from webhook_turns t cross join lateral (values ${LANES.map((lane) => `(t.${lane}_due_at)`).join(', ')}) as turn (at) where ${within('turn.at')}`,
  mail: `select q.due_at as at from mail_queue q where ${within('q.due_at')}`,
  'a webhook under way': `select d.next_attempt_at as at from webhook_deliveries d where d.status = 'pending' and d.leased_until > clock_timestamp() and ${within('d.next_attempt_at')}`,
};

const EARLIEST = `select what, at from (${Object.entries(KINDS)
  .map(([what, sql]) => `(select '${what}' as what, at from (${sql}) each order by at limit 1)`)
  .join(' union all ')}) due order by at limit 1`;

/** The one place that knows the due instants of all jobs. */
@Injectable()
export class DueWorkRepository {
  constructor(private readonly transactions: Transactions) {}

  /** The earliest in a span: after `after`, and not after `until`. */
  async earliest(networks: readonly string[], after: Date | null, until: Date | null): Promise<Due | null> {
    const [row] = await this.transactions.rows<Due>(EARLIEST, [after, until, networks]);
    return row ?? null;
  }

  /** The close time up to which every network has been read; null while one has not. */
  async readThrough(networks: readonly string[]): Promise<Date | null> {
    const [row] = await this.transactions.rows<{ through: Date | null }>(
      `select case when count(c.ingested_through) = cardinality($1::text[]) then min(c.ingested_through) end as through
       from ledger_cursors c where c.network = any($1)`,
      [networks],
    );
    return row?.through ?? null;
  }
}
