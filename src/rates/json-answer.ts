import type { Clock } from '../common/clock';
import { isDomainError } from '../common/errors';
import { assertNoTransaction } from '../common/transaction-scope';
import { parseJsonBody } from '../http/json-body';
import { NoReading } from './rate-source';

export interface JsonQuestion {
  readonly header: { readonly name: string; readonly value: string } | null;
  /** From connecting to the last byte. */
  readonly deadlineMs: number;
  readonly maxBytes: number;
}

/**
 * GET of a JSON document from an address that the operator chose: no redirects, bounded in time and bytes, and
 * numbers by their own text. Everything else than a complete 200 is `NoReading`; its message names no part of the
 * address but the host.
 */
export async function fetchJson(url: string, question: JsonQuestion, clock: Clock): Promise<unknown> {
  assertNoTransaction('asking for a rate');
  const { host } = new URL(url);
  const abort = new AbortController();
  const finished = new AbortController();
  void clock.sleep(question.deadlineMs, finished.signal).then(() => abort.abort());
  try {
    const headers = {
      accept: 'application/json',
      ...(question.header === null ? {} : { [question.header.name]: question.header.value }),
    };
    const reply = await fetch(url, { headers, redirect: 'manual', signal: abort.signal });
    if (reply.status !== 200 || reply.body === null) {
      await reply.body?.cancel();
      throw new NoReading(`${host} answered ${reply.status}`);
    }
    return parsed(host, await bodyOf(reply.body, question.maxBytes));
  } catch (error) {
    if (error instanceof NoReading) throw error;
    throw new NoReading(
      `no complete answer from ${host}: ${error instanceof Error ? error.message : 'unknown reason'}`,
    );
  } finally {
    finished.abort();
  }
}

async function bodyOf(body: ReadableStream<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > maxBytes) throw new NoReading(`the answer is larger than ${maxBytes} bytes`);
      parts.push(part.value);
    }
  } finally {
    // A stream that has already failed rejects its cancellation with the error the reader has just raised.
    await reader.cancel().catch(() => undefined);
  }
  return Buffer.concat(parts, size);
}

function parsed(host: string, body: Buffer): unknown {
  try {
    return parseJsonBody(body);
  } catch (error) {
    if (isDomainError(error)) throw new NoReading(`${host} did not answer JSON`);
    throw error;
  }
}
