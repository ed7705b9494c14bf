import { Injectable } from '@nestjs/common';
import { isRowId } from '../common/ids';
import type { Network } from '../common/network';
import { type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { EventType } from './event-types';
import type { PlacedEvent } from './event.resource';

/** Whose events: one merchant's, on one network or (null) on all. A Principal is one. */
export interface EventOwner {
  readonly merchantId: string;
  readonly network: Network | null;
}

/** Any of each list; row ids. */
export interface EventFilter {
  readonly eventType?: readonly EventType[];
  readonly subjectId?: readonly string[];
  readonly after?: readonly string[];
  readonly createdAt?: { readonly from?: Date; readonly to?: Date };
}

const COLUMNS = `e.id, e.type, e.network, e.subject_type as "subjectType", e.subject_id as "subjectId", e.data, e.created_at as "createdAt", e.transaction_id::text as "transactionId"`;
const OWNED = 'e.merchant_id = $1 and ($2::text is null or e.network = $2)';
/** Below every transaction that is still running: nothing can slip in before what was read. */
const SETTLED = 'e.transaction_id < event_horizon()';
const SORTS = { position: { sql: 'e.transaction_id', type: 'xid8' }, id: { sql: 'e.id', type: 'uuid' } } as const;

@Injectable()
export class EventReadsRepository {
  constructor(private readonly transactions: Transactions) {}

  async find(owner: EventOwner, id: string): Promise<PlacedEvent | null> {
    const [row] = await this.transactions.rows<PlacedEvent>(`select ${COLUMNS} from events e where ${OWNED} and e.id = $3`, [owner.merchantId, owner.network, id]);
    return row ?? null;
  }

  /** The ones of these that the owner has. */
  listByIds(owner: EventOwner, ids: readonly string[]): Promise<PlacedEvent[]> {
    return this.transactions.rows(`select ${COLUMNS} from events e where ${OWNED} and e.id = any($3::uuid[])`, [owner.merchantId, owner.network, ids]);
  }

  /** In the order in which their transactions ended up; positions of unknown `after` events are before everything. */
  list(owner: EventOwner, filter: EventFilter, page: Keyset): Promise<PlacedEvent[]> {
    const { eventType, subjectId, after, createdAt } = filter;
    const values: unknown[] = [owner.merchantId, owner.network, eventType ?? null, subjectId?.filter(isRowId) ?? null, after ?? null, createdAt?.from ?? null, createdAt?.to ?? null];
    return this.transactions.page(
      `select ${COLUMNS} from events e where ${OWNED} and ${SETTLED} and ($3::text[] is null or e.type = any($3)) and ($4::uuid[] is null or e.subject_id = any($4))
         and ($5::uuid[] is null or (e.transaction_id, e.id) > all (select a.transaction_id, a.id from events a where a.merchant_id = $1 and a.id = any($5)))
         and ($6::timestamptz is null or e.created_at >= $6) and ($7::timestamptz is null or e.created_at < $7) ${keysetClause(page, SORTS, values)}`,
      values,
    );
  }
}
