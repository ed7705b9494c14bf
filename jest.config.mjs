/** Fixed for the run: a spec that needs PostgreSQL takes its own database from the one server, see test/support. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testRegex: '\\.spec\\.ts$',
  transform: { '^.+\\.ts$': ['@swc/jest', {}] },
  globalSetup: '<rootDir>/test/global-setup.ts',
  globalTeardown: '<rootDir>/test/global-teardown.ts',
  // For tests and hooks alike, and nowhere else: longer than any wait in them (test/support/patience.ts), so the wait that failed is what is told.
  testTimeout: 600_000,
  setupFilesAfterEnv: ['<rootDir>/test/support/install-hooks.ts'],
  // Twice the cores that CI has: much of a test is waiting for a fact.
  maxWorkers: 4,
  // Each file loads the framework anew; a worker that has grown is replaced before it swaps.
  workerIdleMemoryLimit: '1GB',
};
