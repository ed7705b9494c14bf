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
import { buildService, ServiceProcess } from './service-process';
import { Shop, statusOrLost } from './shop';
import { until } from './until';

const PASSPHRASE = DEFAULT_PASSPHRASES.sandbox;

beforeAll(buildService);
afterAll(() => ServiceProcess.endAll());

function postmasterFile(dataDir: string): string {
  return path.join(dataDir, 'postgres/data/postmaster.pid');
}

async function postmaster(dataDir: string): Promise<number> {
  return Number((await readFile(postmasterFile(dataDir), 'utf8')).split('\n', 1)[0]);
}

function dataDirOf(service: ServiceProcess): string {
  return service.env['DATA_DIR'] as string;
}

async function isReady(service: ServiceProcess): Promise<boolean> {
  return (await new ApiClient(service.url).get('/health/ready')).status === 200;
}

describe('an embedded PostgreSQL whose main process dies', () => {
  it('is brought back by the service, which answers 503 meanwhile, never 500, and goes on by itself, as often as that', async () => {
    const service = await ServiceProcess.start({});
    const shop = await Shop.open(service.url, `${service.url}/sandbox/horizon`, PASSPHRASE);
    const client = shop.client(service.url);
    for (let death = 1; death <= 2; death++) {
      const pid = await postmaster(dataDirOf(service));
      const answers = new Set<number | 'lost'>();
      process.kill(pid, 'SIGKILL');
      await until(async () => answers.add(await statusOrLost(client.post('/api/links', Shop.request('1')))).has(503), { what: 'the database is gone' });
      await until(async () => shop.link(service.url, '1').then(() => true, () => false), { what: 'links are made again' });
      await until(() => isReady(service), { what: 'the service is ready again' });
      expect(await postmaster(dataDirOf(service))).not.toBe(pid);
      expect([...answers].filter((status) => status !== 503 && status !== 201)).toEqual([]);
    }
    expect(service.lastWords()).toBe('');
    const own = await startEmbedded({ dataDir: dataDirOf(service) });
    expect(await breaches(own.url)).toEqual([]);
    await own.stop();
    // It still knows that it is the last one: nothing is left running.
    expect(await service.stop()).toEqual({ complaint: '' });
    expect(existsSync(postmasterFile(dataDirOf(service)))).toBe(false);
  });
});

describe('a second service on the same data', () => {
  it('is refused with one sentence, and neither the first one nor a command is disturbed', async () => {
    const first = await ServiceProcess.start({});
    const second = await ServiceProcess.launch({ DATA_DIR: dataDirOf(first) });
    expect(await second.ended()).toEqual({ code: 1, signal: null });
    const [fatal] = second.lines.filter(({ msg }) => msg.startsWith('Another service is running'));
    expect(fatal?.msg).toContain(dataDirOf(first));
    expect(fatal?.msg).toContain('DATA_DIR');
    expect(JSON.stringify(second.lines)).not.toContain('.js:');
    await first.audit();
    expect(await isReady(first)).toBe(true);
    // Whoever is killed claims nothing any more.
    await first.kill();
    expect(await (await ServiceProcess.start({ DATA_DIR: dataDirOf(first) })).stop()).toEqual({ complaint: '' });
  });
});

describe('a start that fails after its PostgreSQL has started', () => {
  async function failing(env: Record<string, string>): Promise<ServiceProcess> {
    const service = await ServiceProcess.launch(env);
    expect(await service.ended()).toEqual({ code: 1, signal: null });
    return service;
  }

  it('because its port is taken leaves no PostgreSQL behind', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const service = await failing({ PORT: String((other.address() as net.AddressInfo).port) });
    other.close();
    expect(service.lines.at(-1)?.msg).toMatch(/^port \d+ is taken/);
    expect([existsSync(path.join(dataDirOf(service), 'postgres/data')), existsSync(postmasterFile(dataDirOf(service)))]).toEqual([true, false]);
  });

  it('because a migration fails leaves no PostgreSQL behind', async () => {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lumentill-chaos-'));
    const server = await startEmbedded({ dataDir });
    await query(server.url, 'create table merchants (in_the_way int)');
    await server.stop();
    const service = await failing({ DATA_DIR: dataDir });
    expect(service.lines.at(-1)).toMatchObject({ msg: 'the service could not start', error: { message: expect.stringContaining('"merchants" already exists') } });
    expect(existsSync(postmasterFile(dataDir))).toBe(false);
  });

  it('because the application cannot be made leaves no PostgreSQL behind', async () => {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'lumentill-chaos-'));
    await writeFile(path.join(dataDir, 'secrets.key'), 'not a key\n');
    await failing({ DATA_DIR: dataDir });
    expect([existsSync(path.join(dataDir, 'postgres/data')), existsSync(postmasterFile(dataDir))]).toEqual([true, false]);
  });
});

const MOUNT = path.join(os.tmpdir(), `lumentill-chaos-full-${process.pid}`);
/** A disk of this size needs the right to mount one. */
function mounted(): boolean {
  return process.getuid?.() === 0 && spawnSync('sh', ['-c', `mkdir -p "${MOUNT}" && mount -t tmpfs -o size=192m tmpfs "${MOUNT}"`]).status === 0;
}

describe('a disk that is full', () => {
  const canMount = mounted();
  (canMount ? it : it.skip)('is told by the readiness probe while the database still answers, and it is over when there is room', async () => {
    const service = await ServiceProcess.start({ DATA_DIR: path.join(MOUNT, 'data') });
    const client = new ApiClient(service.url);
    await until(() => isReady(service), { what: 'the service is ready' });
    const filler = path.join(MOUNT, 'filler');
    spawnSync('sh', ['-c', `cat /dev/zero > "${filler}"`]);
    expect(statSync(filler).size).toBeGreaterThan(1_000_000);
    const full = await until(async () => client.get('/health/ready').then((answer) => answer.status === 503 && answer), { what: 'the probe says 503' });
    expect([full.body.status, full.body.database]).toEqual(['unavailable', false]);
    // The server is there all the same: it is the write that fails.
    expect((await client.get('/health/live')).status).toBe(200);
    await rm(filler);
    await until(() => isReady(service), { what: 'the service is ready again' });
    expect(service.lastWords()).toBe('');
  });

  afterAll(async () => {
    if (!canMount) return;
    await ServiceProcess.endAll();
    spawnSync('umount', [MOUNT]);
    await rm(MOUNT, { recursive: true, force: true });
  });
});
