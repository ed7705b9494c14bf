import diagnostics from 'node:diagnostics_channel';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { callbackify } from 'node:util';
import { transactionScope } from '../common/transaction-scope';
import { DISGUISED_URLS } from './disguises.fixture';
import type { AgentSettings } from './guarded-agents';
import type { Resolver } from './name-resolver';
import { GuardedHttp } from './guarded-http';
import { OutgoingFailure, type OutgoingHeaders, type OutgoingHttp } from './outgoing-http';
import { isAllowedAddress, type OutgoingPolicy } from './target-url';
import { CERTIFICATE, EXPIRED_CERTIFICATE, KEY } from './tls.fixture';

const STRICT: OutgoingPolicy = { allowPrivate: false, ownHosts: ['pay.example.com'], ownPort: 3000 };
const OPEN: OutgoingPolicy = { ...STRICT, allowPrivate: true };

let canary: http.Server;
let port: number;
let connections = 0;
let behaviour: http.RequestListener;
const clients: OutgoingHttp[] = [];

beforeAll(async () => {
  canary = http.createServer((request, response) => behaviour(request, response));
  canary.on('connection', () => (connections += 1));
  port = await listen(canary);
});
afterAll(() => {
  for (const each of clients) each.close();
  canary.closeAllConnections();
  canary.close();
});
beforeEach(() => {
  connections = 0;
  behaviour = (_request, response) => response.writeHead(204).end();
});

function listen(server: net.Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

function client(settings: Partial<AgentSettings> = {}): GuardedHttp {
  const made = new GuardedHttp({ policy: OPEN, ...settings });
  clients.push(made);
  return made;
}

function post(http: OutgoingHttp, url: string, options: { headers?: OutgoingHeaders; deadlineMs?: number } = {}) {
  return http.post({
    url,
    headers: options.headers ?? { 'content-type': 'application/json' },
    body: Buffer.from('{}'),
    deadlineMs: options.deadlineMs ?? 2_000,
  });
}

async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof OutgoingFailure ? error.kind : `unexpected: ${String(error)}`),
  );
}

const always =
  (...addresses: string[]): Resolver =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: net.isIP(address) })));

describe('what leads inside is blocked when it is sent, and the listener inside sees nothing', () => {
  it.each(DISGUISED_URLS)('%s (F01, F05, F06)', async (url) => {
    const asked: string[] = [];
    const resolve: Resolver = (name) => {
      asked.push(name);
      return always('127.0.0.1')(name);
    };
    expect(await failure(post(client({ policy: STRICT, resolve }), url))).toBe('blocked');
    expect([asked, connections]).toEqual([[], 0]);
  });

  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', '169.254.169.254', '64:ff9b::7f00:1', 'fd00:ec2::254'])(
    'a name that resolves to %s (F02)',
    async (address) => {
      expect(
        await failure(post(client({ policy: STRICT, resolve: always(address) }), 'https://hooks.example.com/')),
      ).toBe('blocked');
      expect(connections).toBe(0);
    },
  );

  it('a name of which only one address is inside (F02)', async () => {
    expect(
      await failure(
        post(client({ policy: STRICT, resolve: always('93.184.215.14', '127.0.0.1') }), 'https://hooks.example.com/'),
      ),
    ).toBe('blocked');
  });

  it('a name without addresses, or without an answer, is a failure of its own', async () => {
    expect(await failure(post(client({ policy: STRICT, resolve: always() }), 'https://hooks.example.com/'))).toBe(
      'dns',
    );
    const resolve = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    expect(await failure(post(client({ policy: STRICT, resolve }), 'https://hooks.example.com/'))).toBe('dns');
  });

  it('beside a sandbox: metadata and this service, by name as well (F17)', async () => {
    expect(
      await failure(post(client({ resolve: always('169.254.169.254') }), `http://hooks.example.com:${port}/`)),
    ).toBe('blocked');
    expect(
      await failure(
        post(
          client({ policy: { ...OPEN, ownPort: port }, resolve: always('127.0.0.1') }),
          `http://hooks.example.com:${port}/`,
        ),
      ),
    ).toBe('blocked');
    expect(connections).toBe(0);
  });
});

