import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { DEFAULT_PASSPHRASES } from '../../src/common/network';
import { startEmbedded } from '../../src/database/embedded/start-embedded';
import { ApiClient } from '../support/api-client';
import { breaches, query } from './books';
import { buildService, type LogLine, ServiceProcess } from './service-process';
import { Shop, statusOrLost } from './shop';
import { until } from './until';

const PASSPHRASE = DEFAULT_PASSPHRASES.sandbox;

beforeAll(buildService);
afterAll(() => ServiceProcess.killAll());

function postmasterFile(dataDir: string): string {
  return path.join(dataDir, 'postgres/data/postmaster.pid');
}

async function postmaster(dataDir: string): Promise<number> {
  return Number((await readFile(postmasterFile(dataDir), 'utf8')).split('\n', 1)[0]);
}

function dataDirOf(service: ServiceProcess): string {
  return service.env['DATA_DIR'] as string;
}

/** What a job failed with though it had told so and had not worked since, and what it told a stack for. */
function toldTwice(service: ServiceProcess): LogLine[] {
  const told = new Map<unknown, Set<string>>();
  return service.lines.filter(({ context, msg, error }) => {
    if (msg === 'job works again') told.delete(context);
    if (msg !== 'job failed') return false;
    const { message, stack } = error as { message: string; stack?: string };
    const before = told.get(context) ?? new Set();
    const again = before.has(message);
    told.set(context, before.add(message));
    return again || stack !== undefined;
  });
}

async function isReady(service: ServiceProcess): Promise<boolean> {
  return (await new ApiClient(service.url).get('/health/ready')).status === 200;
}

/** One after the other: they share a service and its data, because a cluster takes seconds to make. */
describe('an embedded PostgreSQL', () => {
  let service: ServiceProcess;

  beforeAll(async () => {
    service = await ServiceProcess.start({});
  });

  it('whose main process dies is brought back by the service, which answers 503 meanwhile, never 500, and goes on by itself, as often as that', async () => {
    const shop = await Shop.open(service.url, `${service.url}/sandbox/horizon`, PASSPHRASE);
    const client = shop.client(service.url);
    for (let death = 1; death <= 2; death++) {
      const pid = await postmaster(dataDirOf(service));
      const answers = new Set<number | 'lost'>();
      process.kill(pid, 'SIGKILL');
      await until(async () => answers.add(await statusOrLost(client.post('/api/links', Shop.request('1')))).has(503), {
        what: 'the database is gone',
      });
      await until(
        async () =>
          shop.link(service.url, '1').then(
            () => true,
            () => false,
          ),
        { what: 'links are made again' },
      );
      await until(() => isReady(service), { what: 'the service is ready again' });
      expect(await postmaster(dataDirOf(service))).not.toBe(pid);
      expect([...answers].filter((status) => status !== 503 && status !== 201)).toEqual([]);
    }
    expect(service.lastWords()).toBe('');
    expect(service.said('job failed').length).toBeGreaterThan(0);
    expect(toldTwice(service)).toEqual([]);
    const own = await startEmbedded({ dataDir: dataDirOf(service) });
    expect(await breaches(own.url)).toEqual([]);
    await own.stop();
  });

  it('is for one service: a second one is refused with one sentence, and neither the first one nor a command is disturbed', async () => {
    const second = await ServiceProcess.launch({ DATA_DIR: dataDirOf(service) });
    expect(await second.ended()).toEqual({ code: 1, signal: null });
    const [fatal] = second.lines.filter(({ msg }) => msg.startsWith('Another service is running'));
    expect(fatal?.msg).toContain(dataDirOf(service));
    expect(fatal?.msg).toContain('DATA_DIR');
    expect(JSON.stringify(second.lines)).not.toContain('.js:');
    await service.audit();
    expect(await isReady(service)).toBe(true);
  });

  it('is free again when its service was killed, and ends with the one that takes it over', async () => {
    await service.kill();
    service = await service.restart();
    expect(await service.stop()).toEqual({ complaint: '' });
    expect(existsSync(postmasterFile(dataDirOf(service)))).toBe(false);
  });
});

/** The same data again, so that only the first one makes a cluster. */
describe('a start that fails leaves no PostgreSQL behind', () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'lumentill-chaos-'));
  });

  afterEach(() => {
    expect([existsSync(path.join(dataDir, 'postgres/data/PG_VERSION')), existsSync(postmasterFile(dataDir))]).toEqual([
      true,
      false,
    ]);
  });

  async function failing(env: Record<string, string>): Promise<LogLine | undefined> {
    const service = await ServiceProcess.launch({ ...env, DATA_DIR: dataDir });
    expect(await service.ended()).toEqual({ code: 1, signal: null });
    return service.lines.at(-1);
  }

  it('because its port is taken', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const last = await failing({ PORT: String((other.address() as net.AddressInfo).port) });
    other.close();
    expect(last?.msg).toMatch(/^port \d+ is taken/);
  });

  it('because the application cannot be made', async () => {
    const key = path.join(dataDir, 'secrets.key');
    await rm(key, { force: true });
    await writeFile(key, 'not a key\n');
    expect(await failing({})).toMatchObject({
      msg: 'the service could not start',
      error: { message: expect.stringContaining('secrets.key') },
    });
    await rm(key);
  });

  it('because a migration fails', async () => {
    const server = await startEmbedded({ dataDir });
    await query(server.url, `delete from schema_migrations where name like 'CreateMerchants%'`);
    await server.stop();
    expect(await failing({})).toMatchObject({
      msg: 'the service could not start',
      error: { message: expect.stringContaining('"merchants" already exists') },
    });
  });
});

const MOUNT = path.join(os.tmpdir(), `lumentill-chaos-full-${process.pid}`);
/** Only root may mount; elsewhere the right is often to be had without a password. */
const AS_ROOT = process.getuid?.() === 0 ? '' : 'sudo -n ';

function mounted(): boolean {
  return (
    spawnSync('sh', ['-c', `mkdir -p "${MOUNT}" && ${AS_ROOT}mount -t tmpfs -o size=192m,mode=0777 tmpfs "${MOUNT}"`])
      .status === 0
  );
}

/** Without a disk of its own to fill: test/e2e/readiness.spec.ts has the database refuse what a full one refuses. */
describe('a disk that is full', () => {
  const canMount = mounted();

  afterAll(async () => {
    await ServiceProcess.killAll();
    if (canMount) spawnSync('sh', ['-c', `${AS_ROOT}umount "${MOUNT}"`]);
    await rm(MOUNT, { recursive: true, force: true });
  });

  (canMount ? it : it.skip)(
    'is told by the readiness probe while the database still answers, and it is over when there is room',
    async () => {
      const service = await ServiceProcess.start({ DATA_DIR: path.join(MOUNT, 'data') });
      const client = new ApiClient(service.url);
      await until(() => isReady(service), { what: 'the service is ready' });
      const filler = path.join(MOUNT, 'filler');
      spawnSync('sh', ['-c', `cat /dev/zero > "${filler}"`]);
      expect(statSync(filler).size).toBeGreaterThan(1_000_000);
      const full = await until(
        async () => client.get('/health/ready').then((answer) => answer.status === 503 && answer),
        { what: 'the probe says 503' },
      );
      expect([full.body.status, full.body.database]).toEqual(['unavailable', false]);
      // The server is there all the same: it is the write that fails.
      expect((await client.get('/health/live')).status).toBe(200);
      await rm(filler);
      await until(() => isReady(service), { what: 'the service is ready again' });
      expect(service.lastWords()).toBe('');
    },
  );
});
