import { PATIENCE_MS } from './patience';

/** Asks until the answer satisfies; fails with the last answer when patience is over. */
export async function eventually<T>(
  ask: () => Promise<T>,
  satisfied: (value: T) => boolean,
  ms = PATIENCE_MS,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (satisfied(value)) return value;
    if (Date.now() > end)
      throw new Error(
        `not satisfied within ${ms} ms: ${JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each))}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
