import { Injectable } from '@nestjs/common';
import { isRowId } from '../common/ids';
import type { Network } from '../common/network';
import { type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { EventType } from './event-types';
import type { PlacedEvent } from './placed-event';

/** Whose events: one merchant's, on one network or (null) on all. A Principal is one. */
export interface EventOwner {
  readonly merchantId: string;
  readonly network: Network | null;
}

/** Any of each list; row ids. */
export interface EventFilter {
  readonly eventType?: readonly EventType[];
  readonly subjectId?: readonly string[];
  readonly createdAt?: { readonly from?: Date; readonly to?: Date };
}

/** An event and its number. */
export type NumberedEvent = Omit<PlacedEvent, 'position'> & { readonly seq: bigint };

const COLUMNS = `e.id, e.type, e.network, e.subject_type as "subjectType", e.subject_id as "subjectId", e.data, e.created_at as "createdAt", n.seq`;
/** What has no number is not there yet. */
const FROM = 'event_numbers n join events e on e.merchant_id = n.merchant_id and e.id = n.event_id';
const OWNED = 'n.merchant_id = $1 and ($2::text is null or e.network = $2)';
const SORTS = { position: { sql: 'n.seq', type: 'bigint' }, id: { sql: 'e.id', type: 'uuid' } } as const;

@Injectable()
export class EventReadsRepository {
  constructor(private readonly transactions: Transactions) {}

  async find(owner: EventOwner, id: string): Promise<NumberedEvent | null> {
    const [row] = await this.listByIds(owner, [id]);
    return row ?? null;
  }

  /** The ones of these that the owner has. */
  listByIds(owner: EventOwner, ids: readonly string[]): Promise<NumberedEvent[]> {
    return this.transactions.rows(`select ${COLUMNS} from ${FROM} where ${OWNED} and n.event_id = any($3::uuid[])`, [
      owner.merchantId,
      owner.network,
      ids,
    ]);
  }

  /** In the order of their numbers, those after `after` only. */
  list(owner: EventOwner, filter: EventFilter, after: bigint, page: Keyset): Promise<NumberedEvent[]> {
    const { eventType, subjectId, createdAt } = filter;
    const values: unknown[] = [
      owner.merchantId,
      owner.network,
      eventType ?? null,
      subjectId?.filter(isRowId) ?? null,
      after,
      createdAt?.from ?? null,
      createdAt?.to ?? null,
    ];
    return this.transactions.page(
      `select ${COLUMNS} from ${FROM} where ${OWNED} and n.seq > $5 and ($3::text[] is null or e.type = any($3)) and ($4::uuid[] is null or n.subject_id = any($4))
         and ($6::timestamptz is null or e.created_at >= $6) and ($7::timestamptz is null or e.created_at < $7) ${keysetClause(page, SORTS, values)}`,
      values,
    );
  }
}
