import { PATIENCE_MS } from '../support/patience';

export interface Patience {
  /** Shorter than the usual patience where the limit is what is tested. */
  readonly ms?: number;
  /** For the message of the failure; called when it is needed. */
  readonly what: string | (() => string);
}

/** Asks again and again until the answer is neither false nor undefined; fails when patience is over. */
export async function until<T>(
  ask: () => T | Promise<T>,
  { ms = PATIENCE_MS, what }: Patience,
): Promise<Exclude<T, false | undefined>> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer as Exclude<T, false | undefined>;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${typeof what === 'string' ? what : what()}`);
    await pause(20);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