describe('a name that changes its mind between check and connection (F03)', () => {
  /** An allowed address when it is asked first; 0.0.0.0, which is never allowed and reaches this machine, afterwards. */
  const rebinding = (): Resolver & { asked: number } => {
    const resolver = Object.assign(() => always(resolver.asked++ === 0 ? '127.0.0.1' : '0.0.0.0')(''), { asked: 0 });
    return resolver;
  };

  it('a client that checks first and lets the socket resolve again walks into it', async () => {
    const resolve = rebinding();
    expect((await resolve('hooks.example.com')).every(({ address }) => isAllowedAddress(address, port, OPEN))).toBe(
      true,
    );
    const again = callbackify(resolve);
    const lookup: net.LookupFunction = (name, _options, callback) =>
      again(name, (error, found) => callback(error, [...found]));
    const reached = await new Promise<string>((done, fail) => {
      const request = http.request({ host: 'hooks.example.com', port, method: 'POST', lookup, agent: false }, () =>
        done('inside'),
      );
      request.on('error', fail).end();
    });
    expect([reached, connections]).toEqual(['inside', 1]);
  });

  it('ours resolves once a connection and connects to what was checked', async () => {
    const resolve = rebinding();
    expect(await post(client({ resolve }), `http://hooks.example.com:${port}/`)).toMatchObject({ status: 204 });
    expect([resolve.asked, connections]).toEqual([1, 1]);
    expect(await failure(post(client({ resolve }), `http://hooks.example.com:${port}/`))).toBe('blocked');
    expect([resolve.asked, connections]).toEqual([2, 1]);
  });
});

