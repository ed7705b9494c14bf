import type { Clock } from '../common/clock';
import { assertNoTransaction } from '../common/transaction-scope';
import { isObject, type JsonObject } from './json';
import { LedgerUnavailable } from './ledger-source';
import { retryAfterSeconds } from './retry-after';

/** A JSON answer of any status. `retryAfterSeconds` is what the provider asked for, if it did. */
export interface HorizonReply {
  readonly status: number;
  readonly body: JsonObject;
  readonly retryAfterSeconds: number | undefined;
}

/** A status without a readable JSON body: an edge proxy's HTML page, for example. */
export interface BareReply {
  readonly status: number;
  readonly body: null;
  readonly retryAfterSeconds: number | undefined;
}

export interface HorizonClientOptions {
  readonly clock: Clock;
  /** For one request, from connecting to the last byte of the body. */
  readonly deadlineMs: number;
  /** For a submission, which waits for a ledger to close. */
  readonly submitDeadlineMs: number;
  /** Called for every request: the status of the answer, or `none`, and how long it took. */
  readonly onAnswer?: (outcome: string, seconds: number) => void;
}

export const DEFAULT_DEADLINES = { deadlineMs: 15_000, submitDeadlineMs: 45_000 } as const;

const JSON_TYPE = /^application\/(?:[a-z]+\+)?json(?:;|$)/i;
const PAGE_BYTES = 8 * 1024 * 1024;
const RECORD_BYTES = 2 * 1024 * 1024;

interface RequestShape {
  readonly method: 'GET' | 'POST';
  readonly form?: string;
  readonly maxBytes: number;
  readonly deadlineMs: number;
}

/**
 * Reads one Horizon instance and trusts none of it: every request has a deadline over its whole length, a cap on
 * the decompressed body, no redirects and JSON only. Everything that is not an answer is `LedgerUnavailable`.
 * The stock client is not used because its reads have no deadline and it loses Retry-After.
 */
export class HorizonClient {
  private readonly base: string;

  /** `baseUrl` may carry a path prefix. Credentials in it are refused: they would end up in logs. */
  constructor(
    baseUrl: string,
    private readonly options: HorizonClientOptions,
  ) {
    const url = new URL(baseUrl);
    if (url.username !== '' || url.password !== '') throw new RangeError('a Horizon URL must not carry credentials');
    this.base = url.origin + url.pathname.replace(/\/+$/, '');
  }

  /** One record; null on 404. */
  async record(path: string): Promise<JsonObject | null> {
    return this.read(path, RECORD_BYTES);
  }

  /** A page of records; null on 404, which for an account's history means none is retained yet. */
  async page(path: string): Promise<JsonObject | null> {
    return this.read(path, PAGE_BYTES);
  }

  /** POST of a form; the status is the caller's to judge. Throws when no complete answer came. */
  async submit(path: string, form: Readonly<Record<string, string>>): Promise<HorizonReply | BareReply> {
    const encoded = new URLSearchParams(form).toString();
    return this.exchange(path, {
      method: 'POST',
      form: encoded,
      maxBytes: RECORD_BYTES,
      deadlineMs: this.options.submitDeadlineMs,
    });
  }

  /** Opens an event stream and hands out its text as it comes, until `signal` aborts or the server ends it. */
  async *events(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const reply = await this.fetchOrExplain(path, {
      headers: { accept: 'text/event-stream' },
      redirect: 'manual',
      signal,
    });
    if (reply.status !== 200 || reply.body === null) {
      await reply.body?.cancel();
      throw new LedgerUnavailable(`event stream answered ${reply.status}`, this.retryAfter(reply));
    }
    const decoder = new TextDecoder();
    for await (const chunk of chunksOf(reply.body)) yield decoder.decode(chunk, { stream: true });
  }

  private async read(path: string, maxBytes: number): Promise<JsonObject | null> {
    const reply = await this.exchange(path, { method: 'GET', maxBytes, deadlineMs: this.options.deadlineMs });
    if (reply.status === 200 && reply.body !== null) return reply.body;
    if (reply.status === 404 && reply.body !== null) return null;
    throw new LedgerUnavailable(explain(path, reply), reply.retryAfterSeconds, reply.status === 429);
  }

  private async exchange(path: string, shape: RequestShape): Promise<HorizonReply | BareReply> {
    const abort = new AbortController();
    const finished = new AbortController();
    const startedMs = this.options.clock.monotonicMs();
    let outcome = 'none';
    void this.options.clock.sleep(shape.deadlineMs, finished.signal).then(() => abort.abort());
    try {
      const headers: Record<string, string> = { accept: 'application/json' };
      if (shape.form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
      const reply = await this.fetchOrExplain(path, {
        method: shape.method,
        headers,
        body: shape.form ?? null,
        redirect: 'manual',
        signal: abort.signal,
      });
      const text = await this.bodyText(path, reply, shape.maxBytes);
      outcome = String(reply.status);
      const body = JSON_TYPE.test(reply.headers.get('content-type') ?? '') ? parseObject(text) : null;
      return { status: reply.status, body, retryAfterSeconds: this.retryAfter(reply) } as HorizonReply | BareReply;
    } finally {
      finished.abort();
      this.options.onAnswer?.(outcome, (this.options.clock.monotonicMs() - startedMs) / 1000);
    }
  }

  private async fetchOrExplain(path: string, init: RequestInit): Promise<Response> {
    assertNoTransaction('asking Horizon');
    try {
      return await fetch(this.base + path, init);
    } catch (error) {
      throw new LedgerUnavailable(`no answer from Horizon to ${pathOnly(path)}: ${reason(error)}`);
    }
  }

  private async bodyText(path: string, reply: Response, maxBytes: number): Promise<string> {
    if (reply.body === null) return '';
    const parts: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of chunksOf(reply.body)) {
        size += chunk.length;
        // Leaving the loop cancels the stream, which closes the connection.
        if (size > maxBytes)
          throw new LedgerUnavailable(`Horizon's answer to ${pathOnly(path)} is larger than ${maxBytes} bytes`);
        parts.push(chunk);
      }
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      throw new LedgerUnavailable(`Horizon's answer to ${pathOnly(path)} broke off: ${reason(error)}`);
    }
    return Buffer.concat(parts, size).toString('utf8');
  }

  private retryAfter(reply: Response): number | undefined {
    return retryAfterSeconds(reply.headers.get('retry-after'), this.options.clock.real());
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    // A stream that has already failed rejects its cancellation with the error the reader has just raised.
    await reader.cancel().catch(() => undefined);
  }
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Problem documents name their kind at the end of `type`. */
function explain(path: string, reply: HorizonReply | BareReply): string {
  const type = reply.body?.['type'];
  const kind =
    typeof type === 'string'
      ? ` ${type.slice(type.lastIndexOf('/') + 1).slice(0, 60)}`
      : reply.body === null
        ? ' without a JSON object'
        : '';
  return `Horizon answered ${reply.status}${kind} to ${pathOnly(path)}`;
}

function pathOnly(path: string): string {
  return path.replace(/\?.*$/, '');
}

function reason(error: unknown): string {
  const { name, message, cause } = Object(error) as Partial<Error>;
  if (name === 'AbortError') return 'deadline passed';
  return (Object(cause) as Partial<Error>).message ?? message ?? 'unknown reason';
}
