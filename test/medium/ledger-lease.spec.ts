import { CursorsRepository } from '../../src/payments/cursors.repository';
import { testDatabase, type TestDatabase } from '../support/database';
import { EventReplica } from './event-replicas';

const ONE = '01900000-0000-7000-8000-0000000000a1';
const OTHER = '01900000-0000-7000-8000-0000000000a2';
const SECONDS = 600;

let database: TestDatabase;
let replica: EventReplica;
let cursors: CursorsRepository;

beforeAll(async () => {
  database = await testDatabase();
  replica = await EventReplica.start(database.url);
  cursors = new CursorsRepository(replica.transactions);
});
afterAll(async () => {
  await replica.stop();
  await database.drop();
});
/** Who has the lease, for how long, and which transaction wrote it. */
const stored = async (): Promise<unknown> =>
  replica.transactions.rows('select lease_owner, lease_until, xmin::text from ledger_cursors');
/** More than half of the lease is left, however long the server has been up. */
const leaveHalf = (): Promise<number> =>
  replica.transactions.affected(
    `update ledger_cursors set lease_until = greatest(now() + interval '${SECONDS / 2} seconds', pg_postmaster_start_time() + interval '${SECONDS} seconds') + interval '1 minute'`,
  );

describe('the lease of a network', () => {
  it("is nobody's before reading has begun", async () => {
    expect(await cursors.lease('sandbox', ONE, SECONDS)).toBeNull();
    await cursors.start('sandbox', 42n, 7);
  });

  it("is one process's, with the cursor", async () => {
    expect(await cursors.lease('sandbox', ONE, SECONDS)).toMatchObject({ cursor: 42n, ledger: 7, leased: true });
    expect(await cursors.lease('sandbox', OTHER, SECONDS)).toMatchObject({ cursor: 42n, leased: false });
  });

  it('is kept without a write while more than half of it is left', async () => {
    await leaveHalf();
    const before = await stored();
    expect(await cursors.lease('sandbox', ONE, SECONDS)).toMatchObject({ leased: true });
    expect(await cursors.lease('sandbox', OTHER, SECONDS)).toMatchObject({ leased: false });
    expect(await stored()).toEqual(before);
  });

  it('is renewed by who has it, and by nobody else, once half of it is over', async () => {
    // The server has been up for less than a whole lease: only what was taken since counts.
    const lease = 0.001;
    await replica.transactions.affected(`update ledger_cursors set lease_until = now() + interval '1 hour'`);
    const long = 2 * 3600 + 60;
    expect(await cursors.lease('sandbox', OTHER, lease)).toMatchObject({ leased: false });
    expect(await cursors.lease('sandbox', ONE, long)).toMatchObject({ leased: true });
    const [row] = await replica.transactions.rows<{ renewed: boolean }>(
      `select lease_until > now() + interval '2 hours' as renewed from ledger_cursors`,
    );
    expect(row).toEqual({ renewed: true });
  });

  it('goes to another one when it has run out, or was given back', async () => {
    await replica.transactions.affected(`update ledger_cursors set lease_until = now() - interval '1 second'`);
    expect(await cursors.lease('sandbox', OTHER, SECONDS)).toMatchObject({ leased: true });
    expect(await cursors.lease('sandbox', ONE, SECONDS)).toMatchObject({ leased: false });
    await cursors.release('sandbox', OTHER);
    expect(await cursors.lease('sandbox', ONE, SECONDS)).toMatchObject({ leased: true });
  });

  it("that was taken before the server was started is nobody's until it is renewed", async () => {
    // A lease of a year: what ends within a year of the server's start was taken before it.
    const year = 365 * 86_400;
    await replica.transactions.affected(
      `update ledger_cursors set lease_owner = $1, lease_until = now() + interval '300 days'`,
      [ONE],
    );
    expect(await cursors.lease('sandbox', OTHER, year)).toMatchObject({ leased: true });
    expect(await cursors.lease('sandbox', ONE, year)).toMatchObject({ leased: false });
  });
});
