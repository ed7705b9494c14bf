import type { Server } from 'node:http';
import net from 'node:net';
import { eventually, TestApp } from '../support/app';
import { PATIENCE_MS } from '../support/patience';

const LIMIT = 20;
const HALF_A_HEADER = 'GET /health/live HTTP/1.1\r\nhost: x\r\nx-slow: ';
const HALF_A_BODY =
  'POST /api/auth/nonce HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"';
const WHOLE = 'GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n';

/** A client that does on its socket what it likes; what comes back is kept. */
class Client {
  text = '';
  closed = false;

  private constructor(readonly socket: net.Socket) {
    socket.on('data', (chunk: Buffer) => (this.text += chunk.toString('latin1')));
    socket.on('close', () => (this.closed = true));
    socket.on('error', () => undefined); // being cut off is what these tests wait for
  }

  static connect(port: number, text: string, localAddress = '127.0.0.1'): Promise<Client> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ port, host: '127.0.0.1', localAddress });
      const client = new Client(socket);
      socket.once('error', reject);
      socket.once('connect', () => (text === '' ? resolve(client) : socket.write(text, () => resolve(client))));
    });
  }

  end(): void {
    this.socket.destroy();
  }
}

function startedWith(
  env: Readonly<Record<string, string>>,
  deadlines?: { headersMs: number; requestMs: number; checkMs: number },
): Promise<TestApp> {
  return TestApp.start({
    reconcile: false,
    env: { ROLE: 'api', ...env },
    ...(deadlines === undefined ? {} : { deadlines }),
  });
}

/** For tests of what happens to those that keep to them, on a machine that is busy with others too. */
const AMPLE = { headersMs: PATIENCE_MS, requestMs: PATIENCE_MS, checkMs: 1_000 };

