import net from 'node:net';
import { contentTypeOf, CURSOR_PROFILE, JSON_API, negotiate } from '../../../src/jsonapi/media-type';
import type { MiniApp } from './mini-app';
import { miniServer } from './mini-server';

describe('content negotiation', () => {
  const { app, client } = miniServer();

  const accepting = (accept: string) => client.get('/payments/p01', { accept });
  const valid = { data: { type: 'payments', attributes: { amount: '1' } } };
  const sent = (type: string) => client.send('POST', '/payments', { body: valid, headers: { 'content-type': type } });

  it.each([
    ['200', 'GET', '/payments', undefined, 200],
    ['201', 'POST', '/payments', valid, 201],
    ['202', 'POST', '/payments/exports', undefined, 202],
    ['unknown route', 'GET', '/nothing', undefined, 404],
    ['bad URL', 'GET', '/payments/%zz', undefined, 400],
    ['oversize body', 'POST', '/payments', { data: 'x'.repeat(70_000) }, 413],
    ['malformed JSON', 'POST', '/payments', '{"data":', 400],
    ['rate limit', 'GET', '/limited', undefined, 429],
    ['method', 'PUT', '/payments', undefined, 405],
    ['defect', 'GET', '/breaks', undefined, 500],
  ])('R1: the media type is JSON:API for %s', async (_name, method, path, body, status) => {
    const reply = await client.send(
      method,
      path,
      body === undefined ? {} : { body, headers: { 'content-type': JSON_API } },
    );
    expect([reply.status, reply.headers.get('content-type')]).toEqual([status, 'application/vnd.api+json']);
  });

  it('R2: the content type has no charset, on the wire', async () => {
    const head = await raw(app, 'GET /api/public/v1/payments HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(head).toMatch(/\r\ncontent-type: application\/vnd\.api\+json\r\n/i);
  });

  it('R3: no extension is supported, so none is ever named', async () => {
    const reply = await client.get('/payments', {
      accept: `${JSON_API};ext="https://jsonapi.org/ext/atomic", ${JSON_API}`,
    });
    expect([reply.headers.get('content-type'), reply.body.jsonapi.ext]).toEqual([JSON_API, undefined]);
  });

  it('R4: a document with a profile names it', async () => {
    const reply = await client.get('/payments', { accept: `${JSON_API};profile="${CURSOR_PROFILE}"` });
    expect(reply.headers.get('content-type')).toBe(`${JSON_API};profile="${CURSOR_PROFILE}"`);
    expect(reply.body.links.self).toEqual({
      href: `${app.url}/payments`,
      type: `${JSON_API};profile="${CURSOR_PROFILE}"`,
    });
  });

  it('R5: profiles are a list separated by spaces', () => {
    expect(negotiate(`${JSON_API};profile="https://a.example ${CURSOR_PROFILE} https://b.example"`)).toEqual({
      profiles: [CURSOR_PROFILE],
    });
    expect(contentTypeOf({ profiles: ['https://a.example', 'https://b.example'] })).toBe(
      `${JSON_API};profile="https://a.example https://b.example"`,
    );
  });

  it.each(['; charset=utf-8', ';version=1', '; Charset="utf-8"', '; q=1; foo=bar'])(
    'R6: a body with the parameter %s is 415',
    async (parameter) => {
      const reply = await sent(JSON_API + parameter);
      expect([reply.status, reply.body.errors[0].source]).toEqual([415, { header: 'Content-Type' }]);
    },
  );

  it('R6: also without a body', async () => {
    expect((await client.get('/payments', { 'content-type': `${JSON_API}; charset=utf-8` })).status).toBe(415);
  });

  it.each(['ext="https://unknown"', 'EXT=https://unknown', `ext="https://unknown https://other"`])(
    'R7: the extension %s is 415',
    async (parameter) => {
      expect((await sent(`${JSON_API};${parameter}`)).status).toBe(415);
    },
  );

  it('R8: an unknown profile on a body is ignored', async () => {
    expect((await sent(`${JSON_API}; profile="https://unknown"`)).status).toBe(201);
  });

  it('R9: only a charset instance accepted is 406', async () => {
    const reply = await accepting(`${JSON_API}; charset=utf-8`);
    expect([reply.status, reply.body.errors[0].source]).toEqual([406, { header: 'Accept' }]);
    expect((await accepting(`${JSON_API}; charset=utf-8, */*`)).status).toBe(406);
  });

  it('R10: a bad instance beside a good one is ignored', async () => {
    expect((await accepting(`${JSON_API}; charset=utf-8, ${JSON_API}`)).status).toBe(200);
  });

  it('R11: every instance with an unsupported extension is 406', async () => {
    expect((await accepting(`${JSON_API};ext="https://a", ${JSON_API};ext="https://b"`)).status).toBe(406);
  });

  it('R12: a plain instance of lower weight will do', async () => {
    expect((await accepting(`${JSON_API};ext="https://unknown", ${JSON_API};q=0.5`)).status).toBe(200);
  });

  it('R13: q is a weight and not a parameter', async () => {
    expect((await accepting(`${JSON_API};q=0.8`)).status).toBe(200);
    expect((await accepting(`${JSON_API};q=0`)).status).toBe(406);
    const light = `${JSON_API};q=0.1`;
    expect(negotiate(`${light};profile="${CURSOR_PROFILE}", ${JSON_API}`)).toEqual({ profiles: [] });
    expect(negotiate(`${light}, ${JSON_API};profile="${CURSOR_PROFILE}"`)).toEqual({ profiles: [CURSOR_PROFILE] });
  });

  it('R14: an unknown profile accepted is not listed', async () => {
    const reply = await accepting(`${JSON_API}; profile="https://unknown"`);
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, JSON_API]);
  });

  it('R15: the pagination profile is applied when asked for', async () => {
    const reply = await client.get('/payments?page[size]=2', { accept: `${JSON_API}; profile="${CURSOR_PROFILE}"` });
    expect(reply.headers.get('content-type')).toContain(CURSOR_PROFILE);
    expect(reply.body.jsonapi).toEqual({ version: '1.1', profile: [CURSOR_PROFILE] });
  });

  it.each(['/payments', '/nothing', '/payments/%zz', '/breaks', '/webhook_endpoints/e1'])(
    'R16: Vary names Accept for %s',
    async (path) => {
      expect((await client.get(path)).headers.get('vary')).toMatch(/Accept/);
    },
  );

  it('R17: extensions in the body do not negotiate', async () => {
    expect((await client.post('/payments', { ...valid, jsonapi: { ext: ['https://unknown'] } })).status).toBe(201);
  });

  it.each([
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
  ])('R18: a body of %s is 415', async (type) => {
    expect((await sent(type)).status).toBe(415);
  });

  it('R18: a body without a type is 415, also in chunks', async () => {
    expect((await client.send('POST', '/payments', { body: valid })).status).toBe(415);
    const head = await raw(
      app,
      'POST /api/public/v1/payments HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
    );
    expect(head).toMatch(/^HTTP\/1\.1 415 /);
  });

  it.each([
    ['*/*', 200],
    ['application/*', 200],
    ['', 200],
    ['text/html', 406],
    ['application/json', 406],
    ['text/html, */*;q=0.1', 200],
    ['*/*;q=0', 406],
  ])('R19: Accept "%s" is %i', async (accept, status) => {
    expect((await accepting(accept)).status).toBe(status);
  });

  it('R20: a type without a body changes nothing', async () => {
    expect((await client.get('/payments', { 'content-type': JSON_API })).status).toBe(200);
    const { id } = app.store.addPayment();
    expect((await client.delete(`/payments/${id}`)).status).toBe(204);
    expect(
      (await client.send('POST', '/payments/p05/expiration', { headers: { 'content-type': JSON_API } })).status,
    ).toBe(200);
  });

  it('speaks JSON:API to the other families neither in nor out', async () => {
    const response = await fetch(`${app.origin}/api/elsewhere`, {
      method: 'POST',
      headers: { 'content-type': JSON_API, accept: 'text/html' },
      body: '{}',
    });
    expect([response.status, response.headers.get('content-type')]).toEqual([415, 'application/json; charset=utf-8']);
    const escaped = await fetch(`${app.origin}/api/%70ublic/v1/payments`, { headers: { accept: 'text/html' } });
    expect(escaped.status).toBe(406);
  });
});

/** Bytes in, the head of the answer out. */
function raw(app: MiniApp, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(new URL(app.origin).port), '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.on('data', (chunk) => (text += String(chunk)));
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}
