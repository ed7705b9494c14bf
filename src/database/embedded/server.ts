import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, rename, stat } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { SystemClock } from '../../common/clock';
import type { Binaries } from './binaries';
import { dataArgument, type Cluster } from './cluster';
import { as, run, SERVER_ENVIRONMENT } from './command';
import { EmbeddedError, errorCode } from './embedded-error';
import { isAlive, isServing, readPostmaster, removeStaleClaim, type Postmaster } from './postmaster';

/** Server settings by name, given on its command line. */
export type ServerSettings = Readonly<Record<string, string>>;

/** What a server is started with. */
export interface Launch {
  readonly cluster: Cluster;
  readonly binaries: Binaries;
  readonly settings: ServerSettings;
  /** Where the server listened before it died, when it must come back at the same address; without it, where it likes. */
  readonly again?: { readonly tcp: boolean; readonly port: number };
}

const clock = new SystemClock();
const POLL_MS = 10;
const START_LIMIT_MS = 300_000;
const STOP_LIMIT_MS = 60_000;
/** A claim is written in one go right after its file is made; one that stays blank is a remnant of a crash. */
const BLANK_LIMIT_MS = 2_000;
const LOG_LIMIT_BYTES = 10_000_000;
/** The system's limit of a socket's path is 104 bytes on macOS and 108 on Linux. */
const SOCKET_PATH_LIMIT = 100;
/** The port is a part of the socket's name, not a port of the network. */
const SOCKET_PORT = 5432;
/** What passes by itself: a start beside ours, children of a killed server that still end, a port taken meanwhile. */
const PASSING = /lock file ".*" already exists|pre-existing shared memory block|could not bind|Address already in use/i;
const NO_SOCKETS = /could not (create|bind) Unix|could not create any Unix-domain sockets/i;

/** The running server of this cluster: an earlier one is adopted, otherwise one is started. */
export async function bringUp(launch: Launch): Promise<{ postmaster: Postmaster; adopted: boolean }> {
  const end = clock.monotonicMs() + START_LIMIT_MS;
  let tcp =
    launch.again?.tcp ??
    (process.platform === 'win32' || Buffer.byteLength(socketFile(launch.cluster)) >= SOCKET_PATH_LIMIT);
  for (;;) {
    const running = await findRunning(launch.cluster, end);
    if (running !== undefined) return { postmaster: running, adopted: true };
    const attempt = await launchServer(launch, tcp, end);
    if (attempt.postmaster !== undefined) return { postmaster: attempt.postmaster, adopted: false };
    if (!PASSING.test(attempt.log) || clock.monotonicMs() > end)
      throw new EmbeddedError(`PostgreSQL did not start in ${launch.cluster.home}:\n${attempt.log}`);
    tcp ||= launch.again === undefined && NO_SOCKETS.test(attempt.log);
    await clock.sleep(100);
  }
}

function socketFile(cluster: Cluster): string {
  return path.join(cluster.home, `.s.PGSQL.${SOCKET_PORT}`);
}

/** Waits while a server of this cluster starts or stops; undefined when none runs (any more). */
async function findRunning(cluster: Cluster, end: number): Promise<Postmaster | undefined> {
  const blankUntil = clock.monotonicMs() + BLANK_LIMIT_MS;
  for (;;) {
    const claim = await readPostmaster(cluster.data);
    if (claim === undefined) return undefined;
    const beingWritten = claim.pid === 0 && clock.monotonicMs() < blankUntil;
    if (!beingWritten && !(await isServing(claim.pid, cluster.data))) return await judgeClaim(cluster, claim);
    if (claim.status === 'ready') return claim;
    if (clock.monotonicMs() > end)
      throw new EmbeddedError(`The PostgreSQL server ${claim.pid} of ${cluster.home} is ${claim.status} for too long.`);
    await clock.sleep(POLL_MS);
  }
}

