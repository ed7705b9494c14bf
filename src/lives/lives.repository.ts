import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import { openLifeSql } from './open-life';

/** Why a life began. */
export type LifeCause = 'first_start' | 'server' | 'traces' | 'operator';

export interface LifeRow {
  readonly id: string;
  readonly ordinal: bigint;
  readonly beganAt: Date;
  readonly cause: LifeCause;
  readonly headStart: bigint;
  readonly recoveredAt: Date | null;
}

const COLUMNS = `l.id, l.ordinal, l.began_at as "beganAt", l.cause, l.head_start as "headStart", l.recovered_at as "recoveredAt"`;
const NEWEST = '(select max(ordinal) from lives)';
const FINGERPRINT = ['system_identifier', 'timeline', 'database_oid', 'table_oid'];
const fingerprintOf = (alias: string): string => `(${FINGERPRINT.map((column) => `${alias}.${column}`).join(', ')})`;

@Injectable()
export class LivesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** The present life, when it is known to go on on this server. */
  async findHere(): Promise<LifeRow | null> {
    const [row] = await this.transactions.rows<LifeRow>(
      `select ${COLUMNS} from lives l where l.ordinal = current_life()`,
    );
    return row ?? null;
  }

  /** True when references of a network may be given out. */
  async isOpen(network: Network): Promise<boolean> {
    return (await this.transactions.rows(`select 1 from (${openLifeSql('$1')}) as open`, [network])).length === 1;
  }

  /** Oldest first. */
  list(): Promise<LifeRow[]> {
    return this.transactions.rows(`select ${COLUMNS} from lives l order by l.ordinal`);
  }

  /** Compares the newest life's server with this one, and notes that it was compared; false when they differ or there is no life. */
  async verify(): Promise<boolean> {
    const held = await this.transactions.affected(
      `update lives l set verified_on = pg_postmaster_start_time() from server_fingerprint() f
       where l.ordinal = ${NEWEST} and ${fingerprintOf('l')} is not distinct from ${fingerprintOf('f')}`,
    );
    return held === 1;
  }

  /** Ends the recovery of a life once each of the networks was read, since it began, up to what had closed. */
  async recover(id: string, networks: readonly Network[], at: Date): Promise<boolean> {
    const ended = await this.transactions.affected(
      `update lives set recovered_at = $3 where id = $1 and recovered_at is null
         and not exists (select from unnest($2::text[]) as n (network) where not exists (select from ledger_cursors c where c.network = n.network and c.caught_up_life = $1))`,
      [id, networks, at],
    );
    return ended === 1;
  }

  /**
   * Begins a life on this server, with cause `server` only where the newest one is not of this server. Of several that
   * begin one at once, one does. Null when nothing began: another process was quicker, or the server takes no writes.
   */
  async begin(id: string, cause: LifeCause, jump: bigint, at: Date): Promise<LifeRow | null> {
    const [row] = await this.transactions.rows<LifeRow>(
      `insert into lives as l (id, ordinal, began_at, cause, head_start, ${FINGERPRINT.join(', ')}, verified_on, recovered_at)
       select $1::uuid, coalesce(n.ordinal, 0) + 1, $4::timestamptz, case when n.ordinal is null then 'first_start' else $2::text end,
         case when n.ordinal is null then 0 else n.head_start + $3::bigint end, f.system_identifier, f.timeline, f.database_oid, f.table_oid, pg_postmaster_start_time(),
         case when n.ordinal is null and not exists (select from invoice_counters) then $4::timestamptz end
       from server_fingerprint() f left join (select * from lives where ordinal = ${NEWEST}) n on true
       where not pg_is_in_recovery() and (n.ordinal is null or $2::text <> 'server' or ${fingerprintOf('n')} is distinct from ${fingerprintOf('f')})
       on conflict (ordinal) do nothing
       returning ${COLUMNS}`,
      [id, cause, jump, at],
    );
    return row ?? null;
  }
}
