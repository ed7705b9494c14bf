import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import type { Keyset } from '../database/keyset';
import {
  type EventCursor,
  type EventHistory,
  type EventPosition,
  formatEventCursor,
  readEventCursor,
} from './event-cursor';
import { EventPositionsService } from './event-positions.service';
import { type EventFilter, type EventOwner, EventReadsRepository, type NumberedEvent } from './event-reads.repository';
import { eventRowId, type PlacedEvent } from './placed-event';
import type { EventResumption } from './events.service';

export interface EventListing {
  readonly events: readonly PlacedEvent[];
  /** The position of a reader that has seen these. */
  readonly cursor: string;
  /** Where and why the reading goes on earlier than asked. */
  readonly resumed: EventResumption | null;
}

/** `after`: any of ids of events and cursors; the latest counts. */
export interface EventQuery extends EventFilter {
  readonly after?: readonly string[];
}

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';
const HIGHEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Events as their owner's programs catch up on them. */
@Injectable()
export class EventReadsService {
  constructor(
    private readonly repository: EventReadsRepository,
    private readonly positions: EventPositionsService,
  ) {}

  /** By the id in webhooks. Throws `resource_not_found`, also for an event without a number yet. */
  async get(owner: EventOwner, id: string): Promise<PlacedEvent> {
    const rowId = eventRowId(id);
    const found = rowId === undefined ? null : await this.repository.find(owner, rowId);
    if (found === null) throw new DomainError('resource_not_found');
    return placed(found, await this.positions.history(owner.merchantId));
  }

  async listByIds(owner: EventOwner, ids: readonly string[]): Promise<PlacedEvent[]> {
    const rows = await this.repository.listByIds(
      owner,
      ids.flatMap((id) => eventRowId(id) ?? []),
    );
    const history = await this.positions.history(owner.merchantId);
    return rows.map((row) => placed(row, history));
  }

  /** Every event before the last one returned has been returned: a reader that goes on from there misses none. */
  async list(owner: EventOwner, { after, ...filter }: EventQuery, page: Keyset): Promise<EventListing> {
    const history = await this.positions.history(owner.merchantId);
    const start = await this.latest(owner.merchantId, after, history);
    const from = page.from === null ? null : await this.pageStart(owner.merchantId, page.from, history);
    const backwards = page.order[0]?.descending === true;
    const rows = await this.repository.list(owner, filter, start.seq, {
      ...page,
      from: from && beyond(from, backwards),
    });
    const [first, last] = [rows.at(0)?.seq, rows.at(-1)?.seq];
    const seen = (backwards ? first : last) ?? from?.seq ?? start.seq;
    const moved = from?.resumed == null ? start : from;
    return {
      events: rows.map((row) => placed(row, history)),
      cursor: formatEventCursor(seen, history),
      resumed: moved.resumed === null ? null : { from: formatEventCursor(moved.seq, history), reason: moved.resumed },
    };
  }

  private async latest(
    merchantId: string,
    after: readonly string[] | undefined,
    history: EventHistory,
  ): Promise<EventPosition> {
    const found = await Promise.all(
      (after ?? []).map((text) => this.positions.resolve(merchantId, afterOf(text), history)),
    );
    return found.reduce(
      (best, each) => (best.resumed !== null || (each.resumed === null && each.seq > best.seq) ? each : best),
      found[0] ?? { seq: 0n, resumed: null },
    );
  }

  /** Page cursors hold the position and the id of an event; before there were numbers, the position was a transaction. */
  private pageStart(
    merchantId: string,
    [position = '', id = '']: readonly string[],
    history: EventHistory,
  ): Promise<EventPosition> {
    return this.positions.resolve(
      merchantId,
      readEventCursor(position) ?? { kind: 'event', id: eventRowId(id) ?? id },
      history,
    );
  }
}

function afterOf(text: string): EventCursor | null {
  const id = eventRowId(text);
  return id === undefined ? (readEventCursor(text) ?? null) : { kind: 'event', id };
}

/** Strictly beyond the number. Where another event has that number than the reader saw, it is included once more. */
function beyond({ seq, resumed }: EventPosition, backwards: boolean): readonly string[] {
  return [seq.toString(), backwards && resumed === null ? LOWEST_ID : HIGHEST_ID];
}

function placed({ seq, ...event }: NumberedEvent, history: EventHistory): PlacedEvent {
  return { ...event, position: formatEventCursor(seq, history) };
}
