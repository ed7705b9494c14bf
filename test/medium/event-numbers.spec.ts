import { randomInt, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/app';
import { testDatabase, type TestDatabase } from '../support/database';
import { queued } from '../support/queued-events';
import { EventReplica } from './event-replicas';

let database: TestDatabase;
let replica: EventReplica;
beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await testDatabase();
  replica = await EventReplica.start(database.url);
  await replica.lives.current();
});
afterAll(async () => {
  await replica.stop();
  await database.drop();
});

const BY_HAND = queued(
  `insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at) values ($1, $2, 'invoice.updated', 'sandbox', 'invoice', gen_random_uuid(), '{}', now())`,
);
const gapless = (count: number): bigint[] => Array.from({ length: count }, (_unused, at) => BigInt(at + 1));

describe('numbers of events', () => {
  it('follow what is committed: of two transactions at once the later commit has the higher number, and a reader in between misses nothing', async () => {
    const merchant = await replica.merchant();
    let commit: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (commit = resolve));
    let written: () => void = () => undefined;
    const ready = new Promise<void>((resolve) => (written = resolve));
    const slow = replica.transactions.run(async () => {
      const ids = await replica.tell(merchant);
      written();
      await held;
      return ids;
    });
    await ready;
    const [quick] = await replica.tell(merchant);
    await replica.numbering.settle();
    const { events, cursor } = await replica.events.list(merchant, undefined, 10);
    expect(events.map(({ id }) => id)).toEqual([quick]);
    commit();
    const [late] = await slow;
    await replica.numbering.settle();
    expect((await replica.events.list(merchant, cursor, 10)).events.map(({ id }) => id)).toEqual([late]);
    expect((await replica.numbered(merchant)).map(({ seq, id }) => [seq, id])).toEqual([
      [1n, quick],
      [2n, late],
    ]);
  });

  it('are gapless and causal however many processes give them out: whoever has seen an event is numbered after it', async () => {
    const replicas = await Promise.all(Array.from({ length: 8 }, () => EventReplica.start(database.url)));
    const merchants = [await replica.merchant(), await replica.merchant(), await replica.merchant()];
    const subjects = merchants.map(() => [randomUUID(), randomUUID()]);
    const seen = new Map<string, string[]>(merchants.map((merchant) => [merchant, []]));
    let writing = true;
    const reading = merchants.map(async (merchant) => {
      for (let cursor: string | undefined, quiet = false; !quiet;) {
        const wasWriting = writing;
        const page = await replica.events.list(merchant, cursor, 7);
        seen.get(merchant)?.push(...page.events.map(({ id }) => id));
        cursor = page.cursor;
        quiet = !wasWriting && page.events.length === 0;
      }
    });
    await Promise.all(
      replicas.map(async (each, at) => {
        for (let round = 0; round < 25; round += 1) {
          const which = (at + round) % merchants.length;
          const merchant = merchants[which] as string;
          const [latest] = await each.sql<{ seq: bigint | null }>(
            'select max(seq) as seq from event_numbers where merchant_id = $1',
            [merchant],
          );
          await each.transactions.run(async () => {
            await each.tell(merchant, {
              subjectId: subjects[which]?.[round % 2] as string,
              data: { after: String(latest?.seq ?? 0n) },
            });
            await sleep(randomInt(15));
            await each.tell(merchant, { data: { after: String(latest?.seq ?? 0n) } });
          });
        }
      }),
    );
    await Promise.all(replicas.map((each) => each.stop()));
    await replica.numbering.settle();
    writing = false;
    await Promise.all(reading);
    let total = 0;
    for (const merchant of merchants) {
      const numbered = await replica.numbered(merchant);
      total += numbered.length;
      expect(numbered.map(({ seq }) => seq)).toEqual(gapless(numbered.length));
      expect(numbered.filter(({ seq, data }) => seq <= BigInt(String(data['after'])))).toEqual([]);
      expect(seen.get(merchant)).toEqual(numbered.map(({ id }) => id));
      for (const subject of new Set(numbered.map((each) => each.subject))) {
        const versions = numbered.filter((each) => each.subject === subject).map(({ version }) => version);
        expect(versions).toEqual(gapless(versions.length));
      }
    }
    expect(total).toBe(400);
    expect(await replica.sql('select from event_queue')).toEqual([]);
  });

  it('are given by the sweep to what a process left that died right after its commit', async () => {
    const merchant = await replica.merchant();
    const id = randomUUID();
    await replica.sql(BY_HAND, [merchant, id]);
    expect(await replica.numbered(merchant)).toEqual([]);
    await eventually(
      async () => {
        await replica.numbering.sweep();
        return replica.numbered(merchant);
      },
      (rows) => rows.length === 1 && rows[0]?.id === id,
    );
  });

  it('are not kept from others by the heap of one: the sweep goes on where it ended', async () => {
    const [heap, other] = [await replica.merchant(), await replica.merchant()].toSorted() as [string, string];
    const rows = `select $1::uuid as merchant_id, gen_random_uuid() as id, clock_timestamp() - interval '1 hour' as written_at from generate_series(1, 2500)`;
    await replica.sql(
      `insert into event_queue (merchant_id, id, written_at, event_ids, subject_ids) select merchant_id, id, written_at, '{}', '{}' from (${rows}) q`,
      [heap],
    );
    await replica.sql(BY_HAND, [other, randomUUID()]);
    const first = await replica.numbers.listLeftBehind('00000000-0000-0000-0000-000000000000', 0, 1_000);
    expect(first).toEqual({ merchantIds: [heap], more: true });
    expect(await replica.numbers.listLeftBehind(heap, 0, 1_000)).toEqual({ merchantIds: [other], more: false });
    await replica.numbering.settle();
    expect(await replica.numbered(other)).toHaveLength(1);
    expect(await replica.sql('select from event_queue')).toEqual([]);
  });

  it('one by one, for a database that is distributed by merchant, come to the same', async () => {
    const alone = await EventReplica.start(database.url, { merchantsPerRound: 1 });
    const merchants = await Promise.all(Array.from({ length: 12 }, () => alone.merchant()));
    await Promise.all(merchants.flatMap((merchant) => [alone.tell(merchant), alone.tell(merchant)]));
    await alone.numbering.settle();
    for (const merchant of merchants) expect((await alone.numbered(merchant)).map(({ seq }) => seq)).toEqual([1n, 2n]);
    await alone.stop();
  });

  it('of an event that is recorded again under its id are not given twice', async () => {
    const merchant = await replica.merchant();
    const fact = { cause: 'sandbox 123/0 exact', subjectId: randomUUID() };
    const first = await replica.tell(merchant, fact);
    await replica.numbering.settle();
    expect(await replica.tell(merchant, fact)).toEqual(first);
    await replica.numbering.settle();
    expect((await replica.numbered(merchant)).map(({ seq, id }) => [seq, id])).toEqual([[1n, first[0]]]);
  });

  it("are nobody's business before the transaction is committed, and never come when it is not", async () => {
    const merchant = await replica.merchant();
    const undone = replica.transactions.run(async () => {
      await replica.tell(merchant);
      await replica.numbering.settle();
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await replica.numbering.settle();
    expect(await replica.numbered(merchant)).toEqual([]);
  });
});

describe('a merchant with many endpoints and events', () => {
  it('is told bit by bit, and holds up nobody who comes after him', async () => {
    const [busy, other] = [await replica.merchant(), await replica.merchant()];
    await replica.endpoints(busy, 20);
    await replica.endpoints(other, 1);
    await Promise.all(
      Array.from({ length: 20 }, () =>
        replica.events.record(
          Array.from({ length: 50 }, () => ({
            merchantId: busy,
            type: 'invoice.updated',
            network: 'sandbox',
            subjectType: 'invoice',
            subjectId: randomUUID(),
            data: {},
          })),
        ),
      ),
    );
    await replica.tell(other);
    const [state] = await eventually(
      () =>
        replica.sql<{ told: bigint; left: bigint }>(
          `select (select count(*) from webhook_deliveries where merchant_id = $1) as told, (select 1000 - count(*) / 20 from webhook_deliveries where merchant_id = $2) as left`,
          [other, busy],
        ),
      ([row]) => row?.told === 1n,
    );
    expect(state?.left).toBeGreaterThan(0n);
    await replica.numbering.settle();
    const [done] = await replica.sql<{ deliveries: bigint; waiting: bigint }>(
      `select (select count(*) from webhook_deliveries where merchant_id = $1) as deliveries, (select count(*) from event_queue) as waiting`,
      [busy],
    );
    expect(done).toEqual({ deliveries: 20_000n, waiting: 0n });
  });

  it('is told to the end by another process when the first one dies in between', async () => {
    const merchant = await replica.merchant();
    await replica.endpoints(merchant, 20);
    await replica.events.record(
      Array.from({ length: 300 }, () => ({
        merchantId: merchant,
        type: 'invoice.updated',
        network: 'sandbox',
        subjectType: 'invoice',
        subjectId: randomUUID(),
        data: {},
      })),
    );
    const deliveries = async (): Promise<bigint> =>
      (
        await replica.sql<{ n: bigint }>('select count(*) as n from webhook_deliveries where merchant_id = $1', [
          merchant,
        ])
      )[0]?.n ?? 0n;
    await eventually(deliveries, (count) => count > 0n);
    // What is left stands in the queue, so whoever looks finds it.
    const other = await EventReplica.start(database.url);
    await eventually(
      async () => {
        await other.numbering.sweep();
        return deliveries();
      },
      (count) => count === 6_000n,
    );
    await other.stop();
  });
});

describe('a new life of the database', () => {
  it('gives out no number before the server under it is known, and goes on behind the last one, versions far ahead', async () => {
    const merchant = await replica.merchant();
    const subjectId = randomUUID();
    await replica.tell(merchant, { subjectId });
    await replica.numbering.settle();
    await replica.sql(`update lives set verified_on = '-infinity'`);
    await replica.sql(BY_HAND, [merchant, randomUUID()]);
    expect(await replica.numbers.number([merchant], 100)).toEqual([]);
    expect(await replica.numbered(merchant)).toHaveLength(1);
    await replica.numbering.settle();
    const life = await replica.lives.begin('operator');
    await replica.tell(merchant, { subjectId });
    await replica.tell(merchant, { subjectId });
    await replica.tell(merchant);
    await replica.numbering.settle();
    const numbered = await replica.numbered(merchant);
    expect(numbered.map(({ seq }) => seq)).toEqual(gapless(5));
    expect(numbered.filter(({ subject }) => subject === subjectId).map(({ version }) => version)).toEqual([
      1n,
      2n + life.headStart,
      3n + life.headStart,
    ]);
    expect(life.headStart).toBeGreaterThanOrEqual(1_000_000n);
    expect(numbered.at(-1)?.version).toBe(1n + life.headStart);
    expect(
      await replica.sql(
        'select life_ordinal as life, first_seq as first from event_lives where merchant_id = $1 order by 1',
        [merchant],
      ),
    ).toEqual([
      { life: 1n, first: 1n },
      { life: life.ordinal, first: 3n },
    ]);
  });
});