/** Those of the service's own host. Other addresses of this machine are there on Linux alone. */
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('the sockets of one address (H01)', () => {
  let app: TestApp;
  let clients: Client[] = [];
  beforeAll(async () => {
    app = await startedWith({ LIMIT_CONNECTIONS_PER_ADDRESS: String(LIMIT), LIMIT_STREAMS_PER_ADDRESS: '100' }, AMPLE);
  });
  afterEach(async () => {
    for (const client of clients) client.end();
    clients = [];
    await eventually(openSockets, (count) => count === 0);
  });
  afterAll(() => app.stop());

  const openSockets = (): Promise<number> =>
    new Promise((resolve) => (app.app.getHttpServer() as Server).getConnections((_error, count) => resolve(count)));
  const hold = async (text: string, address?: string): Promise<Client> => {
    const client = await Client.connect(app.env.port, text, address);
    clients.push(client);
    return client;
  };
  const holdMany = async (count: number, text: string, address?: string): Promise<Client[]> => {
    const made: Client[] = [];
    for (let at = 0; at < count; at += 1) made.push(await hold(text, address));
    return made;
  };
  const ask = async (address?: string): Promise<number> => {
    const client = await hold(WHOLE, address);
    await eventually(
      async () => client,
      ({ text, closed }) => closed || /^HTTP\/1\.1 \d{3}/.test(text),
    );
    return Number(client.text.slice(9, 12));
  };
  const stream = async (address?: string): Promise<Client> => {
    const client = await hold(
      'GET /sandbox/horizon/ledgers?cursor=now HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n',
      address,
    );
    await eventually(
      async () => client.text,
      (text) => text.includes('hello') || text.startsWith('HTTP/1.1 5'),
    );
    return client;
  };

  it.each([
    ['in the middle of their headers', HALF_A_HEADER],
    ['in the middle of their bodies', HALF_A_BODY],
    ['without a word', ''],
    ['idle after an answer', WHOLE],
  ])('those that wait for their client, %s, give way to a newcomer, the oldest first', async (_what, text) => {
    const [oldest, second, ...others] = await holdMany(LIMIT, text);
    if (text === WHOLE)
      await eventually(
        async () => clients,
        (all) => all.every((each) => each.text.startsWith('HTTP/1.1 200')),
      );
    expect(await ask()).toBe(200);
    await eventually(
      async () => oldest?.closed,
      (closed) => closed === true,
    );
    expect([second, ...others].filter((each) => each?.closed)).toEqual([]);
    for (let at = 0; at < 2 * LIMIT; at += 1) expect(await ask()).toBe(200);
    expect(await openSockets()).toBeLessThanOrEqual(LIMIT);
  });

  it('and so do those that do not read their answer', async () => {
    const deaf = await holdMany(LIMIT, '');
    for (const { socket } of deaf) socket.pause();
    for (const { socket } of deaf)
      socket.write('GET /api/public/v1/openapi.json HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(20));
    for (let at = 0; at < 2 * LIMIT; at += 1) expect(await ask()).toBe(200);
    expect(await openSockets()).toBeLessThanOrEqual(LIMIT);
    for (const { socket } of deaf) socket.resume();
    await eventually(
      async () => deaf,
      (all) => all.every(({ closed }) => closed),
    );
  });

  onLinux(
    'an address whose sockets are all being answered gets no more of them; every other address does',
    async () => {
      const streams: Client[] = [];
      for (let at = 0; at < LIMIT; at += 1) streams.push(await stream());
      expect(await ask()).toBe(503);
      expect(await ask('127.0.0.2')).toBe(200);
      expect(streams.filter(({ closed }) => closed)).toEqual([]);
      streams[0]?.end();
      await eventually(
        () => ask(),
        (status) => status === 200,
      );
    },
  );

  onLinux("what one address holds is in nobody else's way", async () => {
    await holdMany(3 * LIMIT, HALF_A_HEADER, '127.0.0.3');
    expect(await openSockets()).toBeLessThanOrEqual(LIMIT);
    expect([await ask(), await ask('127.0.0.2')]).toEqual([200, 200]);
  });
});

describe('behind a proxy', () => {
  it('sockets are not counted, because the address is that of the proxy (H01)', async () => {
    const app = await startedWith({ LIMIT_CONNECTIONS_PER_ADDRESS: '5', TRUST_PROXY_HOPS: '1' });
    const clients: Client[] = [];
    for (let at = 0; at < 4 * LIMIT; at += 1) clients.push(await Client.connect(app.env.port, HALF_A_HEADER));
    expect((await app.client.get('/health/live')).status).toBe(200);
    expect(clients.filter(({ closed }) => closed)).toEqual([]);
    for (const client of clients) client.end();
    await app.stop();
  });
});

describe('deadlines of slow clients (H01)', () => {
  it('are those that are promised, and are looked at often enough to hold', async () => {
    const app = await startedWith({});
    const server = app.app.getHttpServer() as Server & { readonly connectionsCheckingInterval: number };
    expect([
      server.headersTimeout,
      server.requestTimeout,
      server.connectionsCheckingInterval,
      server.maxConnections,
    ]).toEqual([10_000, 30_000, 1_000, 2_000]);
    await app.stop();
  });

  it('end what drips, what stalls and what never says a word: headers before bodies, and never a request that is whole', async () => {
    const app = await startedWith({}, { headersMs: 500, requestMs: 5_000, checkMs: 50 });
    const open = (text: string): Promise<Client> => Client.connect(app.env.port, text);
    const headers = [
      await open(''),
      await open(HALF_A_HEADER),
      await open(HALF_A_HEADER),
      await open(WHOLE + HALF_A_HEADER),
    ];
    const body = await open(HALF_A_BODY);
    const dripping = [headers[2] as Client, body];
    const tap = setInterval(() => {
      for (const { socket } of dripping) if (socket.writable) socket.write('a');
    }, 20);
    try {
      await eventually(
        async () => headers,
        (all) => all.every(({ closed }) => closed),
      );
      expect(body.closed).toBe(false);
      await eventually(
        async () => body.closed,
        (closed) => closed,
      );
      for (const client of [...headers, body]) expect(client.text).toMatch(/HTTP\/1\.1 408/);
      expect(headers[3]?.text).toMatch(/^HTTP\/1\.1 200/);
      expect((await app.client.get('/health/live')).status).toBe(200);
    } finally {
      clearInterval(tap);
      await app.stop();
    }
  });
});

describe('streams of one address (H01)', () => {
  it('are as many as are set, and the next one may begin when one of them ends', async () => {
    const app = await startedWith({ LIMIT_STREAMS_PER_ADDRESS: '3' });
    const open = async (): Promise<Client> => {
      const client = await Client.connect(
        app.env.port,
        'GET /sandbox/horizon/ledgers?cursor=now HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n',
      );
      await eventually(
        async () => client.text,
        (text) => text.includes('hello') || text.includes('}'),
      );
      return client;
    };
    const streams = [await open(), await open(), await open()];
    const refused = await open();
    expect(streams.map(({ text }) => text.slice(0, 15))).toEqual(Array<string>(3).fill('HTTP/1.1 200 OK'));
    expect(refused.text).toMatch(/^HTTP\/1\.1 429 [^]*rate_limit_exceeded/);
    expect((await app.client.get('/sandbox/horizon/ledgers')).status).toBe(200);
    streams[0]?.end();
    const next = await eventually(open, ({ text }) => text.startsWith('HTTP/1.1 200'));
    for (const client of [...streams, refused, next]) client.end();
    await app.stop();
  });
});
