import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import type { Keyset } from '../database/keyset';
import { type EventFilter, type EventOwner, EventReadsRepository } from './event-reads.repository';
import { eventRowId, type PlacedEvent } from './event.resource';

/** Events as their owner's programs catch up on them. */
@Injectable()
export class EventReads {
  constructor(private readonly repository: EventReadsRepository) {}

  /** By the id that webhooks tell. Throws `resource_not_found`. */
  async get(owner: EventOwner, id: string): Promise<PlacedEvent> {
    const rowId = eventRowId(id);
    const found = rowId === undefined ? null : await this.repository.find(owner, rowId);
    if (found === null) throw new DomainError('resource_not_found');
    return found;
  }

  listByIds(owner: EventOwner, ids: readonly string[]): Promise<PlacedEvent[]> {
    return this.repository.listByIds(owner, ids.flatMap((id) => eventRowId(id) ?? []));
  }

  /** Every event before the last one returned has been returned: a reader that goes on from there misses none. */
  list(owner: EventOwner, filter: EventFilter, page: Keyset): Promise<PlacedEvent[]> {
    // Cursors tell the id as documents do.
    const from = page.from?.map((text) => eventRowId(text) ?? text) ?? null;
    return this.repository.list(owner, filter, { ...page, from });
  }
}
