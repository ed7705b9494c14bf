import type http from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { assertNoTransaction } from '../common/transaction-scope';
import { type AgentSettings, guardedAgents } from './guarded-agents';
import {
  assertHeaders,
  type OutgoingAnswer,
  OutgoingFailure,
  type OutgoingFailureKind,
  OutgoingHttp,
  type OutgoingPost,
} from './outgoing-http';
import { refusalOf } from './target-url';

/** What is read of an answer before the connection is dropped, and what is kept of it. */
const MAX_READ = 64 * 1024;
const MAX_EXCERPT = 1024;
const MAX_HEADERS = 16 * 1024;

/** Posts to strangers' addresses: every address checked at the moment of connecting, bounded in time and bytes. */
export class GuardedHttp extends OutgoingHttp {
  private readonly agents: ReturnType<typeof guardedAgents>;
  private readonly underWay = new Set<Exchange>();

  constructor(private readonly settings: AgentSettings) {
    super();
    this.agents = guardedAgents(settings);
  }

  refusal(url: string): string | undefined {
    return refusalOf(url, this.settings.policy);
  }

  async post(request: OutgoingPost): Promise<OutgoingAnswer> {
    assertNoTransaction('an outgoing request');
    assertHeaders(request.headers);
    if (this.refusal(request.url) !== undefined) throw new OutgoingFailure('blocked');
    const deadline = AbortSignal.timeout(request.deadlineMs);
    for (let fresh = false; ; fresh = true) {
      const exchange = new Exchange(request, this.agents, deadline);
      this.underWay.add(exchange);
      try {
        return await exchange.answer();
      } catch (error) {
        const kind = failureKind(error);
        // A kept connection may have been closed by the other side while we wrote: that says nothing about the receiver.
        if (kind === 'reset' && exchange.reused && !fresh) continue;
        throw error instanceof OutgoingFailure ? error : new OutgoingFailure(kind, error);
      } finally {
        this.underWay.delete(exchange);
      }
    }
  }

  close(): void {
    for (const exchange of this.underWay) exchange.end('stopped');
    this.agents.http.destroy();
    this.agents.https.destroy();
  }
}

/** One request on one connection. */
class Exchange {
  reused = false;
  private sent: http.ClientRequest | undefined;

  constructor(
    private readonly post: OutgoingPost,
    private readonly agents: ReturnType<typeof guardedAgents>,
    private readonly deadline: AbortSignal,
  ) {}

  answer(): Promise<OutgoingAnswer> {
    const { url, headers, body } = this.post;
    const secure = url.slice(0, 6).toLowerCase() === 'https:';
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': body.length, accept: '*/*' },
      maxHeaderSize: MAX_HEADERS,
    };
    const late = (): void => this.end('timeout');
    this.deadline.addEventListener('abort', late);
    return new Promise<OutgoingAnswer>((resolve, reject) => {
      const sent = secure
        ? httpsRequest(url, { ...options, agent: this.agents.https })
        : httpRequest(url, { ...options, agent: this.agents.http });
      this.sent = sent;
      sent.on('error', (error) => {
        this.reused = sent.reusedSocket;
        reject(error);
      });
      sent.on('response', (response) => read(response, resolve, reject));
      sent.end(body);
      if (this.deadline.aborted) late();
    }).finally(() => this.deadline.removeEventListener('abort', late));
  }

  /** The caller that waits for the answer gets the failure, whether the answer has begun or not. */
  end(kind: OutgoingFailureKind): void {
    this.sent?.destroy(new OutgoingFailure(kind));
  }
}

/** Status and the beginning of the body. Past the cap the connection is dropped and the status stands. */
function read(
  response: http.IncomingMessage,
  resolve: (answer: OutgoingAnswer) => void,
  reject: (error: Error) => void,
): void {
  const kept: Buffer[] = [];
  let length = 0;
  const finish = (): void => {
    const excerpt = Buffer.concat(kept).subarray(0, MAX_EXCERPT);
    resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] ?? null, excerpt });
  };
  response.on('data', (chunk: Buffer) => {
    if (length < MAX_EXCERPT) kept.push(chunk);
    length += chunk.length;
    if (length <= MAX_READ) return;
    finish();
    response.destroy();
  });
  response.on('end', finish);
  response.on('error', reject);
}

const DNS_CODES = ['ENOTFOUND', 'EAI_AGAIN', 'ENODATA'];
const RESET_CODES = ['ECONNRESET', 'EPIPE', 'ECONNABORTED'];
const CONNECT_CODES = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EADDRNOTAVAIL',
  'EACCES',
  'EPERM',
  'EINVAL',
];

function failureKind(error: unknown): OutgoingFailureKind {
  if (error instanceof OutgoingFailure) return error.kind;
  const { code = '', errors } = error as { code?: unknown; errors?: readonly unknown[] };
  // Several addresses were tried: each has its own error, and the first address is the preferred one.
  if (errors?.[0] !== undefined) return failureKind(errors[0]);
  const name = String(code);
  if (DNS_CODES.includes(name)) return 'dns';
  if (RESET_CODES.includes(name)) return 'reset';
  if (CONNECT_CODES.includes(name)) return 'connect';
  return /CERT|SSL|TLS|ISSUER|SIGNATURE|EPROTO/.test(name) ? 'tls' : 'protocol';
}
