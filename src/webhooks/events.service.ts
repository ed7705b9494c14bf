import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids, uuidOfName } from '../common/ids';
import { formatEventCursor, parseEventCursor } from './event-cursor';
import type { EventDraft, RecordedEvent } from './event-types';
import { EventsRepository } from './events.repository';

export interface EventPage {
  readonly events: readonly RecordedEvent[];
  /** Pass back as `after` to go on; equal to the one given when nothing is new. */
  readonly cursor: string;
  readonly hasMore: boolean;
}

/** The outbox: the only way to announce anything. */
@Injectable()
export class EventsService {
  constructor(
    private readonly repository: EventsRepository,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes the events in the caller's transaction: they exist exactly when the change does. What is on record already
   * under its id stays as it is. Their ids, in order.
   */
  async record(drafts: readonly EventDraft[]): Promise<readonly string[]> {
    const ids = drafts.map((draft) => idOfFact(draft) ?? this.ids.row());
    if (drafts.length > 0) await this.repository.insert(drafts, ids, this.clock.now());
    return ids;
  }

  /** A merchant's events after a cursor, oldest first; each is returned exactly once to a reader that passes the cursor on. */
  async list(merchantId: string, after: string | undefined, limit: number): Promise<EventPage> {
    const position = parseEventCursor(after);
    const rows = await this.repository.listAfter(merchantId, position, limit + 1);
    const events = rows.slice(0, limit);
    return { events, cursor: formatEventCursor(events.at(-1) ?? position), hasMore: rows.length > limit };
  }

  /**
   * Whole seconds, of all merchants: how long the oldest event has waited to be handed on, and how long the most
   * overdue delivery has been due. Zero where nothing waits.
   */
  async backlog(): Promise<{ untoldSeconds: number; overdueSeconds: number }> {
    const { untoldSince, dueSince } = await this.repository.backlog();
    const now = this.clock.now().getTime();
    const since = (instant: Date | null): number => (instant === null ? 0 : Math.max(0, Math.round((now - instant.getTime()) / 1000)));
    return { untoldSeconds: since(untoldSince), overdueSeconds: since(dueSince) };
  }
}

/** Undefined for what the ledger did not cause. */
function idOfFact({ cause, type, subjectType, subjectId }: EventDraft): string | undefined {
  return cause === undefined ? undefined : uuidOfName(`event ${cause} ${type} ${subjectType} ${subjectId}`);
}
