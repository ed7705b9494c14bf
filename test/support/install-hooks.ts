import { guardHooks, type Hooks } from './hooks';

// Before each test file: its hooks are the guarded ones.
const target = globalThis as unknown as Hooks;
Object.assign(
  target,
  guardHooks({
    beforeAll: target.beforeAll,
    beforeEach: target.beforeEach,
    afterEach: target.afterEach,
    afterAll: target.afterAll,
  }),
);
