import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import type { EventHistory } from './event-cursor';

const HISTORY = `
  select l.id, e.first_seq as "firstSeq", coalesce(h.last_seq, 0) as "lastSeq"
  from lives l left join event_lives e on e.merchant_id = $1 and e.life_ordinal = l.ordinal left join event_heads h on h.merchant_id = $1
  order by l.ordinal`;

@Injectable()
export class EventPositionsRepository {
  constructor(private readonly transactions: Transactions) {}

  async history(merchantId: string): Promise<EventHistory> {
    const rows = await this.transactions.rows<{ id: string; firstSeq: bigint | null; lastSeq: bigint }>(HISTORY, [
      merchantId,
    ]);
    return { lives: rows.map(({ id, firstSeq }) => ({ id, firstSeq })), lastSeq: rows[0]?.lastSeq ?? 0n };
  }

  /** Null for what has no number, or is not there. */
  async numberOf(merchantId: string, eventId: string): Promise<bigint | null> {
    const [row] = await this.transactions.rows<{ seq: bigint }>(
      'select seq from event_numbers where merchant_id = $1 and event_id = $2',
      [merchantId, eventId],
    );
    return row?.seq ?? null;
  }
}
