import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { testDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { createEffects, M1, MiniApp, onClient } from './idempotency-app';
import { DatabaseProxy } from '../support/database-proxy';
import { LoadedRequest, requestBytes, type WireAnswer } from './idempotency-wire';

const PATH = '/api/v0/links';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await createEffects(database.url);
});
beforeEach(() => onClient(database.url, 'truncate effects, effect_events, idempotency_keys'));
afterAll(() => database.drop());

async function count(table: 'effects' | 'effect_events' | 'idempotency_keys'): Promise<number> {
  const [row] = await onClient<{ n: number }>(database.url, `select count(*)::int as n from ${table}`);
  return row?.n ?? -1;
}

/** All requests but for their last bytes are on the servers before the first last byte leaves. */
async function fired(urls: readonly string[], bodies: readonly string[], key: string): Promise<Promise<WireAnswer>[]> {
  const headers = ['Authorization', `Bearer ${M1}/sandbox`, 'Content-Type', 'application/json', 'Idempotency-Key', key];
  const loaded = await Promise.all(
    bodies.map((body, index) => {
      const url = urls[index % urls.length] as string;
      return LoadedRequest.load(url, requestBytes(url, PATH, body, headers));
    }),
  );
  return loaded.map((request) => request.fire());
}

async function atOnce(urls: readonly string[], bodies: readonly string[], key: string): Promise<WireAnswer[]> {
  return Promise.all(await fired(urls, bodies, key));
}

/** The answers to requests of which the first that has had its effect is held there until all others are answered, so that they meet it at work. */
async function whileHeld(app: MiniApp, bodies: readonly string[], key: string): Promise<WireAnswer[]> {
  const open = app.world.hold();
  let answered = 0;
  const all = (await fired([app.url], bodies, key)).map((answer) => answer.finally(() => (answered += 1)));
  try {
    await eventually(
      async () => [answered, app.world.executions],
      ([count = 0, executions = 0]) => count >= bodies.length - 1 || executions > 1,
    );
  } finally {
    open();
  }
  return Promise.all(all);
}

const bodiesOf = (count: number, amounts = 1): string[] =>
  Array.from({ length: count }, (_each, index) => `{"amount":"${(index % amounts) + 1}"}`);
const statuses = (answers: readonly WireAnswer[]): number[] =>
  [...new Set(answers.map(({ status }) => status))].toSorted((a, b) => a - b);
const created = (answers: readonly WireAnswer[]): WireAnswer[] => answers.filter(({ status }) => status === 201);

function expectOneAnswer(answers: readonly WireAnswer[]): void {
  expect(new Set(created(answers).map(({ body }) => body)).size).toBe(1);
  expect(created(answers).filter(({ headers }) => !headers.has('idempotent-replayed'))).toHaveLength(1);
}

