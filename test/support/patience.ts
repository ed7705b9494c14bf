/**
 * How long a test waits for a fact before it gives up, in one place. A test never waits for a duration, so this is
 * not how long tests take: it is how slow a machine may be before its tests are called red.
 */
export const PATIENCE_MS = 120_000;
