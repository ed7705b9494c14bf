import { once } from 'node:events';
import net from 'node:net';
import { ApiClient } from '../support/api-client';
import { eventually, TestApp } from '../support/app';

interface LogLine {
  readonly msg: string;
  readonly requestId?: string;
  readonly method?: string;
  readonly path?: string;
  readonly status?: number;
}

/** What is refused before a route is looked for is in nobody's way, but whoever runs the service must be able to see it. */
describe('the log of requests', () => {
  const lines: LogLine[] = [];
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start({ log: (line) => lines.push(JSON.parse(line) as LogLine) });
  });

  afterAll(() => app.stop());

  /** Sends bytes and reads until the service ends the connection. */
  async function raw(text: string): Promise<string> {
    const socket = net.connect(app.env.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    return Buffer.concat(chunks).toString('latin1');
  }

  const CLOSE = 'Host: x\r\nConnection: close\r\n';

  it.each<[string, string, Partial<LogLine>]>([
    ['no HTTP at all', 'HELO mail.example\r\n\r\n', { status: 400 }],
    [
      'a header that is none',
      `GET /api/links HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n`,
      { status: 400, method: 'GET', path: '/api/links' },
    ],
    [
      'headers too large',
      `GET /api/v1/invoices?q=secret HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`,
      { status: 431 },
    ],
    [
      'a path that is no URL',
      `GET /api/links/%zz HTTP/1.1\r\n${CLOSE}\r\n`,
      { status: 400, method: 'GET', path: '/api/links/%zz' },
    ],
    [
      'a body too large',
      `POST /api/links HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n${'a'.repeat(100_000)}`,
      { status: 413, method: 'POST', path: '/api/links' },
    ],
    [
      'a compressed body',
      `POST /api/links HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}`,
      { status: 415, method: 'POST', path: '/api/links' },
    ],
    [
      'two hosts',
      `GET /api/links HTTP/1.1\r\nHost: y\r\n${CLOSE}\r\n`,
      { status: 400, method: 'GET', path: '/api/links' },
    ],
    [
      'a method nobody knows here',
      `PROPFIND /api/links HTTP/1.1\r\n${CLOSE}\r\n`,
      { method: 'PROPFIND', path: '/api/links' },
    ],
  ])('has a line for %s, with the id that the caller was told', async (_, text, expected) => {
    const answer = await raw(text);
    const id = /^request-id: (\S+)\r$/m.exec(answer)?.[1];
    expect(id).toBeDefined();
    const [line] = await eventually(
      async () => lines.filter((each) => each.msg === 'request' && each.requestId === id),
      (found) => found.length > 0,
    );
    expect(line).toMatchObject(expected);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${line?.status} `));
    expect(JSON.stringify(line)).not.toContain('secret');
  });

  it('answers a request that comes on an open connection while the service stops, and has a line for it', async () => {
    const stopping = await TestApp.start({ log: (line) => lines.push(JSON.parse(line) as LogLine) });
    const slow = net.connect(stopping.env.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    slow.on('data', (chunk: Buffer) => chunks.push(chunk));
    const text = (): string => Buffer.concat(chunks).toString('latin1');
    // The first request keeps the connection open; of the second one only the head has come when the stop begins.
    slow.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(
      async () => text(),
      (answer) => answer.includes('{"status":"ok"}'),
    );
    slow.write(
      'POST /api/auth/nonce HTTP/1.1\r\nHost: x\r\nX-Request-Id: late-one\r\nContent-Type: application/json\r\n',
    );
    const client = new ApiClient(stopping.url);
    const stopped = stopping.stop();
    await eventually(
      async () =>
        client.get('/health/live').then(
          () => 'open',
          () => 'closed',
        ),
      (state) => state === 'closed',
    );
    slow.write('Content-Length: 2\r\n\r\n{}');
    await once(slow, 'close');
    await stopped;
    expect(text()).toMatch(/HTTP\/1\.1 400 .*connection: close.*/is);
    expect(lines.filter((line) => line.requestId === 'late-one')).toEqual([
      expect.objectContaining({ method: 'POST', path: '/api/auth/nonce', status: 400 }),
    ]);
  });
});