/** A claim whose process is not to be found as a server here: of a server elsewhere, of a dead one, or blank. */
async function judgeClaim(cluster: Cluster, claim: Postmaster): Promise<Postmaster | undefined> {
  // Its number says nothing when it runs in another container that shares the folder; its socket does.
  if (claim.status === 'ready' && !claim.tcp && (await answers(socketFile(cluster)))) return claim;
  // PostgreSQL replaces the claim of a dead process by itself, and safely; only these two it refuses to touch.
  if (claim.pid === 0 || isAlive(claim.pid)) await removeStaleClaim(cluster.data, claim);
  return undefined;
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect({ path: socket });
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

async function launchServer(
  launch: Launch,
  tcp: boolean,
  end: number,
): Promise<{ postmaster?: Postmaster; log: string }> {
  const { cluster } = launch;
  const logFile = path.join(cluster.home, 'server.log');
  await rotate(logFile);
  const log = await open(logFile, 'a', 0o600);
  // The owner of the data may start the server without us next time.
  if (cluster.account !== undefined) await log.chown(cluster.account.uid, cluster.account.gid);
  const before = (await log.stat()).size;
  const port = launch.again?.port ?? (tcp ? await freePort() : SOCKET_PORT);
  const child = spawnServer(launch, tcp, port, log.fd);
  const ended = endOf(child);
  await log.close();
  const logged = async (): Promise<string> =>
    (await readFile(logFile)).subarray(before).toString('utf8').trim().slice(-4000);
  for (;;) {
    const failure = await Promise.race([ended, clock.sleep(POLL_MS)]);
    if (failure !== undefined) return { log: `${await logged()}\n${failure}` };
    const claim = await readPostmaster(cluster.data);
    // On Windows the child is pg_ctl, which ends when the server is ready; the claim is then the server's.
    if (claim?.status === 'ready' && (claim.pid === child.pid || process.platform === 'win32'))
      return { postmaster: claim, log: '' };
    if (clock.monotonicMs() > end)
      return { log: `${await logged()}\nnot ready after ${START_LIMIT_MS / 1000} seconds` };
  }
}

/**
 * A session of its own, so that Ctrl-C in the terminal reaches the service but not its database. The program is
 * started without a shell: no character of a path means anything but itself.
 */
function spawnServer({ cluster, binaries, settings }: Launch, tcp: boolean, port: number, log: number): ChildProcess {
  const all: ServerSettings = {
    cluster_name: 'lumentill',
    ...settings,
    port: String(port),
    listen_addresses: tcp ? '127.0.0.1' : '',
    // Relative to the data folder, which is where the server works: short however long the path to it is.
    unix_socket_directories: tcp ? '' : '..',
    unix_socket_permissions: '0700',
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const options = { ...as(cluster.account), cwd: cluster.data, env: SERVER_ENVIRONMENT, detached: true };
  const child =
    process.platform === 'win32'
      ? spawn(
          binaries.pgCtl,
          ['-D', cluster.data, '-W', '-s', '-l', path.join(cluster.home, 'server.log'), '-o', flags.join(' '), 'start'],
          { ...options, detached: false, stdio: 'ignore' },
        )
      : spawn(binaries.postgres, ['-D', dataArgument(cluster), ...flags], { ...options, stdio: ['ignore', log, log] });
  child.unref();
  return child;
}

/** Resolves with the reason when the process ends or cannot be started; a good end of pg_ctl does not count. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => {
      if (process.platform !== 'win32' || code !== 0)
        resolve(`the server ended with ${signal ?? `status ${String(code)}`}`);
    });
  });
}

async function rotate(logFile: string): Promise<void> {
  try {
    if ((await stat(logFile)).size > LOG_LIMIT_BYTES) await rename(logFile, `${logFile}.old`);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/**
 * A fast shutdown: sessions are ended, what is committed is on disk. Resolves when the process is gone. The claim
 * is read again, because the server we joined may have died and been started anew by another process.
 */
export async function shutDown(cluster: Cluster, binaries: Binaries): Promise<void> {
  const pid = (await readPostmaster(cluster.data))?.pid ?? 0;
  if (!(await isServing(pid, cluster.data))) return;
  if (process.platform === 'win32')
    await run(binaries.pgCtl, ['-D', cluster.data, '-m', 'fast', '-W', 'stop'], cluster.data);
  else interrupt(pid);
  const end = clock.monotonicMs() + STOP_LIMIT_MS;
  while (await isServing(pid, cluster.data)) {
    if (clock.monotonicMs() > end)
      throw new EmbeddedError(`The PostgreSQL server ${pid} of ${cluster.home} does not stop.`);
    await clock.sleep(POLL_MS);
  }
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    // A process that left at the same moment was quicker.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
