import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbedded, type EmbeddedPostgres } from '../../src/database/embedded/start-embedded';
import { compileLauncher, launch } from './embedded-process';

const asRoot = process.getuid?.() === 0;
const settings = { fsync: 'off' };
let folder: string;
let program: string;
const running: EmbeddedPostgres[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'lt-boot-'));
  await chmod(folder, 0o755);
  program = await compileLauncher(path.join(folder, 'launcher'), { ownPrograms: false });
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbedded({ dataDir, settings });
  running.push(server);
  return server;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

async function postmasterPid(dataDir: string): Promise<number> {
  return Number((await readFile(path.join(dataDir, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0]);
}

function claimed(dataDir: string): boolean {
  return existsSync(path.join(dataDir, 'postgres/data/postmaster.pid'));
}

async function gone(pid: number): Promise<void> {
  for (let tries = 0; tries < 500 && existsSync(`/proc/${pid}`); tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('embedded PostgreSQL', () => {
  it('keeps its data over a stop and a start, and leaves nothing running', async () => {
    const dataDir = path.join(folder, 'plain');
    const first = await start(dataDir);
    expect(first.adopted).toBe(false);
    expect(await query(first.url, 'CREATE TABLE kept AS SELECT 7 AS n')).toEqual([]);
    await first.stop();
    expect(claimed(dataDir)).toBe(false);
    const second = await start(dataDir);
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([7]);
    expect(await query(second.url, 'SELECT current_database()::text')).toEqual(['lumentill']);
    expect((await readdir(path.join(dataDir, 'postgres'))).filter((name) => name.startsWith('new-'))).toEqual([]);
  });

  it('listens on no network port, and its folder is closed to other users', async () => {
    const dataDir = path.join(folder, 'closed');
    const server = await start(dataDir);
    expect(await query(server.url, 'SHOW listen_addresses')).toEqual(['']);
    expect(statSync(path.join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    const stranger = new URL(server.url);
    stranger.password = 'guess';
    await expect(query(stranger.toString(), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
  });

  it('recovers after its server was killed, with everything that was committed', async () => {
    const dataDir = path.join(folder, 'killed');
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE kept AS SELECT 8 AS n');
    process.kill(await postmasterPid(dataDir), 'SIGKILL');
    const second = await start(dataDir);
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'SELECT n FROM kept')).toEqual([8]);
    await Promise.all([first.stop(), second.stop()]);
    expect(claimed(dataDir)).toBe(false);
  });

  it('is adopted after the service was killed', async () => {
    const dataDir = path.join(folder, 'orphan');
    const killed = await launch(program, dataDir);
    expect(killed.error).toBeUndefined();
    await query(killed.url, 'CREATE TABLE kept AS SELECT 9 AS n');
    const pid = await postmasterPid(dataDir);
    killed.child.kill('SIGKILL');
    await once(killed.child, 'exit');
    const heir = await start(dataDir);
    expect(heir.adopted).toBe(true);
    expect(await postmasterPid(dataDir)).toBe(pid);
    expect(await query(heir.url, 'SELECT n FROM kept')).toEqual([9]);
    await heir.stop();
    expect(claimed(dataDir)).toBe(false);
  });

  it('starts although another process bears the number of its dead server', async () => {
    const dataDir = path.join(folder, 'reused');
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE kept AS SELECT 10 AS n');
    const pid = await postmasterPid(dataDir);
    const claim = await readFile(path.join(dataDir, 'postgres/data/postmaster.pid'), 'utf8');
    await first.stop();
    const { uid, gid } = statSync(path.join(dataDir, 'postgres'));
    const bystander = spawn('sleep', ['60'], { cwd: '/', stdio: 'ignore', ...(asRoot ? { uid, gid } : {}) });
    try {
      await writeFile(
        path.join(dataDir, 'postgres/data/postmaster.pid'),
        claim.replace(String(pid), String(bystander.pid)),
      );
      const second = await start(dataDir);
      expect(second.adopted).toBe(false);
      expect(await query(second.url, 'SELECT n FROM kept')).toEqual([10]);
      expect(bystander.exitCode).toBeNull();
    } finally {
      bystander.kill();
    }
  });

  it('starts although a crash left an empty claim on its data', async () => {
    const dataDir = path.join(folder, 'blank');
    await (await start(dataDir)).stop();
    await writeFile(path.join(dataDir, 'postgres/data/postmaster.pid'), '');
    expect((await start(dataDir)).adopted).toBe(false);
  });

  it('lets four first starts at once share one server, which the last of them stops', async () => {
    const dataDir = path.join(folder, 'together');
    const all = await Promise.all([1, 2, 3, 4].map(() => launch(program, dataDir)));
    expect(all.map((each) => each.error)).toEqual([undefined, undefined, undefined, undefined]);
    expect(all.filter((each) => !each.adopted)).toHaveLength(1);
    expect(new Set(all.map((each) => each.url)).size).toBe(1);
    const [last, ...others] = [...all].sort((a, b) => Number(b.adopted) - Number(a.adopted));
    for (const each of others) await each.stop();
    expect(await query(last?.url ?? '', 'SELECT 1')).toEqual([1]);
    const pid = await postmasterPid(dataDir);
    await last?.stop();
    await gone(pid);
    expect(claimed(dataDir)).toBe(false);
  });

  it('is stopped when everybody leaves at the same moment', async () => {
    const dataDir = path.join(folder, 'leaving');
    const all = [await start(dataDir), await start(dataDir), await start(dataDir)];
    await Promise.all(all.map((each) => each.stop()));
    expect(claimed(dataDir)).toBe(false);
  });

  it('stays while a session of somebody else is open', async () => {
    const dataDir = path.join(folder, 'visited');
    const first = await start(dataDir);
    const visitor = new Client({ connectionString: first.url });
    await visitor.connect();
    await first.stop();
    expect((await visitor.query<{ n: number }>('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
    await visitor.end();
    const second = await start(dataDir);
    expect(second.adopted).toBe(true);
  });

  it('accepts any character in its path', async () => {
    const dataDir = path.join(folder, `a b'c"d$(e)\`f & 100% ü`);
    const server = await start(dataDir);
    expect(await query(server.url, 'SHOW listen_addresses')).toEqual(['']);
  });

  it('uses 127.0.0.1 and its password where the path is too long for a socket', async () => {
    const dataDir = path.join(folder, 'long-'.repeat(20), 'deep-'.repeat(20));
    const first = await start(dataDir);
    const url = new URL(first.url);
    expect([url.hostname, url.search]).toEqual(['127.0.0.1', '']);
    expect(Number(url.port)).toBeGreaterThan(1023);
    expect(await query(first.url, 'SHOW listen_addresses')).toEqual(['127.0.0.1']);
    url.password = 'guess';
    await expect(query(url.toString(), 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    const second = await start(dataDir);
    expect([second.adopted, second.url]).toEqual([true, first.url]);
  });

  it('refuses data of another PostgreSQL version and says what to do', async () => {
    const dataDir = path.join(folder, 'older');
    const first = await start(dataDir);
    await first.stop();
    await writeFile(path.join(dataDir, 'postgres/data/PG_VERSION'), '17\n');
    await expect(start(dataDir)).rejects.toThrow(/written by PostgreSQL 17.*DATABASE_URL/s);
  });
});

/** Another user can only start what he can reach: a clone below root's own folder is closed to him. */
const reachable = ((): boolean => {
  for (let folder = process.execPath; folder !== path.dirname(folder); folder = path.dirname(folder))
    if ((statSync(folder).mode & 0o001) === 0) return false;
  return true;
})();
const ordinary = reachable ? it : it.skip;

(asRoot ? describe : describe.skip)('embedded PostgreSQL, started by root', () => {
  it('keeps its data below a parent that only root may enter, and leaves the parent as it is', async () => {
    const parent = path.join(folder, 'private');
    await mkdir(parent, { mode: 0o700 });
    const dataDir = path.join(parent, 'project', '.data');
    const server = await start(dataDir);
    for (const text of ['CREATE TABLE kept AS SELECT 11 AS n', 'CHECKPOINT', 'SELECT pg_reload_conf()'])
      await query(server.url, text);
    expect(statSync(parent).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(dataDir, 'postgres/data/PG_VERSION')).uid).not.toBe(0);
    await server.stop();
    expect(await query((await start(dataDir)).url, 'SELECT n FROM kept')).toEqual([11]);
  });

  it('copies the programs when the whole project is closed to the server', async () => {
    const parent = path.join(folder, 'home-of-root');
    await mkdir(parent, { mode: 0o700 });
    const temporary = path.join(folder, 'tmp');
    await mkdir(temporary, { mode: 0o755 });
    const closed = await compileLauncher(path.join(parent, 'project'), { ownPrograms: true });
    const options = { env: { ...process.env, TMPDIR: temporary } };
    const first = await launch(closed, path.join(parent, 'project/.data'), options);
    expect(first.error).toBeUndefined();
    await first.stop();
    const [copy = ''] = await readdir(temporary);
    await rm(path.join(temporary, copy, 'share/timezone'), { recursive: true, force: true });
    const second = await launch(closed, path.join(parent, 'project/.data'), options);
    expect(await query(second.url, 'SELECT 1')).toEqual([1]);
    await second.stop();
    expect(await readdir(temporary)).toEqual([copy]);
    expect(statSync(parent).mode & 0o777).toBe(0o700);
  });

  ordinary('runs as the owner of data that an ordinary user made, and that user can go on with them', async () => {
    const dataDir = path.join(folder, 'ordinary', '.data');
    await mkdir(path.dirname(dataDir), { mode: 0o777 });
    await chmod(path.dirname(dataDir), 0o777);
    const user = { uid: 65534, gid: 65534 };
    const first = await launch(program, dataDir, user);
    expect(first.error).toBeUndefined();
    await first.stop();
    const asOwner = await start(dataDir);
    expect(statSync(path.join(dataDir, 'postgres/data/postmaster.pid')).uid).toBe(user.uid);
    await asOwner.stop();
    await rm(path.join(dataDir, 'postgres/server.log'));
    await (await start(dataDir)).stop();
    const again = await launch(program, dataDir, user);
    expect(again.error).toBeUndefined();
    await again.stop();
  });

  ordinary('tells an ordinary user whose the data are', async () => {
    const dataDir = path.join(folder, 'of-root');
    await (await start(dataDir)).stop();
    await chmod(dataDir, 0o755);
    const refused = await launch(program, dataDir, { uid: 65534, gid: 65534 });
    expect(refused.error).toMatch(/belongs to user \d+, we run as user 65534/);
    await refused.stop();
  });
});
