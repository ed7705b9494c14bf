import { choiceFilter, codeFilter, instantRangeFilter, listFilter } from '../jsonapi/filters';
import { defineResource, type Identifier, type JsonValue } from '../jsonapi/resource';
import { readEventCursor } from './event-cursor';
import { EVENT_TYPES, type EventDraft, type RecordedEvent } from './event-types';

/** An event at its place among those of its merchant. */
export interface PlacedEvent extends RecordedEvent {
  readonly subjectType: EventDraft['subjectType'];
  readonly subjectId: string;
  /** The cursor of a reader who has seen everything up to this one. */
  readonly position: string;
}

const PREFIX = 'evt_';

/** The id that webhooks tell too. */
export function eventId({ id }: Pick<RecordedEvent, 'id'>): string {
  return PREFIX + id;
}

/** Undefined for a text that no event is called by. */
export function eventRowId(text: string): string | undefined {
  const id = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : '';
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : undefined;
}

function afterText(text: string): string | undefined {
  return eventRowId(text) !== undefined || readEventCursor(text) !== undefined ? text : undefined;
}

/** Types of resources that events tell about; others have no address of their own here. */
const SUBJECTS: Readonly<Record<string, string>> = { invoice: 'invoices', link: 'paymentLinks', payment: 'payments' };

function subjectOf({ subjectType, subjectId }: PlacedEvent): Identifier | null {
  const type = SUBJECTS[subjectType];
  return type === undefined ? null : { type, id: subjectId };
}

export const events = defineResource({
  type: 'events',
  path: 'events',
  readScope: 'events:read',
  id: eventId,
  attributes: {
    eventType: (event: PlacedEvent) => event.type,
    network: 'network',
    data: (event) => event.data as JsonValue,
    createdAt: 'createdAt',
    /** Where a reader stands who has seen everything up to this one. */
    cursor: 'position',
  },
  relationships: { subject: { to: 'one', types: Object.values(SUBJECTS), linkage: subjectOf } },
  filters: {
    eventType: choiceFilter(EVENT_TYPES),
    subjectId: codeFilter(36),
    /** Only what comes after this cursor (`meta.cursor` of a page) or event: how a reader that has seen everything goes on. */
    after: listFilter(afterText, 'must be a cursor of this collection or the id of an event'),
    createdAt: instantRangeFilter(),
  },
  sorts: { position: (event) => event.position },
  defaultSort: 'position',
  page: { defaultSize: 50, maxSize: 200 },
});
