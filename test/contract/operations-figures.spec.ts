import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { MAX_PAUSE_MS, MAX_RETRY_MS } from '../../src/jobs/reconciliation.job';
import { LEASE_SECONDS } from '../../src/payments/reconciliation.service';

const page = readFileSync(path.join(__dirname, '../../docs/operations.md'), 'utf8');
const lineOf = (start: string): string => page.split('\n').find((line) => line.includes(start)) ?? '';

/** Figures that an operator reckons with are the ones in the code. */
describe('docs/operations.md', () => {
  it.each([
    ['the lease of a network', "the worker that holds a network's lease", `${LEASE_SECONDS} seconds`],
    [
      'the pause when the ledger gives no answer',
      '`the ledger gave no answer`',
      `up to ${MAX_RETRY_MS / 1000} seconds`,
    ],
    [
      'the pause when a page was not recorded',
      '`a page of the ledger was not recorded`',
      `up to ${MAX_RETRY_MS / 1000} seconds`,
    ],
    [
      'the pause when a human must look',
      '`reading the ledger stopped`',
      MAX_PAUSE_MS === 60_000 ? 'every minute' : `every ${MAX_PAUSE_MS / 1000} seconds`,
    ],
  ])('%s', (_what, start, figure) => {
    expect(lineOf(start)).toContain(figure);
  });

  it("what is committed with less than the server's own synchronous_commit", () => {
    const root = path.join(__dirname, '../..');
    const relaxed = globSync('src/**/*.ts', { cwd: root }).filter((name) =>
      /synchronous_commit'?, '(off|local)'/.test(readFileSync(path.join(root, name), 'utf8')),
    );
    expect(relaxed).toEqual(['src/webhooks/relaxed-commit.ts']);
    const users = globSync('src/**/*.ts', { cwd: root }).filter((name) =>
      /from '.*relaxed-commit'/.test(readFileSync(path.join(root, name), 'utf8')),
    );
    expect(users.length).toBeGreaterThan(0);
    for (const name of users) expect(name).toMatch(/^src\/webhooks\/delivery-/);
    expect(page).toContain('exception is the bookkeeping of webhook deliveries');
  });
});
