import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbedded } from '../../src/database/embedded/start-embedded';
import { migrate } from '../../src/database/migrate';
import { begin } from '../support/hooks';
import { until } from './until';

const SETTINGS = {
  wal_level: 'replica',
  max_wal_senders: '4',
  wal_keep_size: '256MB',
  hot_standby: 'on',
  max_connections: '100',
  fsync: 'off',
};

/** A PostgreSQL server of a test's own, which can be stopped, copied, put back, followed by a replica and promoted. */
export class PostgresServer {
  private static readonly all = new Set<PostgresServer>();

  private constructor(
    /** The folder that holds the cluster; what is copied and put back is all of it. */
    readonly folder: string,
    private server: EmbeddedPostgres,
  ) {
    PostgresServer.all.add(this);
    begin(() => this.stop());
  }

  static async start(folder?: string): Promise<PostgresServer> {
    const dataDir = folder ?? (await mkdtemp(path.join(os.tmpdir(), 'lumentill-restore-')));
    // A replica may run as another user than this test, and must reach the socket below.
    await chmod(dataDir, 0o711);
    return new PostgresServer(dataDir, await startEmbedded({ dataDir, settings: SETTINGS }));
  }

  static async endAll(): Promise<void> {
    for (const server of PostgresServer.all) {
      await server.stop();
      await rm(server.folder, { recursive: true, force: true });
    }
    PostgresServer.all.clear();
  }

  get url(): string {
    return this.server.url;
  }

  /** Ends every session first: nobody else's may keep the server up. */
  async stop(): Promise<void> {
    await query(
      this.url,
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = $1',
      ['client backend'],
    ).catch(() => undefined);
    await this.server.stop();
  }

  /** kill -9 of every process of the server at once: what had not been written to the disk is lost, as in a power cut. */
  async crash(): Promise<void> {
    const postmaster = Number(
      (await readFile(path.join(this.folder, 'postgres/data/postmaster.pid'), 'utf8')).split('\n')[0],
    );
    // It starts no other process from now on.
    process.kill(postmaster, 'SIGSTOP');
    const all = [...(await childrenOf(postmaster)), postmaster];
    for (const pid of all) kill(pid);
    await until(async () => (await Promise.all(all.map(isAlive))).every((alive) => !alive), {
      what: 'nothing of the server is left',
    });
  }

  async startAgain(): Promise<void> {
    this.server = await startEmbedded({ dataDir: this.folder, settings: SETTINGS });
  }

  /** A copy of the stopped server's files, as a backup that was made by copying. */
  async copyFiles(): Promise<string> {
    const copy = await mkdtemp(path.join(os.tmpdir(), 'lumentill-restore-'));
    await duplicate(this.folder, copy);
    return copy;
  }

  /** The stopped server's files are those of the copy now. */
  async putBack(copy: string): Promise<void> {
    await rm(path.join(this.folder, 'postgres'), { recursive: true });
    await duplicate(copy, this.folder);
  }

  /** Another server that follows this one by streaming its log, up to date when it is returned. */
  async replica(): Promise<PostgresServer> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'lumentill-restore-'));
    const data = path.join(folder, 'postgres/data');
    const session = await connect(this.url);
    try {
      await session.query(`select pg_backup_start('replica', true)`);
      await duplicate(this.folder, folder);
      const { rows } = await session.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
      await plant(data, 'backup_label', rows[0]?.labelfile ?? '');
    } finally {
      await session.end();
    }
    // What belongs to the process that runs, not to its data.
    await Promise.all(
      ['data/postmaster.pid', 'data/postmaster.opts', '.s.PGSQL.5432', '.s.PGSQL.5432.lock'].map((name) =>
        rm(path.join(folder, 'postgres', name), { force: true }),
      ),
    );
    await plant(data, 'standby.signal', '');
    await plant(data, 'postgresql.auto.conf', `primary_conninfo = '${await this.connectionInfo()}'\n`);
    const standby = await PostgresServer.start(folder);
    await standby.caughtUpWith(this);
    return standby;
  }

  /** From now on nothing of what the primary writes arrives here. */
  async holdBack(): Promise<void> {
    await plant(path.join(this.folder, 'postgres/data'), 'postgresql.auto.conf', '');
    await query(this.url, 'select pg_reload_conf()');
    await until(async () => (await query(this.url, 'select 1 from pg_stat_wal_receiver')).length === 0, {
      ms: 60_000,
      what: 'the replica does not receive any more',
    });
  }

  /** Makes a replica take writes, as if its primary were gone. */
  async promote(): Promise<void> {
    await query(this.url, 'select pg_promote(true, 60)');
    await until(
      async () => (await query<{ on: boolean }>(this.url, 'select pg_is_in_recovery() as on'))[0]?.on === false,
      { ms: 60_000, what: 'the replica is promoted' },
    );
  }

  private async caughtUpWith(primary: PostgresServer): Promise<void> {
    const [row] = await query<{ lsn: string }>(primary.url, 'select pg_current_wal_lsn() as lsn');
    await until(
      async () =>
        (
          await query<{ there: boolean | null }>(this.url, 'select pg_last_wal_replay_lsn() >= $1::pg_lsn as there', [
            row?.lsn,
          ])
        )[0]?.there === true,
      { ms: 60_000, what: 'the replica has caught up' },
    );
  }

  private async connectionInfo(): Promise<string> {
    const url = new URL(this.url);
    const host = url.searchParams.get('host') ?? url.hostname;
    return `host=${host} port=${url.port || '5432'} user=${url.username} password=${decodeURIComponent(url.password)} application_name=replica`;
  }
}

