import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import type { EventDraft, RecordedEvent } from './event-types';
import { type EventPosition, EventsRepository } from './events.repository';

export interface EventPage {
  readonly events: readonly RecordedEvent[];
  /** Pass back as `after` to go on; equal to the one given when nothing is new. */
  readonly cursor: string;
  readonly hasMore: boolean;
}

const START: EventPosition = { transactionId: '0', id: '00000000-0000-0000-0000-000000000000' };

/** The outbox: the only way to announce anything. */
@Injectable()
export class EventsService {
  constructor(
    private readonly repository: EventsRepository,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Writes the events in the caller's transaction: they exist exactly when the change does. */
  async record(drafts: readonly EventDraft[]): Promise<void> {
    if (drafts.length === 0) return;
    await this.repository.insert(drafts, drafts.map(() => this.ids.row()), this.clock.now());
  }

  /** A merchant's events after a cursor, oldest first; each is returned exactly once to a reader that passes the cursor on. */
  async list(merchantId: string, after: string | undefined, limit: number): Promise<EventPage> {
    const position = after === undefined ? START : parseCursor(after);
    const rows = await this.repository.listAfter(merchantId, position, limit + 1);
    const events = rows.slice(0, limit);
    const last = events.at(-1);
    return { events, cursor: last === undefined ? (after ?? formatCursor(START)) : formatCursor(last), hasMore: rows.length > limit };
  }
}

function formatCursor(position: EventPosition): string {
  return `${position.transactionId}_${position.id}`;
}

function parseCursor(text: string): EventPosition {
  const [transactionId = '', id = '', ...rest] = text.slice(0, 80).split('_');
  const valid = rest.length === 0 && /^\d{1,19}$/.test(transactionId) && (isRowId(id) || id === START.id);
  if (!valid) throw new DomainError('validation_failed', { faults: [{ path: 'after', message: 'must be a cursor returned by this list' }] });
  return { transactionId, id };
}
