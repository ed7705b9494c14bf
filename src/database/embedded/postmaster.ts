import { execFile } from 'node:child_process';
import { link, readFile, readlink, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { base32, SystemRandomness } from '../../common/secrets';
import { errorCode } from './embedded-error';

/** The server's main process as it describes itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** False: it listens on the Unix socket in the cluster's home only. */
  readonly tcp: boolean;
  readonly status: 'starting' | 'ready' | 'stopping';
}

const FILE = 'postmaster.pid';

/** Undefined when no server claims this folder. A file that is still being written has the number 0. */
export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readClaim(path.join(data, FILE));
  if (text === undefined) return undefined;
  // Lines: pid, data folder, start, port, socket folder, address, shared memory, status (PostgreSQL, miscinit.c).
  const lines = text.split('\n');
  const status = lines[7]?.trim();
  return {
    pid: Math.abs(Number(lines[0] ?? 0)),
    port: Number(lines[3] ?? 0),
    tcp: (lines[5] ?? '').trim() !== '',
    status: status === 'ready' || status === 'stopping' ? status : 'starting',
  };
}

async function readClaim(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether a process with this number lives, whatever it is. */
export function isAlive(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Whether that process lives and is the server of this folder; a number is given again to other processes. */
export async function isServing(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') return (await workingDirectory(pid)) === (await realpath(data));
  if (process.platform === 'win32') return true;
  const { stdout } = await promisify(execFile)('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({
    stdout: '',
  }));
  return stdout.includes('postgres') && stdout.includes(data);
}

/** A server works inside its data folder; a process whose folder we may not see is not one of ours. */
async function workingDirectory(pid: number): Promise<string | undefined> {
  try {
    return await readlink(`/proc/${pid}/cwd`);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EPERM' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/**
 * Removes the claim of a dead server whose number another process bears now (PostgreSQL would take that process
 * for a server and refuse to start), or one that a crash left blank. Should a start beside us have put its own claim there meanwhile,
 * that one is put back.
 */
export async function removeStaleClaim(data: string, stale: Postmaster): Promise<void> {
  const file = path.join(data, FILE);
  const aside = `${file}.${base32(new SystemRandomness().bytes(5))}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  const first = (await readFile(aside, 'utf8')).split('\n')[0];
  if (Number(first) !== stale.pid) await link(aside, file);
  await rm(aside);
}
