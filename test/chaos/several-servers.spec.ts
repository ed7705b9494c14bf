import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DEFAULT_PASSPHRASES } from '../../src/common/network';
import { type EmbeddedPostgres, startEmbedded } from '../../src/database/embedded/start-embedded';
import { ApiClient } from '../support/api-client';
import { breaches, query } from './books';
import { buildService, ServiceProcess } from './service-process';
import { Shop, statusOrLost } from './shop';
import { until } from './until';

const SETTINGS = {
  fsync: 'off',
  wal_level: 'replica',
  max_wal_senders: '4',
  hot_standby: 'on',
  wal_keep_size: '128MB',
};

/** DATABASE_URL with two servers, of which one follows the other; a service that survives the first one's death. */
describe('two servers in one address', () => {
  let folders: [string, string];
  let primary: EmbeddedPostgres;
  let standby: EmbeddedPostgres;
  let service: ServiceProcess;
  let shop: Shop;

  beforeAll(async () => {
    await buildService();
    folders = [
      await mkdtemp(path.join(os.tmpdir(), 'lumentill-chaos-')),
      await mkdtemp(path.join(os.tmpdir(), 'lumentill-chaos-')),
    ];
    // The servers may run under an account of their own, and reach each other's sockets through these.
    for (const folder of folders) await chmod(folder, 0o711);
    // A copy of the files while nothing runs on them is the simplest beginning of a replica.
    await (await startEmbedded({ dataDir: folders[0], settings: SETTINGS })).stop();
    expect(spawnSync('cp', ['-a', path.join(folders[0], 'postgres'), folders[1]]).status).toBe(0);
    primary = await startEmbedded({ dataDir: folders[0], settings: SETTINGS });
    const url = new URL(primary.url);
    const data = path.join(folders[1], 'postgres/data');
    appendFileSync(
      path.join(data, 'postgresql.auto.conf'),
      `primary_conninfo = 'host=${url.searchParams.get('host') ?? url.hostname} port=${url.port} user=postgres password=${url.password}'\n`,
    );
    writeFileSync(path.join(data, 'standby.signal'), '');
    standby = await startEmbedded({ dataDir: folders[1], settings: SETTINGS });
    await until(async () => (await query(primary.url, 'select 1 from pg_stat_replication')).length === 1, {
      what: 'the standby follows',
    });
  });

  afterAll(async () => {
    await ServiceProcess.killAll();
    for (const server of [standby, primary]) await server.stop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  /** As libpq would have it; the standby comes first, so that taking the first that answers would not do. */
  function both(): string {
    const url = new URL(primary.url);
    const hosts = folders.map((folder) => path.join(folder, 'postgres')).toReversed();
    url.searchParams.set('host', hosts.join(','));
    url.searchParams.set('target_session_attrs', 'read-write');
    return url.toString();
  }

  async function inRecovery(url: string): Promise<boolean> {
    return (await query<{ on: boolean }>(url, 'select pg_is_in_recovery() as on'))[0]?.on === true;
  }

  it('the one that takes writes is used wherever it stands in the list, by the service, its migrations and its commands', async () => {
    expect([await inRecovery(primary.url), await inRecovery(standby.url)]).toEqual([false, true]);
    service = await ServiceProcess.start({ DATABASE_URL: both(), DATABASE_TIMEOUT_MS: '2000' });
    shop = await Shop.open(service.url, `${service.url}/sandbox/horizon`, DEFAULT_PASSPHRASES.sandbox);
    await shop.link(service.url, '1');
    await until(async () => (await new ApiClient(service.url).get('/health/ready')).status === 200, {
      what: 'the service is ready',
    });
    await service.audit();
    expect(await breaches(primary.url)).toEqual([]);
  });

  it('after the first has died and the other was promoted the same process goes on there, and never answers 500', async () => {
    await until(
      async () =>
        (
          await query<{ there: boolean }>(
            primary.url,
            'select bool_and(replay_lsn = pg_current_wal_lsn()) as there from pg_stat_replication',
          )
        )[0]?.there === true,
      { what: 'the standby has everything' },
    );
    const client = shop.client(service.url);
    const pid = Number(readFileSync(path.join(folders[0], 'postgres/data/postmaster.pid'), 'utf8').split('\n', 1)[0]);
    const answers = new Set<number | 'lost'>();
    process.kill(pid, 'SIGKILL');
    await until(async () => answers.add(await statusOrLost(client.post('/api/links', Shop.request('1')))).has(503), {
      what: 'the primary is gone',
    });
    await query(standby.url, 'select pg_promote()');
    await until(
      async () => {
        const status = await statusOrLost(client.post('/api/links', Shop.request('1')));
        answers.add(status);
        return status === 201;
      },
      { what: 'links are made on the other server' },
    );
    await until(async () => (await new ApiClient(service.url).get('/health/ready')).status === 200, {
      what: 'the service is ready again',
    });
    expect([...answers].filter((status) => status !== 201 && status !== 503)).toEqual([]);
    expect(await inRecovery(standby.url)).toBe(false);
    expect(service.lastWords()).toBe('');
    expect(await service.stop()).toEqual({ complaint: '' });
  });
});
