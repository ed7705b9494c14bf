import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SystemClock } from '../../src/common/clock';
import { HorizonClient } from '../../src/stellar/horizon-client';
import { HorizonLedgerSource } from '../../src/stellar/horizon-ledger-source';
import { PATIENCE_MS } from '../support/patience';
import { PASSPHRASE } from './horizon-records';

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** An HTTP server that says what a test tells it to, by path; what it was asked is kept. */
export class ScriptedHorizon {
  readonly requests: string[] = [];
  private readonly answers = new Map<string, Answer[]>();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => this.serve(request, response));
  }

  /** Answers for `METHOD /path` (without the query), one after the other; the last one stays. */
  on(route: string, ...answers: Answer[]): void {
    this.answers.set(route, answers);
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  /** A ledger source that reads from here, and waits as long as a busy machine may take. */
  async source(prefix = '', deadlineMs = PATIENCE_MS, submitDeadlineMs = deadlineMs): Promise<HorizonLedgerSource> {
    const clock = new SystemClock();
    const client = new HorizonClient((await this.start()) + prefix, {
      clock,
      deadlineMs,
      submitDeadlineMs,
    });
    return new HorizonLedgerSource({ network: 'testnet', passphrase: PASSPHRASE, client, clock });
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const url = request.url ?? '';
    const route = `${request.method ?? ''} ${url.replace(/\?.*$/, '')}`;
    this.requests.push(`${request.method ?? ''} ${url}`);
    const waiting = this.answers.get(route) ?? [problem(404, 'not_found')];
    const answer = waiting.length > 1 ? waiting.shift() : waiting[0];
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => answer?.(request, response, body));
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/hal+json; charset=utf-8', ...headers });
    response.end(JSON.stringify(body));
  };
}

export function problem(status: number, code: string, extras?: unknown, headers: Record<string, string> = {}): Answer {
  const body = {
    type: `https://stellar.org/horizon-errors/${code}`,
    title: code,
    status,
    detail: code,
    ...(extras === undefined ? {} : { extras }),
  };
  return json(body, status, { 'content-type': 'application/problem+json; charset=utf-8', ...headers });
}

export function html(status: number, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers });
    response.end('<html>hello</html>');
  };
}

export const reset: Answer = (request) => void request.socket.destroy();
export const hang: Answer = () => undefined;

export const stalledBody: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"half":');
};

/** Valid JSON of about `megabytes`, sent as fast as it is read. */
export function huge(megabytes: number): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const chunk = Buffer.alloc(1024 * 1024, 0x20);
    response.write('{"a":1');
    let left = megabytes;
    const more = (): void => {
      while (left-- > 0) if (!response.write(chunk)) return void response.once('drain', more);
      response.end('}');
    };
    more();
  };
}
