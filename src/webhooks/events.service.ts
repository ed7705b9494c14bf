import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import { partsOf } from './event-append';
import { formatEventCursor, parseEventCursor, type Resumption } from './event-cursor';
import { EventNumberingService } from './event-numbering.service';
import { EventPositionsService } from './event-positions.service';
import type { EventDraft, RecordedEvent } from './event-types';
import { EventsRepository } from './events.repository';

/** Reading went on at an earlier place than the cursor named: the database was restored, or a copy of it promoted. */
export interface EventResumption {
  /** The cursor of that place. */
  readonly from: string;
  readonly reason: Resumption;
}

/** Told of events in the transaction that records them. */
export type EventListener = (drafts: readonly EventDraft[]) => Promise<void>;

export interface EventPage {
  readonly events: readonly RecordedEvent[];
  /** Pass back as `after` to go on; equal to the one given when nothing is new. */
  readonly cursor: string;
  readonly hasMore: boolean;
  readonly resumed: EventResumption | null;
}

/** The outbox: the only way to announce anything. */
@Injectable()
export class EventsService {
  private readonly listeners: EventListener[] = [];

  constructor(
    private readonly repository: EventsRepository,
    private readonly numbering: EventNumberingService,
    private readonly positions: EventPositionsService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  onRecord(listener: EventListener): void {
    this.listeners.push(listener);
  }

  /**
   * Writes the events in the caller's transaction, at its end: they exist exactly when the change does. What is on record already
   * under its id stays as it is. Their ids, in order.
   */
  async record(drafts: readonly EventDraft[]): Promise<readonly string[]> {
    if (drafts.length === 0) return [];
    const createdAt = this.clock.now();
    const rows = drafts.map((draft) => {
      const ready = partsOf(draft);
      return { ...draft, ready, id: ready.id ?? this.ids.row(), createdAt };
    });
    await this.repository.insert(rows);
    this.written(drafts.map(({ merchantId }) => merchantId));
    for (const listen of this.listeners) await listen(drafts);
    return rows.map(({ id }) => id);
  }

  /** For a caller that has written events and their row in the queue by a statement of its own. */
  written(merchantIds: readonly string[]): void {
    this.numbering.afterCommit(new Set(merchantIds));
  }

  /**
   * A merchant's events after a cursor, oldest first; each is returned exactly once to a reader that passes the cursor
   * on, and again only after a restore has taken back what the reader had seen.
   */
  async list(merchantId: string, after: string | undefined, limit: number): Promise<EventPage> {
    const cursor = parseEventCursor(after);
    const history = await this.positions.history(merchantId);
    const { seq, resumed } = await this.positions.resolve(merchantId, cursor, history);
    const rows = await this.repository.listAfter(merchantId, seq, limit + 1);
    const events = rows.slice(0, limit);
    return {
      events,
      cursor: formatEventCursor(events.at(-1)?.seq ?? seq, history),
      hasMore: rows.length > limit,
      resumed: resumed === null ? null : { from: formatEventCursor(seq, history), reason: resumed },
    };
  }

  /**
   * Whole seconds, of all merchants: how long the oldest event has waited for its number or to be handed on, and how long the most
   * overdue delivery has been due. Zero where nothing waits.
   */
  async backlog(): Promise<{ untoldSeconds: number; overdueSeconds: number }> {
    const { untoldSeconds, dueSince } = await this.repository.backlog();
    const overdueMs = dueSince === null ? 0 : this.clock.now().getTime() - dueSince.getTime();
    return {
      untoldSeconds: Math.max(0, Math.round(untoldSeconds)),
      overdueSeconds: Math.max(0, Math.round(overdueMs / 1000)),
    };
  }
}
