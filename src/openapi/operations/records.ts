import type { Noun } from '../nouns';

export const RECORDS: readonly Noun[] = [
  {
    type: 'events',
    singular: 'event',
    plural: 'events',
    about: 'What happened, oldest first. `filter[after]` names the last one seen: a reader that asks again and again misses none.',
    operations: { GET: { summary: 'List events' }, 'GET /:id': { summary: 'Read an event' } },
  },
  {
    type: 'auditEntries',
    singular: 'audit entry',
    plural: 'audit entries',
    about: 'Who changed what, from what to what. Every entry carries the hash of the one before it.',
    operations: { GET: { summary: 'List audit entries' }, 'GET /:id': { summary: 'Read an audit entry' } },
  },
];
