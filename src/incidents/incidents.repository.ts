import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import type { Incident, Observation, Reading } from './service-status';

/** Small tables, each by its key or an index. */
const READ = `
  select coalesce((select extract(epoch from clock_timestamp() - min(written_at)) from event_queue), 0)::float8 as "untoldSeconds",
    (select nullif(min(waiting_since), 'infinity') from webhook_turns) as "dueSince",
    (select coalesce(jsonb_agg(jsonb_build_object('network', c.network, 'through', c.ingested_through)), '[]') from ledger_cursors c where c.network = any($1)) as ledgers,
    (select coalesce(jsonb_agg(to_jsonb(i) order by i."openedAt" desc), '[]') from (
       select kind, subject, opened_at as "openedAt", closed_at as "closedAt" from incidents
       where closed_at is null or closed_at > $2 order by opened_at desc limit $3) i) as incidents`;

const OBSERVE = `
  with seen as (
    select * from unnest($1::text[], $2::text[], $3::boolean[]) as s (kind, subject, wrong)
  ), opened as (
    insert into incidents (kind, subject, opened_at) select kind, subject, $4 from seen where wrong
    on conflict (kind, subject) where closed_at is null do nothing
  ), closed as (
    update incidents i set closed_at = greatest(i.opened_at, $4) from seen s where i.kind = s.kind and i.subject = s.subject and not s.wrong and i.closed_at is null
  ), away as (
    insert into incidents (kind, subject, opened_at, closed_at) select 'service_away', '', w.seen_at, $4 from incident_watch w where w.seen_at < $4::timestamptz - make_interval(secs => $5)
    on conflict do nothing
  )
  insert into incident_watch (seen_at) values ($4) on conflict (only_row) do update set seen_at = greatest(incident_watch.seen_at, excluded.seen_at)`;

interface Row {
  readonly untoldSeconds: number;
  readonly dueSince: Date | null;
  readonly ledgers: readonly { readonly network: Network; readonly through: string | null }[];
  readonly incidents: readonly (Pick<Incident, 'kind' | 'subject'> & {
    readonly openedAt: string;
    readonly closedAt: string | null;
  })[];
}

@Injectable()
export class IncidentsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** How the service is doing, with the newest incidents since an instant. */
  async read(networks: readonly Network[], since: Date, limit: number): Promise<Reading> {
    const [row] = await this.transactions.rows<Row>(READ, [networks, since, limit]);
    const dateOf = (text: string | null | undefined): Date | null =>
      text === null || text === undefined ? null : new Date(text);
    const through = new Map(row?.ledgers.map((each) => [each.network, each.through]));
    return {
      untoldSeconds: row?.untoldSeconds ?? 0,
      dueSince: row?.dueSince ?? null,
      ledgers: networks.map((network) => ({ network, through: dateOf(through.get(network)) })),
      incidents: (row?.incidents ?? []).map((each) => ({
        ...each,
        openedAt: new Date(each.openedAt),
        closedAt: dateOf(each.closedAt),
      })),
    };
  }

  /** Opens and closes incidents, and writes down that somebody looked; a pause longer than `awaySeconds` is one that is over. */
  async observe(seen: readonly Observation[], at: Date, awaySeconds: number): Promise<void> {
    await this.transactions.affected(OBSERVE, [
      seen.map(({ kind }) => kind),
      seen.map(({ subject }) => subject),
      seen.map(({ wrong }) => wrong),
      at,
      awaySeconds,
    ]);
  }

  deleteClosed(before: Date, limit: number): Promise<number> {
    return this.transactions.affected(
      `delete from incidents where (kind, subject, opened_at) in (
         select kind, subject, opened_at from incidents where closed_at < $1 order by closed_at limit $2 for update skip locked)`,
      [before, limit],
    );
  }
}
