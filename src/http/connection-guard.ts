import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What one client may hold, and for how long. */
export interface ConnectionLimits {
  /** Sockets of one address at a time; null where the addresses are those of a proxy, which speaks for many. */
  readonly perAddress: number | null;
  /** What a socket counts for, from its remote address. */
  readonly subjectOf: (address: string) => string;
  /** Called for sockets ended to make room, and for newcomers refused. */
  readonly onEnded: (reason: 'replaced' | 'refused') => void;
}

/** The last request of a socket; on a pipeline those before it are answered first. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

type Held = Map<Socket, Exchange | undefined>;

const REFUSAL = 'HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n';

/**
 * No client can take all the sockets. At its limit an address gives up the socket that has waited longest for its
 * client: idle, in the middle of a request, or not reading its answer. A client that holds sockets open therefore blocks
 * no other, not even behind the same address. A new connection is refused only where all of them are being answered.
 */
export class ConnectionGuard {
  /** By address; those that were heard of last come last. */
  private readonly held = new Map<string, Held>();
  private readonly homes = new WeakMap<Socket, Held>();

  constructor(private readonly limits: ConnectionLimits) {}

  watch(server: Server): void {
    const { perAddress } = this.limits;
    if (perAddress === null) return;
    server.on('connection', (socket: Socket) => this.admit(socket, perAddress));
    server.on('request', (request, response) => this.note(request.socket, { request, response }));
  }

  private admit(socket: Socket, limit: number): void {
    const subject = this.limits.subjectOf(socket.remoteAddress ?? '');
    const sockets: Held = this.held.get(subject) ?? new Map();
    if (sockets.size >= limit && !this.makeRoom(sockets)) {
      this.limits.onEnded('refused');
      socket.end(REFUSAL);
      socket.destroySoon();
      return;
    }
    this.held.set(subject, sockets);
    this.homes.set(socket, sockets);
    sockets.set(socket, undefined);
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0 && this.held.get(subject) === sockets) this.held.delete(subject);
    });
  }

  private makeRoom(sockets: Held): boolean {
    for (const [socket, exchange] of sockets) {
      if (!waitsForClient(exchange)) continue;
      this.limits.onEnded('replaced');
      // Its `close` comes later; it must not be counted until then.
      sockets.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }

  private note(socket: Socket, exchange: Exchange): void {
    const sockets = this.homes.get(socket);
    if (sockets?.delete(socket) === true) sockets.set(socket, exchange);
  }
}

function waitsForClient(exchange: Exchange | undefined): boolean {
  return exchange === undefined || !exchange.request.complete || exchange.response.writableEnded;
}
