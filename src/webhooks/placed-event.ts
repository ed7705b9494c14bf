import type { EventDraft, RecordedEvent } from './event-types';

/** An event at its place among those of its merchant. */
export interface PlacedEvent extends RecordedEvent {
  readonly subjectType: EventDraft['subjectType'];
  readonly subjectId: string;
  /** The cursor of a reader that has seen everything up to this one. */
  readonly position: string;
}

const PREFIX = 'evt_';

/** The id in webhooks too. */
export function eventId({ id }: Pick<RecordedEvent, 'id'>): string {
  return PREFIX + id;
}

/** Undefined for a text that no event is called by. */
export function eventRowId(text: string): string | undefined {
  const id = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : '';
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : undefined;
}
