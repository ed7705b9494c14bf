import pg from 'pg';
import { SystemClock } from '../common/clock';
import type { DatabaseTarget } from '../common/database-url';

interface Server {
  readonly host: string;
  readonly port: number;
}

/** No server of the list will do at the moment. */
export class NoServer extends Error {
  readonly code = 'ECONNREFUSED';
}

const clock = new SystemClock();
/** A pool that fills up asks once; a change of roles is seen with the next connection. */
const KEEP_MS = 1_000;
const ASKED: Readonly<Record<'read-write' | 'primary', string>> = {
  'read-write': `select current_setting('transaction_read_only') = 'off' as wanted`,
  primary: 'select not pg_is_in_recovery() as wanted',
};

/**
 * Which of several servers a new connection goes to: the first of the list that answers and is what is wanted, as libpq
 * does it. With one server and no such wish the driver is left alone.
 */
export class ServerChoice {
  private chosen: { readonly at: number; readonly server: Promise<Server> } | undefined;

  /** `timeoutMs` is for the whole list, so that a silent server leaves time for the others. */
  constructor(
    private readonly target: DatabaseTarget,
    private readonly timeoutMs: number,
  ) {}

  async choose(): Promise<Server | undefined> {
    if (this.target.servers.length === 1 && this.target.wanted === null) return undefined;
    const nowMs = clock.monotonicMs();
    if (this.chosen === undefined || nowMs - this.chosen.at > KEEP_MS) {
      const server = this.first();
      this.chosen = { at: nowMs, server };
      server.catch(() => (this.chosen = undefined));
    }
    return this.chosen.server;
  }

  /** Roles may have changed between the choice and the connection: it is checked before its first use. */
  async verify(client: pg.ClientBase): Promise<void> {
    if (this.target.wanted === null || (await isWanted(client, this.target.wanted))) return;
    this.chosen = undefined;
    throw new NoServer('the server that was chosen takes no writes any more');
  }

  private async first(): Promise<Server> {
    const failures: string[] = [];
    for (const url of this.target.servers) {
      const probe = new pg.Client({
        connectionString: url,
        connectionTimeoutMillis: this.shareMs,
        query_timeout: this.shareMs,
        application_name: 'lumentill-choice',
      });
      probe.on('error', () => undefined);
      try {
        await probe.connect();
        const found: Server = { host: probe.host, port: probe.port };
        if (this.target.wanted === null || (await isWanted(probe, this.target.wanted))) return found;
        failures.push(`${probe.host}:${probe.port} takes no writes`);
      } catch (error) {
        failures.push(`${probe.host}:${probe.port}: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        // A silent server is not waited for.
        void probe.end().catch(() => undefined);
      }
    }
    throw new NoServer(`no server of DATABASE_URL will do (${failures.join('; ')})`);
  }

  private get shareMs(): number {
    return Math.max(200, Math.floor((this.timeoutMs * 0.8) / this.target.servers.length));
  }
}

async function isWanted(client: pg.ClientBase, wanted: 'read-write' | 'primary'): Promise<boolean> {
  const { rows } = await client.query<{ wanted: boolean }>(ASKED[wanted]);
  return rows[0]?.wanted === true;
}
