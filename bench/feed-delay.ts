import { spreadOf } from './rounds';
import { secretOf } from './seed-rows';

/** Between two looks at the feed; the figures are this much too high at the most. */
const LOOK_MS = 2;

interface Feed {
  readonly events: readonly { readonly id: string }[];
  readonly cursor: string;
}

/**
 * How long a merchant's own reader waits for what has just happened: from the answer to `POST /api/links` to the first
 * answer of `GET /api/webhooks/events` that has its events. One creation after the other until `until` settles.
 */
export async function feedDelay(url: string, merchant: number, body: string, until: Promise<unknown>): Promise<string> {
  let going = true;
  const done = until.finally(() => (going = false));
  const headers = { authorization: `Bearer ${secretOf(merchant)}`, 'content-type': 'application/json' };
  const read = async (after: string | undefined): Promise<Feed> => {
    const answer = await fetch(`${url}/api/webhooks/events?limit=100${after === undefined ? '' : `&after=${after}`}`, {
      headers,
    });
    if (answer.status !== 200) throw new Error(`the feed answered ${answer.status}`);
    return (await answer.json()) as Feed;
  };
  const delays: number[] = [];
  let { cursor } = await read(undefined);
  while (going) {
    const made = await fetch(`${url}/api/links`, { method: 'POST', headers, body });
    if (made.status !== 201) throw new Error(`POST /api/links answered ${made.status}`);
    const start = performance.now();
    await made.arrayBuffer();
    for (;;) {
      const feed = await read(cursor);
      if (feed.events.length > 0) {
        delays.push(performance.now() - start);
        cursor = feed.cursor;
        break;
      }
      await pause();
    }
  }
  await done;
  return told(delays);
}

/** How long until everything that one page committed has its number: asks `waiting` until nothing is. */
export async function numberingDelay(page: () => Promise<boolean>, waiting: () => Promise<boolean>): Promise<string> {
  const delays: number[] = [];
  for (let more = true; more;) {
    more = await page();
    const start = performance.now();
    while (await waiting()) await pause();
    delays.push(performance.now() - start);
  }
  return told(delays);
}

function told(delays: readonly number[]): string {
  const { median, max } = spreadOf(delays);
  return `median ${median.toFixed(0)} ms, at most ${max.toFixed(0)} ms, ${delays.length} times`;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
