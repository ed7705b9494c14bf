import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { begin } from '../support/hooks';

/**
 * What happens to a request on its way: `lost_request` never reaches the server, `lost_answer` does and its answer
 * is held back; neither caller hears anything until the proxy is opened or somebody hangs up.
 */
export type Interference = 'lost_request' | 'lost_answer';

interface Rule {
  readonly match: RegExp;
  readonly interference: Interference;
}

/** An HTTP proxy between the service and its Horizon that can swallow requests and answers. */
export class FaultProxy {
  private rules: Rule[] = [];
  private readonly held = new Set<() => void>();
  private counts = 0;

  readonly stop = begin(async () => {
    this.open();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
    });
  });

  private constructor(
    private readonly target: string,
    private readonly server: http.Server,
  ) {}

  static async start(target: string): Promise<FaultProxy> {
    const server = http.createServer();
    const proxy = new FaultProxy(target, server);
    server.on('request', (request: http.IncomingMessage, answer: http.ServerResponse) => proxy.pass(request, answer));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How many requests or answers are being held right now or were, since the last `open`. */
  get struck(): number {
    return this.counts;
  }

  /** Applies to requests ("METHOD path?query") that match, until `open`. */
  hold(match: RegExp, interference: Interference): void {
    this.rules.push({ match, interference });
  }

  /** Back to normal; what is held gets a connection reset. */
  open(): void {
    this.rules = [];
    this.counts = 0;
    for (const drop of this.held) drop();
    this.held.clear();
  }

  private pass(request: http.IncomingMessage, answer: http.ServerResponse): void {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    const interference = this.rules.find(({ match }) => match.test(line))?.interference;
    if (interference === 'lost_request') return this.keep(answer);
    const upstream = http.request(
      new URL(request.url ?? '/', this.target),
      { method: request.method, headers: request.headers, agent: false },
      (reply) => {
        if (interference === 'lost_answer') {
          reply.resume();
          reply.on('end', () => this.keep(answer));
          return;
        }
        answer.writeHead(reply.statusCode ?? 502, reply.headers);
        reply.pipe(answer);
      },
    );
    upstream.on('error', () => answer.destroy());
    request.pipe(upstream);
  }

  private keep(answer: http.ServerResponse): void {
    this.counts += 1;
    this.held.add(() => answer.destroy());
  }
}
