import { query } from '../chaos/books';
import { eventually, TestApp } from '../support/app';

/** What a database that is there may refuse to do, by settings of its own that nobody needs to be root for. */
describe('the readiness probe', () => {
  let app: TestApp;
  let name: string;

  beforeAll(async () => {
    app = await TestApp.start();
    name = new URL(app.databaseUrl).pathname.slice(1);
    await becomes(200);
  });

  afterAll(() => app.stop());

  async function becomes(status: number): Promise<Record<string, unknown>> {
    const { body } = await eventually(
      () => app.client.get('/health/ready'),
      (answer) => answer.status === status,
    );
    return body as Record<string, unknown>;
  }

  /** What a scrape says. A session that was just ended can fail a probe before the settings do: both are waited for. */
  async function isShown(line: RegExp): Promise<void> {
    await eventually(
      () => app.client.get('/metrics'),
      ({ text }) => line.test(text),
    );
  }

  /** From outside of that database; settings are read when a session begins. */
  async function set(words: string): Promise<void> {
    const outside = new URL(app.databaseUrl);
    outside.pathname = '/postgres';
    await query(outside.toString(), `alter database "${name}" ${words}`);
    await query(outside.toString(), 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
      name,
    ]);
  }

  it('proves by a write that the database takes writes, and says how long ago', async () => {
    const body = await becomes(200);
    expect(body).toMatchObject({ status: 'ok', database: true });
    expect(Number(body['lastWriteSeconds'])).toBeGreaterThanOrEqual(0);
    expect(await app.sql(`select role from process_heartbeats`)).toEqual([{ role: 'all' }]);
  });

  it.each([
    [
      'a database that was set to read only',
      `set default_transaction_read_only = on`,
      'reset default_transaction_read_only',
    ],
    // As on a disk that is full: rows are still read and the server answers, but there is no room to work in.
    ['a database that has no room left for a file', `set temp_file_limit = '100kB'`, 'reset temp_file_limit'],
  ])('says 503 for %s, while it is alive and reads, and 200 when that is over', async (_what, words, undo) => {
    await set(words);
    expect(await becomes(503)).toMatchObject({ status: 'unavailable', database: false });
    expect((await app.client.get('/health/live')).status).toBe(200);
    await isShown(/^lumentill_database_up 0$/m);
    await becomes(503);
    await set(undo);
    expect(await becomes(200)).toMatchObject({ status: 'ok', database: true });
    await isShown(/^lumentill_database_up 1$/m);
  });
});
