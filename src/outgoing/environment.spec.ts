import { execFile } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { CERTIFICATE, KEY } from './tls.fixture';

/** Node reads these variables at its start, and jest hands tests a copy of the environment: only a process of its own shows them. */
const CHILD = `
  const fs = require('node:fs');
  const { transformSync } = require('@swc/core');
  require.extensions['.ts'] = (module, filename) => module._compile(transformSync(fs.readFileSync(filename, 'utf8'), { filename }).code, filename);
  const { GuardedHttp } = require('./src/outgoing/guarded-http.ts');
  const policy = { allowPrivate: true, ownHosts: [], ownPort: 1 };
  const ours = new GuardedHttp({ policy, resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
  const post = (url) => ours.post({ url, headers: {}, body: Buffer.from('{}'), deadlineMs: 3000 }).then(({ status }) => status, ({ kind }) => kind);
  const naive = (url) => fetch(url, { method: 'POST', body: '{}' }).then(({ status }) => status, () => 'failed');
  const [who, plain, secure] = process.argv.slice(1);
  const send = who === 'ours' ? post : naive;
  (async () => console.log(JSON.stringify([await send(plain), await send(secure)])))().then(() => process.exit(0));
`;

const closing: net.Server[] = [];
afterAll(() => closing.forEach((server) => server.close()));

async function listen(server: net.Server): Promise<number> {
  closing.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function run(env: Record<string, string>, words: readonly string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', CHILD, ...words], {
    cwd: path.resolve(__dirname, '../..'),
    env: { PATH: process.env['PATH'], ...env },
  });
  return JSON.parse(stdout);
}

it('neither a proxy nor switched-off verification comes in by the environment (F21, F22)', async () => {
  let proxied = 0;
  const answer: http.RequestListener = (_request, response) => response.writeHead(204).end();
  const server = http.createServer();
  server.on('connect', (_request, socket) => {
    proxied += 1;
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  const proxy = await listen(server);
  const plain = `http://127.0.0.1:${await listen(http.createServer(answer))}/`;
  const secure = `https://127.0.0.1:${await listen(https.createServer({ key: KEY, cert: CERTIFICATE }, answer))}/`;
  const throughProxy = {
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: `http://127.0.0.1:${proxy}`,
    HTTPS_PROXY: `http://127.0.0.1:${proxy}`,
  };
  expect(await run(throughProxy, ['ours', plain, secure])).toEqual([204, 'tls']);
  expect(proxied).toBe(0);
  expect(await run(throughProxy, ['naive', plain, secure])).toEqual(['failed', 'failed']);
  expect(proxied).toBeGreaterThan(0);
  const unverified = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  expect(await run(unverified, ['ours', plain, secure])).toEqual([204, 'tls']);
  expect(await run(unverified, ['naive', plain, secure])).toEqual([204, 204]);
});