/** What a dump holds: the rows, in JSON, and nothing of the server they were on. */
export type Dump = ReadonlyMap<string, string>;

/** As `pg_dump --data-only` does it: every row of one snapshot. */
export async function dumpOf(url: string): Promise<Dump> {
  const client = await connect(url);
  try {
    await client.query('begin isolation level repeatable read read only');
    const rows = new Map<string, string>();
    for (const table of await tablesOf(client)) {
      const answer = await client.query<{ rows: string }>(
        `select coalesce(json_agg(t), '[]')::text as rows from ${table} t`,
      );
      rows.set(table, answer.rows[0]?.rows ?? '[]');
    }
    await client.query('commit');
    return rows;
  } finally {
    await client.end();
  }
}

/** As `pg_restore --clean` does it: everything is dropped and made anew. Nobody may be at work in the database. */
export async function restore(url: string, dump: Dump): Promise<void> {
  await query(url, 'drop schema if exists public cascade');
  await query(url, 'create schema public');
  await migrate(url);
  const client = await connect(url);
  try {
    await client.query('begin');
    // Foreign keys and triggers are for those who write, not for what was written.
    await client.query('set local session_replication_role = replica');
    for (const table of await tablesOf(client)) {
      if (table === 'schema_migrations') continue;
      await client.query(`delete from ${table}`);
      const columns = await client.query<{ name: string }>(
        `select quote_ident(column_name) as name from information_schema.columns where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'`,
        [table],
      );
      const list = columns.rows.map(({ name }) => name).join(', ');
      await client.query(
        `insert into ${table} (${list}) overriding system value select ${list} from json_populate_recordset(null::${table}, $1::json)`,
        [dump.get(table) ?? '[]'],
      );
    }
    await client.query('commit');
  } finally {
    await client.end();
  }
}

/** Restores on the same server, into a database that then takes the name and the place of the old one, whoever is at work in it. */
export async function restoreInPlace(url: string, dump: Dump): Promise<void> {
  const beside = new URL(url);
  const name = beside.pathname.slice(1);
  beside.pathname = '/restored';
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  await query(maintenance.toString(), 'create database restored');
  await restore(beside.toString(), dump);
  for (const [from, to] of [
    [name, 'lost'],
    ['restored', name],
  ] as const) {
    await until(
      async () => {
        await query(
          maintenance.toString(),
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1',
          [from],
        );
        return query(maintenance.toString(), `alter database ${from} rename to ${to}`).then(
          () => true,
          () => false,
        );
      },
      { ms: 60_000, what: `${from} is ${to}` },
    );
  }
}

async function tablesOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by tablename`,
  );
  return rows.map(({ name }) => name);
}

/** An address that stays while the server behind it changes, as of a pooler or a name that moves at a failover. */
export class MovingAddress {
  private readonly sockets = new Set<net.Socket>();

  private constructor(
    private readonly server: net.Server,
    private target: string,
  ) {}

  static async start(target: string): Promise<MovingAddress> {
    const server = net.createServer();
    const address = new MovingAddress(server, target);
    begin(() => address.stop());
    server.on('connection', (client) => address.join(client));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return address;
  }

  get url(): string {
    const url = new URL(this.target);
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as net.AddressInfo).port);
    return url.toString();
  }

  /** Whoever is connected is cut off, and finds the other server when he comes again. */
  moveTo(target: string): void {
    this.target = target;
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.moveTo(this.target);
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  }

  private join(client: net.Socket): void {
    const url = new URL(this.target);
    const folder = url.searchParams.get('host');
    const upstream = net.connect(
      folder === null
        ? { host: url.hostname, port: Number(url.port) }
        : { path: `${folder}/.s.PGSQL.${url.port || '5432'}` },
    );
    for (const socket of [client, upstream]) {
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.sockets.delete(socket));
    }
    client.pipe(upstream);
    upstream.pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const stats = (await readdir('/proc'))
    .filter((name) => /^\d+$/.test(name))
    .map(async (pid) => [Number(pid), await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')] as const);
  // `pid (name) state ppid`: a name may hold blanks and brackets.
  return (await Promise.all(stats))
    .filter(([, text]) => Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[1]) === parent)
    .map(([pid]) => pid);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A process that has ended and that nobody has asked about yet is not alive. */
async function isAlive(pid: number): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return text !== '' && !text.slice(text.lastIndexOf(')') + 2).startsWith('Z');
}

/** With owners and times; what vanishes while a running server is copied is no loss. */
async function duplicate(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-a', path.join(from, 'postgres'), to]).catch((error: unknown) => {
    const { stderr } = error as { stderr: string };
    if (!stderr.split('\n').every((line) => line === '' || line.includes('No such file') || line.includes('socket')))
      throw error;
  });
}

/** A file that belongs to whom the data belong to. */
async function plant(data: string, name: string, text: string): Promise<void> {
  const { uid, gid } = await stat(data);
  const file = path.join(data, name);
  await writeFile(file, text, { mode: 0o600 });
  await chown(file, uid, gid);
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function query<R>(url: string, text: string, values: readonly unknown[] = []): Promise<R[]> {
  const client = await connect(url);
  try {
    return (await client.query(text, [...values])).rows as R[];
  } finally {
    await client.end();
  }
}
