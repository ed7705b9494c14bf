import type { WriteFragment } from '../database/write-fragment';

/** Its row, if there is one, in a table called `open`; see `openLifeSql`. */
export function openLife(network: string): WriteFragment {
  return { values: [network], sql: (first) => `open as (${openLifeSql(`$${first}`)})` };
}

/**
 * The present life as `life` (id, ordinal, head_start) and what the network's provider had closed (provider_ledger), for a
 * statement that hands out a reference. No row while that must not be: the server was not compared, or everything up to
 * now has not been read since, so that numbers may be on the ledger already which these data do not know of. A network that was
 * never read to its end cannot hold any. `network` is an expression of the statement.
 */
export function openLifeSql(network: string): string {
  return `
    select life.id, life.ordinal, life.head_start, read.provider_ledger
    from lives life left join ledger_cursors read on read.network = ${network}
    where life.ordinal = current_life() and life.recovered_at is not null
      and (read.caught_up_life is null or (read.caught_up_life = life.id and read.caught_up_on = pg_postmaster_start_time()))`;
}
