import { setTimeout as sleep } from 'node:timers/promises';
import type { LumentillClient, OperationName } from './client';
import type { Event, Operations } from './operations';

interface Page {
  readonly data: readonly unknown[];
  readonly links: Readonly<Record<string, unknown>>;
}
type ListName = { [K in OperationName]: Operations[K]['answer'] extends Page ? K : never }[OperationName];
type RowOf<K extends ListName> = Operations[K]['answer'] extends { readonly data: readonly (infer Row)[] }
  ? Row
  : never;

/** Every resource of a collection, page after page. */
export async function* all<K extends ListName>(
  client: LumentillClient,
  name: K,
  input: Operations[K]['input'],
): AsyncGenerator<RowOf<K>> {
  let page = (await client.call(name, input)).document as Page;
  for (;;) {
    yield* page.data as readonly RowOf<K>[];
    const { next } = page.links;
    if (typeof next !== 'string') return;
    page = (await client.follow<Page>(next)).document;
  }
}

export interface EventReading {
  /** `attributes.cursor` of the last event dealt with; from the first one when absent. */
  readonly after?: string;
  /** Between two questions when there was nothing new. */
  readonly intervalMs?: number;
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

/**
 * Events as they happen, each once and in order; keep `attributes.cursor` of the last one to go on later. When the
 * service's database was restored, what was taken back with it may come again, and nothing is left out.
 */
export async function* events(
  client: LumentillClient,
  { after, intervalMs = 2000, signal }: EventReading = {},
): AsyncGenerator<Event> {
  let last = after;
  while (signal?.aborted !== true) {
    const query = last === undefined ? {} : { 'filter[after]': [last] };
    const { data } = (await client.call('listEvents', { query })).document;
    for (const event of data) {
      last = event.attributes.cursor;
      yield event;
    }
    if (data.length === 0)
      await sleep(intervalMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
