import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { SystemClock } from '../../common/clock';
import { chooseAccount } from './account';
import { locateBinaries } from './binaries';
import { EmbeddedError } from './embedded-error';
import { openCluster, readPassword, type Cluster } from './cluster';
import type { Postmaster } from './postmaster';
import { isEnding, Presence } from './presence';
import { ServerKeeper } from './server-keeper';
import { bringUp, shutDown, type Launch, type ServerSettings } from './server';

const clock = new SystemClock();
const JOIN_TRIES = 20;

export interface EmbeddedOptions {
  /** The cluster lives in the folder `postgres` below it; nothing above or beside that folder is changed. */
  readonly dataDir: string;
  readonly log?: (message: string) => void;
  /** PostgreSQL settings by name; `fsync: 'off'` makes a throw-away server. An adopted server keeps its own. */
  readonly settings?: ServerSettings;
  /** Only one service may work on this data: the second one is refused. Commands come and go beside it. */
  readonly exclusive?: boolean;
  /** Called when the server has died and cannot be brought back. Without it, a server that dies is left alone. */
  readonly onLost?: (reason: unknown) => void;
}

export interface EmbeddedPostgres {
  /** Carries the password: never log it. */
  readonly url: string;
  /** The server was running already, left by a process that was killed or is still at work. */
  readonly adopted: boolean;
  /**
   * Call it when our own connections are closed. The last process to leave stops the server; while another
   * process or any session uses it, the server stays, and the next start adopts it.
   */
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL from npm packages with the database `lumentill`, for development, tests and small
 * installations. It can only be reached through a Unix socket in a closed folder, or on 127.0.0.1 when the path
 * is too long for a socket; both ask for a generated password. Throws `EmbeddedError`, which says what to do.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? ((): void => undefined);
  const settings = options.settings ?? {};
  const home = path.resolve(options.dataDir, 'postgres');
  const account = await chooseAccount(home);
  const binaries = await locateBinaries(account, log);
  const asked: Cluster = { home, data: path.join(home, 'data'), account };
  await openCluster(asked, binaries, settings['fsync'] !== 'off');
  const real = await realpath(home);
  const cluster: Cluster = { home: real, data: path.join(real, 'data'), account };
  const launch: Launch = { cluster, binaries, settings };
  const joined = await joinServer(launch, await readPassword(cluster));
  const { postmaster, adopted, url } = joined;
  log(`PostgreSQL ${binaries.major} ${adopted ? 'adopted' : 'started'} in ${home} (process ${postmaster.pid}).`);
  const bringBack = async (): Promise<Joined> => {
    const back = await joinServer({ ...launch, again: postmaster }, new URL(url).password);
    if (back.url !== url) throw new Error('it is back at another address, which nobody here knows');
    return back;
  };
  const keeper = new ServerKeeper(joined.presence, bringBack, {
    log,
    onLost: options.onLost,
    exclusive: options.exclusive === true,
  });
  if (options.exclusive === true && !(await joined.presence.claimService())) {
    await keeper.leave();
    throw new EmbeddedError(
      `Another service is running on the data in ${options.dataDir}: stop that one, or give this one a folder of its own (DATA_DIR). Several services can share one database only when they are given its DATABASE_URL.`,
    );
  }
  let stopping: Promise<void> | undefined;
  const leave = async (): Promise<void> => {
    const found = await keeper.leave();
    if (found === 'last') await shutDown(cluster, binaries);
    if (found === 'silent') log('PostgreSQL says nothing: it is left as it is, and the next start goes on with it.');
    if (found === 'others') log('PostgreSQL keeps running: another process uses it.');
  };
  return { url, adopted, stop: () => (stopping ??= leave()) };
}

interface Joined {
  readonly postmaster: Postmaster;
  readonly adopted: boolean;
  readonly url: string;
  readonly presence: Presence;
}

/** A running server may be about to end when we find it: killed a moment ago, or stopped by its last user. */
async function joinServer(launch: Launch, password: string): Promise<Joined> {
  for (let tries = 1; ; tries++) {
    const { postmaster, adopted } = await bringUp(launch);
    const url = databaseUrl(launch.cluster, postmaster, password);
    try {
      return { postmaster, adopted, url, presence: await Presence.enter(url) };
    } catch (error) {
      if (!adopted || tries === JOIN_TRIES || !isEnding(error)) throw error;
      await clock.sleep(50 * tries);
    }
  }
}

/** `host` in the query overrides the name before it, for node-postgres and for libpq alike. */
function databaseUrl(cluster: Cluster, { tcp, port }: Postmaster, password: string): string {
  if (tcp) return `postgres://postgres:${password}@127.0.0.1:${port}/lumentill`;
  return `postgres://postgres:${password}@localhost:${port}/lumentill?host=${encodeURIComponent(cluster.home)}`;
}
