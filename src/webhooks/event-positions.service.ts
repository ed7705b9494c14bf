import { Injectable } from '@nestjs/common';
import { LivesService } from '../lives/lives.service';
import { type EventCursor, type EventHistory, type EventPosition, positionOf } from './event-cursor';
import { EventPositionsRepository } from './event-positions.repository';

/** Where readers stand in the present history, whatever history gave them their cursors. */
@Injectable()
export class EventPositionsService {
  constructor(
    private readonly repository: EventPositionsRepository,
    private readonly lives: LivesService,
  ) {}

  async history(merchantId: string): Promise<EventHistory> {
    const history = await this.repository.history(merchantId);
    if (history.lives.length > 0) return history;
    await this.lives.current();
    return this.repository.history(merchantId);
  }

  /** Null is the start. */
  async resolve(merchantId: string, cursor: EventCursor | null, history: EventHistory): Promise<EventPosition> {
    if (cursor === null) return { seq: 0n, resumed: null };
    if (cursor.kind === 'number') return positionOf(cursor, history);
    const seq = await this.repository.numberOf(merchantId, cursor.id);
    return seq === null ? { seq: 0n, resumed: 'event_unknown' } : { seq, resumed: null };
  }
}
