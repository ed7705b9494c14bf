import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Json } from './api-client';
import { begin } from './hooks';

/** One request as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: Json;
}

/** What the receiver does with a request: a status, or anything it likes with the response. */
export type Behaviour = number | ((response: http.ServerResponse, received: Received) => void);

/** A merchant's server on loopback. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  connections = 0;
  behaviour: Behaviour = 204;

  /** Idempotent. */
  readonly stop = begin(async () => {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  });

  private constructor(
    private readonly server: http.Server,
    readonly port: number,
  ) {}

  static async start(behaviour: Behaviour = 204): Promise<WebhookReceiver> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const receiver = new WebhookReceiver(server, (server.address() as AddressInfo).port);
    receiver.behaviour = behaviour;
    server.on('connection', () => (receiver.connections += 1));
    server.on('request', (request, response) => receiver.take(request, response));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** The official library's judgement, at the time the delivery says it was sent. */
  static verify(received: Received, secret: string): unknown {
    const now = jest.spyOn(Date, 'now').mockReturnValue(Number(received.headers['webhook-timestamp']) * 1000);
    try {
      return new Webhook(secret).verify(received.text, received.headers as Record<string, string>);
    } finally {
      now.mockRestore();
    }
  }

  /** Forgets what has come, and takes everything again. */
  reset(): void {
    this.received.splice(0);
    this.behaviour = 204;
  }

  ids(): (string | undefined)[] {
    return this.received.map(({ headers }) => headers['webhook-id']);
  }

  private take(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const received = {
        path: request.url ?? '',
        headers: request.headers as Record<string, string>,
        text,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      this.received.push(received);
      if (typeof this.behaviour === 'number') response.writeHead(this.behaviour).end();
      else this.behaviour(response, received);
    });
  }
}
