import { choiceFilter, codeFilter, instantRangeFilter, listFilter } from '../../../jsonapi/filters';
import { defineResource, type Identifier, type JsonValue } from '../../../jsonapi/resource';
import { readEventCursor } from '../../../webhooks/event-cursor';
import { EVENT_TYPES } from '../../../webhooks/event-types';
import { eventId, eventRowId, type PlacedEvent } from '../../../webhooks/placed-event';

function afterText(text: string): string | undefined {
  return eventRowId(text) !== undefined || readEventCursor(text) !== undefined ? text : undefined;
}

/** Resource types that events are about; others have no address of their own here. */
const SUBJECTS: Readonly<Record<string, string>> = {
  invoice: 'invoices',
  link: 'paymentLinks',
  payment: 'payments',
  subscription: 'subscriptions',
};

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
    /** The position of a reader that has seen everything up to this one. */
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
