import { chmod, chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SystemClock } from '../../common/clock';
import { base32, SystemRandomness } from '../../common/secrets';
import type { ServerAccount } from './account';
import type { Binaries } from './binaries';
import { run } from './command';
import { EmbeddedError, errorCode } from './embedded-error';

/** The folder of one database cluster; it belongs to the server's account and is closed (0700) to all others. */
export interface Cluster {
  /** Holds `data`, the server's log and its Unix socket. */
  readonly home: string;
  readonly data: string;
  readonly account: ServerAccount | undefined;
}

const PASSWORD_FILE = 'lumentill-password';
const ABANDONED_AFTER_MS = 3_600_000;

/** Creates the home folder, and the cluster in it unless there is one. `durable: false` skips waiting for the disk. */
export async function openCluster(cluster: Cluster, binaries: Binaries, durable: boolean): Promise<void> {
  const created = await makeHome(cluster);
  const found = await readVersion(cluster.data);
  if (found === undefined) {
    if (!created) await removeAbandoned(cluster.home);
    await createCluster(cluster, binaries, durable);
  } else if (found !== binaries.major) {
    throw new EmbeddedError(
      `${cluster.data} was written by PostgreSQL ${found}, this release brings PostgreSQL ${binaries.major}: dump it with the old release, or move the folder away.`,
    );
  }
}

export async function readPassword(cluster: Cluster): Promise<string> {
  try {
    return (await readFile(path.join(cluster.data, PASSWORD_FILE), 'utf8')).trim();
  } catch (error) {
    throw new EmbeddedError(`The password of the cluster in ${cluster.home} cannot be read (${String(error)}).`, {
      cause: error,
    });
  }
}

/**
 * The data directory on the server's command line. A server under another account may not be able to pass the folders
 * above it (a 0700 parent). It starts inside, because we enter the folder before giving up root's rights, and this name
 * leads there without passing any folder.
 */
export function dataArgument(cluster: Cluster): string {
  return cluster.account !== undefined && process.platform === 'linux' ? '/proc/self/cwd' : cluster.data;
}

async function makeHome({ home, account }: Cluster): Promise<boolean> {
  try {
    const first = await mkdir(path.dirname(home), { recursive: true, mode: 0o700 });
    await mkdir(home, { mode: 0o700 }).catch((error: unknown) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
    if (account !== undefined) await chown(home, account.uid, account.gid);
    await chmod(home, 0o700);
    return first !== undefined;
  } catch (error) {
    throw new EmbeddedError(`The folder ${home} cannot be made: ${String(error)}`, { cause: error });
  }
}

async function readVersion(data: string): Promise<string | undefined> {
  try {
    return (await readFile(path.join(data, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT') return undefined;
    throw new EmbeddedError(`${data} cannot be read (${code ?? String(error)}).`, { cause: error });
  }
}

/**
 * Builds the cluster in a folder of its own and renames it into place, so that a start that dies half way, or
 * two first starts at once, leave either nothing or a whole cluster.
 */
async function createCluster(cluster: Cluster, binaries: Binaries, durable: boolean): Promise<void> {
  const { account } = cluster;
  const random = new SystemRandomness();
  const staging = path.join(cluster.home, `new-${base32(random.bytes(8))}`);
  const data = path.join(staging, 'data');
  const password = path.join(staging, 'password');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(password, `${base32(random.bytes(32))}\n`, { mode: 0o600 });
  if (account !== undefined) for (const each of [staging, data, password]) await chown(each, account.uid, account.gid);
  try {
    const outcome = await run(
      binaries.initdb,
      initdbArguments(dataArgument({ ...cluster, data }), durable),
      data,
      account,
    );
    if (outcome.status !== 0)
      throw new EmbeddedError(
        `The database cluster in ${cluster.home} could not be created: ${outcome.failure?.message ?? outcome.output}`,
      );
    await rename(password, path.join(data, PASSWORD_FILE));
    await rename(data, cluster.data);
  } catch (error) {
    const code = errorCode(error);
    const beaten = (code === 'ENOTEMPTY' || code === 'EEXIST') && (await readVersion(cluster.data)) !== undefined;
    if (!beaten) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function initdbArguments(data: string, durable: boolean): string[] {
  return [
    '-D',
    data,
    '-U',
    'postgres',
    '--pwfile=../password',
    '--auth=scram-sha-256',
    // The password carries 256 random bits: stretching it would only slow every connection down.
    '--set=scram_iterations=1',
    // The built-in provider sorts alike on every host; the system's collations change with its C library.
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
}

/** Takes away what first starts left that died half way; younger ones may be at work beside us. */
async function removeAbandoned(home: string): Promise<void> {
  const now = new SystemClock().now().getTime();
  for (const name of await readdir(home)) {
    const folder = path.join(home, name);
    if (name.startsWith('new-') && now - (await stat(folder)).mtimeMs > ABANDONED_AFTER_MS)
      await rm(folder, { recursive: true, force: true });
  }
}
