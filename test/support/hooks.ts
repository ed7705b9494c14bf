/** The hooks of a test file, as jest hands them out. */
export interface Hooks {
  beforeAll: Hook;
  beforeEach: Hook;
  afterEach: Hook;
  afterAll: Hook;
}

type Work = () => unknown;
type Hook = (work: Work, timeout?: number) => void;
type End = () => Promise<void>;

const begun: End[] = [];

/** Remembers how to end what a test has begun. The function that is returned ends it, once, however often it is called. */
export function begin(end: End): End {
  let ending: Promise<void> | undefined;
  const once = (): Promise<void> => {
    const place = begun.indexOf(once);
    if (place !== -1) begun.splice(place, 1);
    return (ending ??= end());
  };
  begun.push(once);
  return once;
}

/**
 * Hooks of a file whose start failed: what it had begun is taken down again, and the hooks that clean up cannot hide
 * the cause behind `Cannot read properties of undefined`.
 */
export function guardHooks(hooks: Hooks): Hooks {
  let failed = false;
  const starting =
    (hook: Hook): Hook =>
    (work, timeout) =>
      hook(async () => {
        const before = new Set(begun);
        try {
          await work();
        } catch (error) {
          failed = true;
          for (const end of begun.filter((end) => !before.has(end)).toReversed()) await end().catch(() => undefined); // the first error is the one to tell
          throw error;
        }
      }, timeout);
  const ending =
    (hook: Hook): Hook =>
    (work, timeout) =>
      hook(async () => {
        try {
          await work();
        } catch (error) {
          if (!failed) throw error;
        }
      }, timeout);
  return {
    beforeAll: starting(hooks.beforeAll),
    beforeEach: starting(hooks.beforeEach),
    afterEach: ending(hooks.afterEach),
    afterAll: ending(hooks.afterAll),
  };
}
