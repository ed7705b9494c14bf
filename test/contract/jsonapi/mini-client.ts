import { JSON_API } from '../../../src/jsonapi/media-type';
import type { Answer } from '../../support/api-client';
import { expectSoundDocument } from '../../support/sound-document';
import type { MiniApp } from './mini-app';

export interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; an object is sent as JSON. */
  readonly body?: unknown;
}

/** Calls the planted API; every answer with a body must be a valid document of exactly the right content type. */
export class MiniClient {
  constructor(private readonly app: MiniApp) {}

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('GET', path, { headers });
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('POST', path, { body, headers: { 'content-type': JSON_API, ...headers } });
  }

  patch(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send('PATCH', path, { body, headers: { 'content-type': JSON_API, ...headers } });
  }

  delete(path: string, body?: unknown): Promise<Answer> {
    return this.send('DELETE', path, { body, headers: { 'content-type': JSON_API } });
  }

  /** `path` below the prefix, or a whole URL. */
  async send(method: string, path: string, { headers = {}, body }: Sending = {}): Promise<Answer> {
    const url = path.startsWith('http') ? path : this.app.url + path;
    // Bytes, so that fetch adds no content type of its own.
    const bytes =
      body === undefined
        ? undefined
        : Buffer.isBuffer(body)
          ? body
          : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { ...headers },
      ...(bytes === undefined ? {} : { body: new Uint8Array(bytes) }),
    });
    const text = await response.text();
    const reply = {
      status: response.status,
      headers: response.headers,
      text,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
    if (text !== '') assertSound(reply, url);
    expect(reply.headers.get('vary')).toMatch(/(^|, )Accept($|,)/);
    return reply;
  }
}

function assertSound(reply: Answer, url: string): void {
  expectSoundDocument(reply, url);
  expect(reply.text).not.toContain('leak');
  if (reply.status < 400) return;
  for (const error of reply.body.errors) expect(error.id).toBe(reply.headers.get('request-id'));
}

/** The value in the body sent at which an error points; fails when there is none (R110). */
export function pointedAt(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((at, part) => {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key))
        throw new Error(`${pointer} points at nothing`);
      return (at as Record<string, unknown>)[key];
    }, document);
}