describe('requests with the same key at the same moment', () => {
  it('I10 B04 X28 1,000 of them, 999 while the first is at work, have one effect: the others are told so and hear its answer afterwards', async () => {
    const app = await MiniApp.start(database.url);
    const answers = await whileHeld(app, bodiesOf(1_000), 'k');
    expect(
      Object.fromEntries(
        [...Map.groupBy(answers, ({ status }) => status)].map(([status, same]) => [status, same.length]),
      ),
    ).toEqual({ 201: 1, 409: 999 });
    // The work ran once as well: nobody did it in vain and was rolled back.
    expect(app.world.executions).toBe(1);
    expect([await count('effects'), await count('effect_events'), await count('idempotency_keys')]).toEqual([1, 1, 1]);
    const later = await atOnce([app.url], bodiesOf(1_000), 'k');
    expect(statuses(later)).toEqual([201]);
    expect(new Set(later.map(({ body, headers }) => `${headers.get('idempotent-replayed')} ${body}`))).toEqual(
      new Set([`true ${created(answers)[0]?.body}`]),
    );
    expect([app.world.executions, await count('effects')]).toEqual([1, 1]);
    await app.stop();
  });

  it('I10 X28 X29 1,000 of them, whoever meets whom, have one effect and one answer', async () => {
    const app = await MiniApp.start(database.url);
    const answers = await atOnce([app.url], bodiesOf(1_000), 'k');
    expect(statuses(answers).filter((status) => status !== 409)).toEqual([201]);
    expectOneAnswer(answers);
    expect([await count('effects'), await count('effect_events'), await count('idempotency_keys')]).toEqual([1, 1, 1]);
    expect(app.world.executions).toBe(1);
    await app.stop();
  });

  it('I12 leave the pool free: while 500 duplicates knock, others are served', async () => {
    const app = await MiniApp.start(database.url, { poolSize: 4 });
    const open = app.world.hold();
    const first = atOnce([app.url], ['{"amount":"1"}'], 'k');
    await eventually(
      async () => app.world.executions,
      (executions) => executions === 1,
    );
    app.world.gate = undefined;
    const duplicates = atOnce([app.url], bodiesOf(500), 'k');
    const [other] = await atOnce([app.url], ['{"amount":"1"}'], 'other');
    expect(other?.status).toBe(201);
    expect(statuses(await duplicates)).toEqual([409]);
    open();
    expect((await first)[0]?.status).toBe(201);
    await app.stop();
  });

  it('I11 with two bodies: one effect, the others are refused, at once and afterwards', async () => {
    const app = await MiniApp.start(database.url);
    const answers = await whileHeld(app, bodiesOf(200, 2), 'k');
    const [first, ...more] = created(answers);
    expect([
      more,
      answers.filter(({ status }) => status === 409).length,
      await count('effects'),
      app.world.executions,
    ]).toEqual([[], 199, 1, 1]);
    const later = await atOnce([app.url], bodiesOf(200, 2), 'k');
    const own = answers.indexOf(first as WireAnswer) % 2;
    // Who asks for the same hears the answer; who asks for something else hears that the key is taken, in this family with 409.
    expect(
      new Set(later.filter((_each, index) => index % 2 === own).map(({ status, body }) => `${status} ${body}`)),
    ).toEqual(new Set([`201 ${first?.body}`]));
    expect(statuses(later.filter((_each, index) => index % 2 !== own))).toEqual([409]);
    expect(later.filter(({ body }) => body.includes('was used with another method, address or body'))).toHaveLength(
      100,
    );
    expect([await count('effects'), app.world.executions]).toEqual([1, 1]);
    await app.stop();
  });

  it('I13 on two instances with one database', async () => {
    const apps = await Promise.all([MiniApp.start(database.url), MiniApp.start(database.url)]);
    const answers = await atOnce(
      apps.map(({ url }) => url),
      bodiesOf(400),
      'k',
    );
    expect(statuses(answers).filter((status) => status !== 409)).toEqual([201]);
    expectOneAnswer(answers);
    expect([await count('effects'), await count('effect_events')]).toEqual([1, 1]);
    await Promise.all(apps.map((app) => app.stop()));
  });

  it('a first look and a late write are not enough: the naive way does it many times', async () => {
    const naive = await NaiveServer.start(database.url);
    await atOnce([naive.url], bodiesOf(200), 'k');
    expect(await count('effects')).toBeGreaterThan(1);
    await naive.stop();
  });

  it('the primary key decides even where nothing is locked: whoever comes second takes its effect back', async () => {
    // Another engine's advisory locks may not reach across its nodes: here they hold nothing.
    await onClient(
      database.url,
      'create schema open_locks; create function open_locks.pg_try_advisory_xact_lock(bigint) returns boolean language sql as $$ select true $$',
    );
    await onClient(
      database.url,
      `alter database ${new URL(database.url).pathname.slice(1)} set search_path to open_locks, pg_catalog, public`,
    );
    const unlocked = await MiniApp.start(database.url);
    const open = unlocked.world.hold();
    const all = atOnce([unlocked.url], bodiesOf(8), 'k');
    await eventually(
      async () => unlocked.world.executions,
      (executions) => executions === 8,
    );
    open();
    const answers = await all;
    expect(statuses(answers)).toEqual([201]);
    expectOneAnswer(answers);
    expect([await count('effects'), await count('effect_events')]).toEqual([1, 1]);
    await onClient(database.url, `alter database ${new URL(database.url).pathname.slice(1)} reset search_path`);
    await unlocked.stop();
  });
});

describe('a connection to the database that ends at COMMIT', () => {
  it.each(['before', 'after'] as const)(
    'I20 X9 %s it was carried out: the retry finds the effect or nothing, never a second one',
    async (cut) => {
      const proxy = await DatabaseProxy.start(database.url);
      const app = await MiniApp.start(proxy.urlOf(database.url));
      const shop = app.as(M1);
      for (let n = 0; n < 10; n++) {
        const headers = { 'idempotency-key': randomUUID() };
        proxy.cut = cut;
        const lost = await shop.post(PATH, { amount: String(n) }, headers);
        expect(lost.status).toBe(503);
        proxy.cut = undefined;
        expect(await count('effects')).toBe(cut === 'after' ? n + 1 : n);
        // The server may not have noticed yet that the session is gone, and holds the key until then.
        const retry = await eventually(
          () => shop.post(PATH, { amount: String(n) }, headers),
          ({ status }) => status !== 409,
        );
        expect([retry.status, retry.headers.get('idempotent-replayed')]).toEqual([
          201,
          cut === 'after' ? 'true' : null,
        ]);
        const [row] = await onClient<{ id: string }>(database.url, 'select id from effects where amount = $1', [
          String(n),
        ]);
        expect(retry.body.id).toBe(row?.id);
      }
      expect(proxy.cuts).toBe(10);
      expect([await count('effects'), await count('effect_events')]).toEqual([10, 10]);
      await app.stop();
      await proxy.stop();
    },
  );
});

/** What must not be done: select, decide, do, insert. */
class NaiveServer {
  private constructor(
    readonly url: string,
    private readonly server: http.Server,
    private readonly pool: Pool,
  ) {}

  static async start(databaseUrl: string): Promise<NaiveServer> {
    const pool = new Pool({ connectionString: databaseUrl, max: 8 });
    const answer = async (key: string): Promise<void> => {
      const { rowCount } = await pool.query('select from idempotency_keys where key = $1', [key]);
      if (rowCount !== 0) return;
      await pool.query('insert into effects (id, merchant_id, amount) values ($1, $2, $3)', [randomUUID(), M1, '1']);
      await pool.query(
        `insert into idempotency_keys (merchant_id, scope, key, fingerprint, status, created_at, expires_at) values ($1, 's', $2, '\\x00', 201, now(), now()) on conflict do nothing`,
        [M1, key],
      );
    };
    const server = http.createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        answer(String(request.headers['idempotency-key'])).then(
          () => response.writeHead(201).end('{}'),
          () => response.writeHead(500).end(),
        );
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new NaiveServer(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, pool);
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
    await this.pool.end();
  }
}
