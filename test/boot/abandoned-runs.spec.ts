import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { startEmbedded } from '../../src/database/embedded/start-embedded';
import { removeAbandoned, RUN_PREFIX } from '../support/abandoned-runs';

let temp: string;
let dead: number;
beforeAll(async () => {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  dead = child.pid as number;
});
beforeEach(async () => {
  temp = await mkdtemp(path.join(os.tmpdir(), 'lumentill-runs-'));
});
afterEach(() => rm(temp, { recursive: true, force: true }));

/** The folder of a run of that process, with something in it. */
async function folderOf(pid: number, prefix = RUN_PREFIX): Promise<string> {
  const folder = await mkdtemp(path.join(temp, prefix.replace(`-${process.pid}-`, `-${pid}-`)));
  await mkdir(path.join(folder, 'postgres'));
  return folder;
}

async function ask(url: string): Promise<unknown> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('select 1 as one');
  await client.end();
  return rows[0];
}

describe('a run clears away what dead runs have left', () => {
  it('and nothing of a living one, of another machine or of somebody else', async () => {
    await folderOf(dead);
    const kept = [
      await folderOf(process.pid),
      await folderOf(process.ppid),
      await folderOf(dead, `lumentill-test-elsewhere-${process.pid}-`),
    ];
    await mkdir(path.join(temp, 'lumentill-app-x'));
    await removeAbandoned(temp);
    expect((await readdir(temp)).toSorted()).toEqual(
      [...kept.map((each) => path.basename(each)), 'lumentill-app-x'].toSorted(),
    );
  });

  it('beside others that do the same: none fails over what another has just removed', async () => {
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 10 }, () => folderOf(dead)));
      await Promise.all(Array.from({ length: 8 }, () => removeAbandoned(temp)));
    }
    await removeAbandoned(temp);
    expect(await readdir(temp)).toEqual([]);
  });

  it('and leaves what another one is clearing away, unless that has died over it', async () => {
    const [busy, stuck] = [await folderOf(dead), await folderOf(dead)];
    await writeFile(path.join(busy, 'removed-by'), String(process.ppid));
    await writeFile(path.join(stuck, 'removed-by'), String(dead));
    await removeAbandoned(temp);
    expect([existsSync(path.join(busy, 'postgres')), existsSync(stuck)]).toEqual([true, false]);
  });

  it('and ends a server that was left running, but not one that is used', async () => {
    const folder = await folderOf(dead);
    const user = await startEmbedded({ dataDir: folder, settings: { fsync: 'off' } });
    await removeAbandoned(temp);
    expect(await ask(user.url)).toEqual({ one: 1 });
    const session = new Client({ connectionString: user.url });
    session.on('error', () => undefined); // its server goes with the session still open
    await session.connect();
    await user.stop();
    expect(existsSync(path.join(folder, 'postgres/data/postmaster.pid'))).toBe(true);
    await session.end();
    await removeAbandoned(temp);
    expect(existsSync(folder)).toBe(false);
  });
});