describe('an answer', () => {
  it('is given with its status, and the connection is used again', async () => {
    const http = client();
    for (const status of [200, 204, 400, 410, 503]) {
      behaviour = (_request, response) => response.writeHead(status).end();
      expect(await post(http, `http://127.0.0.1:${port}/`)).toMatchObject({ status, retryAfter: null });
    }
    expect(connections).toBe(1);
  });

  it('that redirects is an answer and nothing more (F04)', async () => {
    let inner = 0;
    const inside = net.createServer(() => (inner += 1));
    const target = await listen(inside);
    for (const status of [301, 302, 303, 307, 308]) {
      behaviour = (_request, response) => response.writeHead(status, { location: `http://127.0.0.1:${target}/` }).end();
      expect(await post(client(), `http://127.0.0.1:${port}/`)).toMatchObject({ status });
    }
    inside.close();
    expect(inner).toBe(0);
  });

  it('without an end is cut at 64 KB, and only 1 KB is kept (F10)', async () => {
    let sent = 0;
    let close = (): void => undefined;
    const closed = new Promise<void>((resolve) => (close = resolve));
    behaviour = (_request, response) => {
      response.writeHead(200, { 'retry-after': '7' });
      const flood = (): void => {
        while (!response.destroyed && response.write('x'.repeat(16_384))) sent += 16_384;
      };
      response.on('drain', flood).on('close', close);
      flood();
    };
    const answer = await post(client(), `http://127.0.0.1:${port}/`);
    expect([answer.status, answer.retryAfter, answer.excerpt.length]).toEqual([200, '7', 1024]);
    await closed;
    expect(sent).toBeLessThan(50_000_000);
  });

  it.each(['no byte at all', 'a byte now and then'])('of %s ends at the deadline (F10)', async (kind) => {
    behaviour = (_request, response) => {
      if (kind === 'no byte at all') return;
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 40);
      response.on('close', () => clearInterval(timer));
    };
    expect(await failure(post(client(), `http://127.0.0.1:${port}/`, { deadlineMs: 250 }))).toBe('timeout');
  });

  it('that is none is named', async () => {
    behaviour = (request) => request.socket.resetAndDestroy();
    expect(await failure(post(client(), `http://127.0.0.1:${port}/`))).toBe('reset');
    const closed = net.createServer();
    const nobody = await listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    expect(await failure(post(client(), `http://127.0.0.1:${nobody}/`))).toBe('connect');
    const babble = net.createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    expect(await failure(post(client(), `http://127.0.0.1:${await listen(babble)}/`))).toBe('protocol');
    babble.close();
    const huge = net.createServer((socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`));
    expect(await failure(post(client(), `http://127.0.0.1:${await listen(huge)}/`))).toBe('protocol');
    huge.close();
  });

  it.each(['no byte at all', 'half a body'])('of %s is given up when the client is closed', async (kind) => {
    const arrived = new Promise<void>((resolve) => {
      behaviour = (_request, response) => {
        if (kind === 'half a body') response.writeHead(200, { 'content-length': 10 }).write('x');
        else resolve();
      };
      diagnostics.subscribe('http.client.response.finish', () => resolve());
    });
    const http = client();
    const waiting = failure(post(http, `http://127.0.0.1:${port}/`));
    await arrived;
    http.close();
    expect(await waiting).toBe('stopped');
  });

  it('on a kept connection that the receiver closes meanwhile is asked for once more on a new one', async () => {
    const http = client();
    await post(http, `http://127.0.0.1:${port}/`);
    behaviour = (request) => {
      behaviour = (_again, response) => response.writeHead(202).end();
      request.socket.destroy();
    };
    expect(await post(http, `http://127.0.0.1:${port}/`)).toMatchObject({ status: 202 });
    behaviour = (request) => request.socket.destroy();
    expect(await failure(post(http, `http://127.0.0.1:${port}/`))).toBe('reset');
  });
});

describe('a request', () => {
  it('carries the headers on the list and no others (F16)', async () => {
    let seen: string[] = [];
    behaviour = (request, response) => {
      seen = Object.keys(request.headers).toSorted();
      response.end();
    };
    await post(client(), `http://127.0.0.1:${port}/`, {
      headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1' },
    });
    expect(seen).toEqual(['accept', 'connection', 'content-length', 'content-type', 'host', 'webhook-id']);
    for (const headers of [
      { host: 'x' },
      { 'transfer-encoding': 'chunked' },
      { authorization: 'x' },
      { 'webhook-id': 'a\r\nx: y' },
      { 'webhook-id': 'a\u0000' },
    ]) {
      await expect(
        post(client(), `http://127.0.0.1:${port}/`, { headers: headers as OutgoingHeaders }),
      ).rejects.toThrow(/header/);
    }
  });

  it('never leaves while a transaction is open', async () => {
    await expect(transactionScope.run({}, () => post(client(), `http://127.0.0.1:${port}/`))).rejects.toThrow(
      'inside a database transaction',
    );
    expect(connections).toBe(0);
  });
});

describe('TLS (F22)', () => {
  const servers: https.Server[] = [];
  afterAll(() => servers.forEach((server) => server.close()));
  const secure = async (cert: string): Promise<number> => {
    const server = https.createServer({ key: KEY, cert }, (_request, response) => response.writeHead(204).end());
    servers.push(server);
    return listen(server);
  };
  const resolve = always('127.0.0.1');

  it('accepts a certificate for the name by an authority we trust', async () => {
    expect(
      await post(client({ resolve, ca: CERTIFICATE }), `https://hooks.example.com:${await secure(CERTIFICATE)}/`),
    ).toMatchObject({ status: 204 });
  });

  it('refuses one that signed itself, one for another name, one that has expired, and plain text', async () => {
    const good = await secure(CERTIFICATE);
    expect(await failure(post(client({ resolve }), `https://hooks.example.com:${good}/`))).toBe('tls');
    expect(await failure(post(client({ resolve, ca: CERTIFICATE }), `https://other.example.com:${good}/`))).toBe('tls');
    expect(
      await failure(
        post(
          client({ resolve, ca: EXPIRED_CERTIFICATE }),
          `https://hooks.example.com:${await secure(EXPIRED_CERTIFICATE)}/`,
        ),
      ),
    ).toBe('tls');
    expect(await failure(post(client({ resolve }), `https://hooks.example.com:${port}/`))).toBe('tls');
  });
});
