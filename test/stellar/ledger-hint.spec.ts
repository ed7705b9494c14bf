import { Clock } from '../../src/common/clock';
import { HorizonClient } from '../../src/stellar/horizon-client';
import { LedgerHint } from '../../src/stellar/ledger-hint';
import { html, ScriptedHorizon } from './scripted-horizon';

/** Sleeps at once and remembers for how long it was asked. */
class PauseRecorder extends Clock {
  readonly pauses: number[] = [];

  now(): Date {
    return new Date('2026-11-21T10:00:00Z');
  }

  monotonicMs(): number {
    return 0;
  }

  async sleep(ms: number): Promise<void> {
    this.pauses.push(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const HELLO = 'retry: 1000\nevent: open\ndata: "hello"\n\n';
const GOODBYE = 'retry: 10\nevent: close\ndata: "byebye"\n\n';

async function listen(
  script: (horizon: ScriptedHorizon) => void,
  enough: (heard: number, clock: PauseRecorder) => boolean,
): Promise<{ heard: number; clock: PauseRecorder; requests: string[] }> {
  const horizon = new ScriptedHorizon();
  const clock = new PauseRecorder();
  const client = new HorizonClient(await horizon.start(), { clock, deadlineMs: 1000, submitDeadlineMs: 1000 });
  script(horizon);
  const stop = new AbortController();
  let heard = 0;
  const watch = setInterval(() => enough(heard, clock) && stop.abort(), 5);
  await new LedgerHint(client, clock).run(() => heard++, stop.signal);
  clearInterval(watch);
  await horizon.stop();
  return { heard, clock, requests: horizon.requests };
}

describe('LedgerHint', () => {
  it('says so for each ledger and comes back after the farewell', async () => {
    const { heard, clock, requests } = await listen(
      (horizon) =>
        horizon.on('GET /ledgers', (_request, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write(HELLO);
          setImmediate(() => response.end(`id: 4294967296\ndata: {}\n\n${GOODBYE}`));
        }),
      (count) => count >= 3,
    );
    expect(heard).toBeGreaterThanOrEqual(3);
    expect(clock.pauses.slice(0, 2)).toEqual([1000, 1000]);
    expect(requests[0]).toBe('GET /ledgers?cursor=now');
  });

  it('waits longer and longer while nothing comes, and never throws', async () => {
    const { heard, clock } = await listen(
      (horizon) => horizon.on('GET /ledgers', html(200), html(500), (request) => void request.socket.destroy()),
      (_count, { pauses }) => pauses.length >= 9,
    );
    expect(heard).toBe(0);
    expect(clock.pauses.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000]);
  });

  it('honours Retry-After', async () => {
    const { clock } = await listen(
      (horizon) => horizon.on('GET /ledgers', html(429, { 'retry-after': '120' })),
      (_count, { pauses }) => pauses.length >= 1,
    );
    expect(clock.pauses[0]).toBe(120_000);
  });

  it('stops in the middle of a silent stream', async () => {
    await listen(
      (horizon) =>
        horizon.on('GET /ledgers', (_request, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.write(`${HELLO}id: 1\ndata: {}\n\n`);
        }),
      (count) => count >= 1,
    );
  });
});
