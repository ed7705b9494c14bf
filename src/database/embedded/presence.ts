import { Client, type QueryConfig } from 'pg';
import { SystemClock } from '../../common/clock';
import { errorCode } from './embedded-error';

const PRESENT = 'lumentill presence';
const LEAVING = 'lumentill leaving';
const DATABASE = 'lumentill';
const clock = new SystemClock();
const PATIENCE_MS = 2_000;
/** A frozen server answers nothing. A leaving process does not wait for it, and it goes on when it can. */
const SILENCE_MS = 5_000;
/** invalid_catalog_name and duplicate_database (PostgreSQL, appendix A). */
const NO_SUCH_DATABASE = '3D000';
const DATABASE_EXISTS = '42P04';
/**
 * No socket, no listener, or cut off; admin_shutdown, crash_shutdown and cannot_connect_now, which a server
 * says while it shuts down.
 */
const ENDING = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03'];

/** Whether a failure means that the server has ended or is about to; another start will find it gone. */
export function isEnding(error: unknown): boolean {
  const code = errorCode(error);
  // The driver gives no code when the connection ends in the middle of the greeting.
  return code === undefined ? String(error).includes('Connection terminated') : ENDING.includes(code);
}

/** A connection that remembers that it broke. */
interface Line {
  readonly client: Client;
  broken: boolean;
  /** Called once, when it breaks. */
  onBroken: () => void;
}

/** Any constant. The embedded server is reached without a pooler, so a lock may belong to a session. */
const SERVICE_LOCK = 7_205_759_404;
/** The session of a service that was killed ends a moment later than the service. */
const SERVICE_PATIENCE_MS = 8_000;

/**
 * One idle connection per process that uses the server, for as long as it does. The system closes it however the
 * process ends, so the number of these connections shows whether another process still needs the server.
 */
export class Presence {
  private constructor(
    private readonly url: string,
    private readonly line: Line,
  ) {
    // An idle connection alone shall not keep the process alive.
    holdsProcess(line.client, false);
  }

  /** Connects, and creates the database first when it is missing. `url` names the database `lumentill`. */
  static async enter(url: string): Promise<Presence> {
    try {
      return new Presence(url, await connect(url));
    } catch (error) {
      if (errorCode(error) !== NO_SUCH_DATABASE) throw error;
      await createDatabase(url);
      return new Presence(url, await connect(url));
    }
  }

  /** Called when the server ends this connection: it has died, or is about to. */
  onBroken(listener: () => void): void {
    if (this.line.broken) listener();
    else this.line.onBroken = listener;
  }

  /** Makes us the only service of this server until we leave or die; false while another one is. */
  async claimService(): Promise<boolean> {
    const end = clock.monotonicMs() + SERVICE_PATIENCE_MS;
    // Nothing else may keep a process alive that has only begun to start.
    holdsProcess(this.line.client, true);
    try {
      for (;;) {
        const { rows } = await this.line.client.query<{ ours: boolean }>('select pg_try_advisory_lock($1) as ours', [
          SERVICE_LOCK,
        ]);
        if (rows[0]?.ours === true) return true;
        if (clock.monotonicMs() > end) return false;
        await clock.sleep(100);
      }
    } finally {
      holdsProcess(this.line.client, false);
    }
  }

  /** Leaves. Returns whether we were the last; `gone` when the server has ended already, `silent` when it does not answer. */
  async leave(): Promise<'last' | 'others' | 'gone' | 'silent'> {
    this.line.onBroken = () => undefined;
    const line = this.line.broken ? await this.reconnect() : this.line;
    if (line === undefined) return 'gone';
    holdsProcess(line.client, true);
    try {
      return (await isLast(line.client)) ? 'last' : 'others';
    } catch (error) {
      // A process that left at the same moment may have stopped the server while we asked.
      if (line.broken || isEnding(error)) return 'gone';
      if (isSilence(error)) return 'silent';
      throw error;
    } finally {
      await line.client.end();
    }
  }

  private async reconnect(): Promise<Line | undefined> {
    try {
      return await connect(this.url, SILENCE_MS);
    } catch (error) {
      if (isEnding(error) || isSilence(error)) return undefined;
      throw error;
    }
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof Error && /read timeout|timeout expired/i.test(error.message);
}

/**
 * We announce that we leave, then look: of two processes that leave at once at least one sees no other stay. Our own pool
 * was closed a moment ago and its sessions need some milliseconds to end, hence the patience with plain sessions.
 */
async function isLast(client: Client): Promise<boolean> {
  await client.query(unlessSilent(`SET application_name = '${LEAVING}'`));
  const end = clock.monotonicMs() + PATIENCE_MS;
  for (;;) {
    const { rows } = await client.query<{ processes: number; sessions: number }>(
      unlessSilent(
        `SELECT count(*) FILTER (WHERE application_name = $1)::int AS processes, count(*)::int AS sessions
           FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> $2`,
        [PRESENT, LEAVING],
      ),
    );
    const { processes, sessions } = rows[0] ?? { processes: 0, sessions: 0 };
    if (sessions === 0) return true;
    if (processes > 0 || clock.monotonicMs() > end) return false;
    await clock.sleep(10);
  }
}

/** A query that fails when the server says nothing; the type of the driver lacks the member. */
function unlessSilent(text: string, values: readonly unknown[] = []): QueryConfig {
  return { text, values: [...values], query_timeout: SILENCE_MS } as QueryConfig;
}

/** The type of the driver lacks the two methods. */
function holdsProcess(client: Client, held: boolean): void {
  const counted = client as Client & { ref(): void; unref(): void };
  if (held) counted.ref();
  else counted.unref();
}

async function connect(url: string, connectionTimeoutMillis = 10_000): Promise<Line> {
  const client = new Client({ connectionString: url, application_name: PRESENT, connectionTimeoutMillis });
  const line: Line = { client, broken: false, onBroken: () => undefined };
  // The server may be killed beneath an idle connection; the process need not die of it.
  client.on('error', () => {
    if (line.broken) return;
    line.broken = true;
    line.onBroken();
  });
  await client.connect();
  return line;
}

async function createDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const { client } = await connect(maintenance.toString());
  try {
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    // A start beside ours was quicker; the unique index of the catalogue may speak before the check does.
    if (errorCode(error) !== DATABASE_EXISTS && errorCode(error) !== '23505') throw error;
  } finally {
    await client.end();
  }
}
