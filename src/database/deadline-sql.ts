// The queue of deadlines, as the statements see it that make and end what has one (`deadlines`, README there).

/** Whose time is over: an open invoice, a link that has no invoice, a prepared payment; or a subscription with which something is to be done. */
export type DeadlineKind = 'invoice' | 'link' | 'intent' | 'subscription';

/**
 * Reminds of the deadlines of `rows`: a table, with its name in the statement, of merchant_id, id, network and expires_at. A reminder
 * that a job is just deleting, because it looked at the subject before this change, comes back when that job is done.
 */
export function remindSql(kind: DeadlineKind, rows: string): string {
  return `insert into deadlines (network, kind, due_at, merchant_id, subject_id)
    select r.network, '${kind}', r.expires_at, r.merchant_id, r.id from ${rows} as r where r.expires_at is not null
    on conflict (network, kind, due_at, merchant_id, subject_id) do update set due_at = excluded.due_at`;
}

/** Deletes the reminders of `rows`, a table of the same columns. Never waits: reminders that a job holds are left. */
export function forgetSql(kind: DeadlineKind, rows: string): string {
  return `delete from deadlines where ctid = any (array(
    select d.ctid from ${rows} as r join deadlines d
      on d.network = r.network and d.kind = '${kind}' and d.due_at = r.expires_at and d.merchant_id = r.merchant_id and d.subject_id = r.id
    for update of d skip locked))`;
}
