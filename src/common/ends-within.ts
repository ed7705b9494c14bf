import type { Clock } from './clock';

/** Waits for work that never rejects, at most `ms`; true when it ended in time. It goes on if it did not. */
export async function endsWithin(clock: Clock, work: Promise<unknown>, ms: number): Promise<boolean> {
  const ended = new AbortController();
  void work.then(() => ended.abort());
  await clock.sleep(ms, ended.signal);
  return ended.signal.aborted;
}
