import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { begin } from './hooks';

export const COMMIT = /Q\0\0\0.COMMIT\0/s;

/** A TCP proxy in front of PostgreSQL that can cut a connection around the answer to COMMIT, and freeze all of them. */
export class DatabaseProxy {
  /** What is cut around; a statement that is its own transaction is known by its parameters. */
  around = COMMIT;
  /**
   * `before`: the server never sees the COMMIT. `after`: it has committed, and the answer is lost. `silent`: as
   * `after`, but the connection stays open and says nothing more.
   */
  cut: 'before' | 'after' | 'silent' | undefined;
  cuts = 0;
  private frozen = false;

  readonly stop = begin(async () => {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  });

  private constructor(
    private readonly server: net.Server,
    private readonly sockets: Set<net.Socket>,
  ) {}

  static async start(databaseUrl: string): Promise<DatabaseProxy> {
    const target = targetOf(databaseUrl);
    const sockets = new Set<net.Socket>();
    const server = net.createServer();
    const proxy = new DatabaseProxy(server, sockets);
    server.on('connection', (client) => {
      const upstream = net.connect(target);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => sockets.delete(socket));
      }
      proxy.join(client, upstream);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  /** The same database through the proxy. */
  urlOf(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.toString();
  }

  /** Nothing passes any more and nothing ends: connections are taken, and nobody answers. */
  freeze(): void {
    this.frozen = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** What was said meanwhile arrives now. */
  thaw(): void {
    this.frozen = false;
    for (const socket of this.sockets) socket.resume();
  }

  private join(client: net.Socket, upstream: net.Socket): void {
    let committing = false;
    client.on('data', (chunk) => {
      if (this.cut !== undefined && this.around.test(chunk.toString('latin1'))) {
        this.cuts += 1;
        committing = true;
        if (this.cut === 'before') return client.destroy();
      }
      return upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!committing) return client.write(chunk);
      if (this.cut === 'silent') return undefined;
      client.destroy();
      return upstream.destroy();
    });
    if (this.frozen) for (const socket of [client, upstream]) socket.pause();
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  }
}

/** The test server may listen on a socket file, named by its folder. */
function targetOf(databaseUrl: string): net.NetConnectOpts {
  const url = new URL(databaseUrl);
  const folder = url.searchParams.get('host');
  return folder === null
    ? { host: url.hostname, port: Number(url.port) }
    : { path: `${folder}/.s.PGSQL.${url.searchParams.get('port') ?? (url.port || '5432')}` };
}
