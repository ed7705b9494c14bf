import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Error as ErrorObject, OPERATIONS, type Operations } from './operations';

export interface ClientOptions {
  /** Origin of the service, for example `https://pay.example.com`. */
  readonly url: string;
  readonly apiKey: string;
  /** How often a request is repeated that got no answer, 429 or 503; 2 unless said otherwise. */
  readonly retries?: number;
}

export interface Answered<T> {
  readonly document: T;
  readonly status: number;
  /** For `ifMatch` of a change; null where the answer has none. */
  readonly etag: string | null;
  /** The answer had been given before, to the same idempotency key. */
  readonly replayed: boolean;
}

/** A refusal, with all its error objects. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    readonly errors: readonly ErrorObject[],
  ) {
    super(errors.map(({ code, detail }) => `${code}: ${detail}`).join('; '));
    this.name = 'RefusedError';
  }
}

export type OperationName = keyof Operations;
type QueryValue = string | number | readonly string[] | Readonly<Record<string, string>> | undefined;
type Input = Readonly<{
  id?: string;
  query?: Readonly<Record<string, QueryValue>>;
  body?: unknown;
  idempotencyKey?: string;
  ifMatch?: string;
}>;

const JSON_API = 'application/vnd.api+json';
const PREFIX = '/api/public/v1';
const PAUSE_MS = 500;

/** The partner API with its operations by name. Changes carry an idempotency key, so that repeating one is safe. */
export class LumentillClient {
  constructor(private readonly options: ClientOptions) {}

  /** Throws RefusedError for an answer from 400 on, and what `fetch` throws when there was none at all. */
  call<K extends OperationName>(name: K, input: Operations[K]['input']): Promise<Answered<Operations[K]['answer']>> {
    const { method, path } = OPERATIONS[name];
    const { id, query, body, idempotencyKey, ifMatch } = input as Input;
    const target = `${this.options.url}${PREFIX}${path.replace('{id}', encodeURIComponent(id ?? ''))}${queryText(query)}`;
    const changes = method === 'POST' || method === 'PATCH';
    const headers: Record<string, string> = {
      ...(body === undefined ? {} : { 'content-type': JSON_API }),
      ...(changes ? { 'idempotency-key': idempotencyKey ?? randomUUID() } : {}),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    };
    return this.send(target, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  }

  /** A page by the address that a link of an answer has; the key is sent to the service's own origin only. */
  async follow<T>(link: string): Promise<Answered<T>> {
    if (new URL(link).origin !== new URL(this.options.url).origin) throw new TypeError(`${link} leads elsewhere`);
    return this.send(link, { method: 'GET', headers: {} });
  }

  private async send<T>(
    target: string,
    { headers, ...init }: { method: string; headers: Record<string, string>; body?: string },
  ): Promise<Answered<T>> {
    const request = {
      ...init,
      headers: { accept: JSON_API, authorization: `Bearer ${this.options.apiKey}`, ...headers },
    };
    for (let left = this.options.retries ?? 2; ; left -= 1) {
      const response = await fetch(target, request).catch((error: unknown) => {
        if (left <= 0) throw error;
        return undefined;
      });
      if (response !== undefined && !(left > 0 && [429, 503].includes(response.status))) return answered<T>(response);
      await response?.body?.cancel();
      await sleep(pauseMs(response));
    }
  }
}

async function answered<T>(response: Response): Promise<Answered<T>> {
  const text = await response.text();
  const document = (text === '' ? undefined : JSON.parse(text)) as T;
  if (response.status >= 400)
    throw new RefusedError(
      response.status,
      (document as { errors?: readonly ErrorObject[] } | undefined)?.errors ?? [],
    );
  return {
    document,
    status: response.status,
    etag: response.headers.get('etag'),
    replayed: response.headers.get('idempotent-replayed') === 'true',
  };
}

function pauseMs(response: Response | undefined): number {
  const seconds = Number(response?.headers.get('retry-after') ?? Number.NaN);
  return Number.isNaN(seconds) ? PAUSE_MS : seconds * 1000;
}

/** Lists with commas, as filters want them; `fields` by type. */
function queryText(query: Readonly<Record<string, QueryValue>> = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return [];
    if (typeof value === 'string' || typeof value === 'number') return [[name, String(value)]];
    return isList(value)
      ? value.map((each): [string, string] => [name, each])
      : Object.entries(value).map(([key, each]) => [`${name}[${key}]`, each]);
  });
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`;
}

function isList(value: readonly string[] | Readonly<Record<string, string>>): value is readonly string[] {
  return Array.isArray(value);
}
