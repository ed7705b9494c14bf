import { LivesService } from '../../src/lives/lives.service';
import { eventually, TestApp } from '../support/app';

describe('the life of a database', () => {
  let app: TestApp;
  let lives: LivesService;
  beforeAll(async () => {
    app = await TestApp.start({ reconcile: false, env: { ROLE: 'api' } });
    lives = app.get(LivesService);
  });
  afterAll(() => app.stop());

  const ordinal = async (): Promise<number> => Number((await lives.current()).ordinal);
  const told = async (): Promise<unknown> =>
    (await app.sql<{ life: bigint | null }>('select current_life() as life'))[0]?.life;

  it('begins at the first start, and an empty one has nothing to recover from', async () => {
    await eventually(told, (life) => life === 1n);
    expect(await lives.current()).toMatchObject({
      ordinal: 1n,
      cause: 'first_start',
      headStart: 0n,
      recovering: false,
    });
    expect(await lives.list()).toHaveLength(1);
  });

  it('goes on when the server was restarted: the same server is compared anew', async () => {
    await app.sql(`update lives set verified_on = verified_on - interval '1 hour'`);
    expect(await told()).toBeNull();
    expect(await ordinal()).toBe(1);
    expect(await told()).toBe(1n);
  });

  it.each([
    ['on another server', `update lives set system_identifier = '1', verified_on = 'epoch'`],
    ['after a promotion', `update lives set timeline = timeline - 1, verified_on = 'epoch'`],
    ['in another database of the same server', 'update lives set database_oid = 1'],
    [
      'from a dump that was loaded over it',
      'create table copy as table lives; drop table lives cascade; alter table copy rename to lives; alter table lives add unique (ordinal)',
    ],
  ])('is a new one %s, however many ask at once', async (_where, move) => {
    const before = await lives.current();
    await app.sql(`update lives set recovered_at = now() where recovered_at is null`);
    for (const statement of move.split('; ')) await app.sql(statement);
    // A table that is dropped takes along what is defined on it, which a dump brings back.
    expect(await told()).toBeNull();
    const found = await Promise.all(Array.from({ length: 8 }, () => lives.current()));
    expect(new Set(found.map(({ id }) => id)).size).toBe(1);
    expect(found[0]).toMatchObject({ ordinal: before.ordinal + 1n, cause: 'server', recovering: true });
    const jump = (found[0]?.headStart ?? 0n) - before.headStart;
    expect(jump >= 1_000_000n && jump < 2_000_000n).toBe(true);
    expect(await told()).toBe(before.ordinal + 1n);
  });

  it('is a new one when an operator says so', async () => {
    const before = await lives.current();
    expect(await lives.begin('operator')).toMatchObject({
      ordinal: before.ordinal + 1n,
      cause: 'operator',
      recovering: true,
    });
  });
});
