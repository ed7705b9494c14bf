import { existsSync } from 'node:fs';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '../../src/database/embedded/start-embedded';

/** Process ids mean something on one machine (or in one container) only, and temp folders may be shared by several. */
const HERE = os
  .hostname()
  .replaceAll(/[^A-Za-z0-9]/g, '')
  .slice(0, 12);
const NAME = /^lumentill-test-([A-Za-z0-9]*)-(\d+)-/;
/** The mark of whoever clears a folder away: two at it at once would start servers in what the other removes. */
const MARK = 'removed-by';

/** How the folder of a run begins; it tells whose it is. */
export const RUN_PREFIX = `lumentill-test-${HERE}-${process.pid}-`;

/** A run that was killed leaves its server and its folder; both go with the next run. What belongs to a living one is never touched. */
export async function removeAbandoned(temp = os.tmpdir()): Promise<void> {
  for (const name of await readdir(temp)) {
    const [, host, pid] = NAME.exec(name) ?? [];
    if (host !== HERE || isAlive(Number(pid))) continue;
    // Another run may be clearing it away at this moment; then it is gone, or the next run finds it.
    await remove(path.join(temp, name)).catch(() => undefined);
  }
}

async function remove(folder: string): Promise<void> {
  if ((await stat(folder)).uid !== process.getuid?.() || !(await mark(folder))) return;
  try {
    if (await stopServer(folder)) await rm(folder, { recursive: true, force: true });
  } finally {
    await rm(path.join(folder, MARK), { force: true });
  }
}

/** False when somebody else is at it. */
async function mark(folder: string): Promise<boolean> {
  const file = path.join(folder, MARK);
  const by = await readFile(file, 'utf8').catch(() => undefined);
  if (by !== undefined && isAlive(Number(by))) return false;
  // Of several who find the mark of a dead one, one alone can take it away.
  if (by !== undefined) await rename(file, `${file}-${process.pid}`);
  const handle = await open(file, 'wx');
  await handle.writeFile(String(process.pid));
  await handle.close();
  return true;
}

/** A server that still runs there is stopped first; what has no cluster in it (any more) has no server either. False when somebody uses it. */
async function stopServer(folder: string): Promise<boolean> {
  const data = path.join(folder, 'postgres', 'data');
  if (!existsSync(path.join(data, 'PG_VERSION'))) return true;
  await (await startEmbedded({ dataDir: folder, settings: { fsync: 'off' } })).stop();
  return !existsSync(path.join(data, 'postmaster.pid'));
}

function isAlive(pid: number): boolean {
  // What is no process id yet is being written by somebody.
  if (!(pid > 0)) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
