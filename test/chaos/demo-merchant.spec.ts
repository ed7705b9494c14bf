import { mkdtemp, readFile, stat } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PASSPHRASE, PREFIX, SandboxServer } from '../sandbox/sandbox-server';
import { ApiClient } from '../support/api-client';
import { type TestDatabase, testDatabase } from '../support/database';
import { countOf } from './books';
import { buildService, ServiceProcess } from './service-process';

const DEMOS = `select count(*) from merchants where name = 'Demo Coffee'`;

interface Demo {
  readonly apiKey: string;
  readonly merchantId: string;
  readonly urls: Readonly<Record<string, string>>;
}

describe('the demo merchant', () => {
  let database: TestDatabase;
  let network: SandboxServer;
  let front: http.Server;
  let away = false;
  let env: Record<string, string>;

  beforeAll(async () => {
    [database, network] = await Promise.all([
      testDatabase(),
      SandboxServer.start({ idleLedgerMs: 1_000 }),
      buildService(),
    ]);
    // A sandbox elsewhere that can be away, as one that still ingests is.
    front = http.createServer((request, answer) => {
      if (away) return answer.writeHead(503, { 'content-type': 'application/json' }).end('{"status":503}');
      const upstream = http.request(
        new URL(request.url ?? '/', network.url),
        { method: request.method, headers: request.headers, agent: false },
        (reply) => {
          answer.writeHead(reply.statusCode ?? 502, reply.headers);
          reply.pipe(answer);
        },
      );
      upstream.on('error', () => answer.destroy());
      return request.pipe(upstream);
    });
    await new Promise<void>((resolve) => {
      front.listen(0, '127.0.0.1', resolve);
    });
    env = {
      DATABASE_URL: database.url,
      SANDBOX_DEMO: '1',
      SANDBOX_PASSPHRASE: PASSPHRASE,
      HORIZON_URL_SANDBOX: `http://127.0.0.1:${(front.address() as AddressInfo).port}${PREFIX}`,
    };
  });

  afterEach(() => {
    away = false;
  });

  afterAll(async () => {
    await ServiceProcess.killAll();
    front.closeAllConnections();
    front.close();
    await network.stop();
    await database.drop();
  });

  async function demoOf(service: ServiceProcess): Promise<Demo | undefined> {
    const text = await readFile(path.join(service.env['DATA_DIR'] as string, 'demo.json'), 'utf8').catch(
      () => undefined,
    );
    return text === undefined ? undefined : (JSON.parse(text) as Demo);
  }

  it('is never opened in production', async () => {
    const key = Buffer.alloc(32, 7).toString('base64');
    const service = await ServiceProcess.start({ ...env, NODE_ENV: 'production', SECRETS_KEY: key });
    expect([await demoOf(service), await countOf(database.url, DEMOS), service.stderr]).toEqual([undefined, 0, '']);
    await service.stop();
  });

  it('is one in a database, however many processes start on it at once', async () => {
    const services = await Promise.all(['all', 'api', 'api'].map((ROLE) => ServiceProcess.start({ ...env, ROLE })));
    expect(await countOf(database.url, DEMOS)).toBe(1);
    const demos = (await Promise.all(services.map(demoOf))).filter((demo) => demo !== undefined);
    expect(demos).toHaveLength(1);
    // A last process, with a folder of its own: it says where the credentials are.
    const late = await ServiceProcess.start({ ...env, ROLE: 'api' });
    expect(late.said('the demo merchant of this database was opened elsewhere')).toEqual([
      expect.objectContaining({ merchant: demos[0]?.merchantId }),
    ]);
    for (const service of [...services, late]) expect(await service.stop()).toEqual({ complaint: '' });
    expect(await countOf(database.url, DEMOS)).toBe(1);
  });

  it('stays the one it is while the sandbox elsewhere is away, and the start goes on', async () => {
    const DATA_DIR = await mkdtemp(path.join(os.tmpdir(), 'lumentill-chaos-'));
    const own = await testDatabase();
    const first = await ServiceProcess.start({ ...env, DATABASE_URL: own.url, DATA_DIR });
    const demo = await demoOf(first);
    await first.stop();
    away = true;
    const second = await first.restart();
    expect((await demoOf(second))?.apiKey).toBe(demo?.apiKey);
    expect(
      (await new ApiClient(second.url, { authorization: `Bearer ${demo?.apiKey}` }).get('/api/auth/me')).status,
    ).toBe(200);
    await second.stop();
    // One that has never had a merchant starts without.
    const other = await testDatabase();
    const without = await ServiceProcess.start({ ...env, DATABASE_URL: other.url });
    expect([await demoOf(without), await countOf(other.url, DEMOS)]).toEqual([undefined, 0]);
    await without.stop();
    await Promise.all([own.drop(), other.drop()]);
  });

  it('lies in a file that names the Horizon its wallet is on, and a person is told of it in plain lines without a key', async () => {
    const elsewhere = await testDatabase();
    const service = await ServiceProcess.start({ ...env, DATABASE_URL: elsewhere.url });
    const demo = await demoOf(service);
    expect(demo?.urls['horizon']).toBe(env['HORIZON_URL_SANDBOX']);
    expect((await fetch(`${demo?.urls['friendbot']}?addr=nobody`)).status).toBe(400);
    const file = path.join(service.env['DATA_DIR'] as string, 'demo.json');
    expect(service.stderr).toBe(
      `\nLumentill is running. Open ${service.url}\nThe API key of the demo merchant is in ${file}\n\n`,
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.stringify(service.lines)).not.toContain(demo?.apiKey);
    await service.stop();
    await elsewhere.drop();
  });
});
