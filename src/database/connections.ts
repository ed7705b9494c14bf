import net from 'node:net';
import type pg from 'pg';
import { SystemClock } from '../common/clock';
import { isPatient } from './patience';

/** Longest silences of the server, in milliseconds. */
export interface SilenceLimits {
  /** For a statement that a caller waits for, and for opening a connection. */
  readonly callerMs: number;
  /** For a statement of a job; Infinity for none. More than the server's own limits, so that a slow one is ended there. */
  readonly jobMs: number;
}

/** The parts of the driver's client that its types leave out. */
export interface Wire {
  readonly host: string;
  readonly port: number;
  readonly processID: number | null;
  readonly secretKey: number | null;
  readonly connection: { readonly stream: net.Socket };
}

/** No answer came in time. Whether the statement was carried out is not known. */
class ServerSilent extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(ms: number) {
    super(`the database gave no answer within ${ms} ms`);
  }
}

/** The server ends a statement after 15 seconds (data-source.ts); a server that is still silent then is gone. */
export const JOB_MS = 20_000;
const clock = new SystemClock();
/** What a statement gets at least, however long its connection was waited for. */
const SHORTEST_MS = 250;
/** "Cancel request" of the protocol: its length and its code, then whose statement. */
const CANCEL_BYTES = 16;
const CANCEL_CODE = 80_877_102;
const CANCEL_MS = 2_000;

/**
 * The connections of one pool, and how long they wait. A peer that has frozen or is behind a dead network says
 * nothing, not even that it is gone, so every statement has a limit; the connection that met it is destroyed, because
 * the answer may still come and would be taken for that of the next statement.
 */
export class Connections {
  private readonly open = new Set<Wire>();
  private limits: SilenceLimits;
  private hurriedAtMs: number | undefined;
  private heardAtMs = Number.NEGATIVE_INFINITY;
  private given = false;

  constructor(limits: SilenceLimits = { callerMs: JOB_MS, jobMs: JOB_MS }) {
    this.limits = limits;
  }

  /** True once this process has given the database up: nothing is asked any more. */
  get givenUp(): boolean {
    return this.given;
  }

  /** The latest time for an answer to a statement sent now, by the monotonic clock. */
  untilMs(): number {
    return clock.monotonicMs() + (isPatient() ? this.limits.jobMs : this.limits.callerMs);
  }

  add(client: Wire): void {
    this.open.add(client);
  }

  remove(client: Wire): void {
    this.open.delete(client);
  }

  /** Measures the silence on this connection from its next write on. A timeout of the same length stays set: setting one is not cheap. */
  watch({ connection: { stream } }: Wire, untilMs: number): void {
    const leftMs = Math.max(SHORTEST_MS, untilMs - clock.monotonicMs());
    const ms = this.hurriedAtMs === undefined ? leftMs : Math.min(leftMs, this.limits.callerMs);
    const timeout = Number.isFinite(ms) ? Math.ceil(ms) : 0;
    if (stream.timeout !== timeout) stream.setTimeout(timeout);
  }

  /** The server has answered everything that was asked on some connection, so it is not silent. */
  heard(): void {
    this.heardAtMs = clock.monotonicMs();
  }

  /** No caller waits for this connection: it may be silent until its next statement. */
  rest({ connection: { stream } }: Wire): void {
    stream.setTimeout(0);
  }

  /** Ends the silence: the caller that waits for this connection gets an error, and the server is asked to stop. */
  silent(client: Wire): void {
    const { stream } = client.connection;
    cancel(client);
    stream.destroy(new ServerSilent(stream.timeout ?? 0));
    if (this.hurriedAtMs !== undefined && this.heardAtMs < this.hurriedAtMs) this.giveUp();
  }

  /** The process stops: statements under way and from now on have this long. When no connection answers any more, all are given up. */
  hurry(ms: number): void {
    this.hurriedAtMs = clock.monotonicMs();
    this.limits = { callerMs: Math.min(ms, this.limits.callerMs), jobMs: Math.min(ms, this.limits.jobMs) };
    for (const { connection } of this.open) if ((connection.stream.timeout ?? 0) > 0) connection.stream.setTimeout(ms);
  }

  /** Ends every connection, busy or not, and has no others opened. */
  giveUp(): void {
    this.given = true;
    for (const { connection } of this.open)
      connection.stream.destroy(new Error('Connection terminated: the service stops'));
  }
}

/** Best effort, over a connection of its own: the server goes on with a statement although no caller waits any more. */
function cancel({ host, port, processID, secretKey }: Wire): void {
  if (processID === null || secretKey === null) return;
  const request = Buffer.alloc(CANCEL_BYTES);
  [CANCEL_BYTES, CANCEL_CODE, processID, secretKey].forEach((value, at) => request.writeInt32BE(value | 0, at * 4));
  const socket = host.startsWith('/') ? net.connect(`${host}/.s.PGSQL.${port}`) : net.connect(port, host);
  socket.on('error', () => undefined);
  socket.setTimeout(CANCEL_MS, () => socket.destroy());
  socket.unref();
  socket.end(request);
}

/** A query as it is given to a client of the pool: what the driver reads, and what we add. */
export interface AskedQuery extends pg.QueryConfig {
  /** `untilMs` of the monotonic clock: the wait for a connection counts too. */
  readonly untilMs: number;
  /** Planned anew for its values, so without a name. */
  readonly anew: boolean;
  /** Set when the statement has been handed to the connection: from then on it may have been carried out. */
  sent: boolean;
}
