import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { DomainError } from '../common/errors';
import type { Dialects } from './dialect';

const LONGEST_PATH = 300;

/** What is left to an address, in the fields of the dialect that is spoken at a URL. */
type LimitFields = (url: string, address: string) => Readonly<Record<string, string>>;

interface Line {
  readonly requestId: string;
  readonly method: string | undefined;
  readonly url: string;
  readonly status: number;
  readonly ms?: number;
}

/** One line a request, also for those that are refused before a route is looked for: no query, no body, no header values but the request id. */
export class AccessLog {
  /** Requests whose address begins with `quietPrefix` are logged at debug level only. */
  constructor(
    private readonly logger: Logger,
    private readonly dialects: Dialects,
    private readonly quietPrefix: string,
  ) {}

  register(fastify: FastifyInstance): void {
    if (!this.logger.isLevelEnabled('info')) return;
    fastify.addHook('onResponse', (request, reply, done) => {
      this.answered(request, reply);
      done();
    });
  }

  /** For answers that no hook sees. */
  answered(request: FastifyRequest, reply: FastifyReply): void {
    this.write({
      requestId: request.id,
      method: request.method,
      url: request.raw.url ?? '',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
    });
  }

  /** Bytes that are not HTTP, or came too late, are answered on their socket. */
  unreadable(error: Unreadable, socket: Socket, requestId: string, limitsOf: LimitFields = () => ({})): void {
    // The client has hung up: no request was refused.
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const [, method, url = ''] =
      REQUEST_LINE.exec(error.rawPacket?.subarray(0, LONGEST_LINE).toString('latin1') ?? '') ?? [];
    const status = STATUS[error.code ?? ''] ?? 400;
    const answer = this.dialects.answer(url, new DomainError('malformed_request', { status }), requestId);
    const headers = {
      ...answer.headers,
      ...limitsOf(url, socket.remoteAddress ?? ''),
      'content-type': answer.contentType,
      'content-length': String(Buffer.byteLength(answer.body)),
      'cache-control': 'no-store',
      connection: 'close',
    };
    if (socket.writable)
      socket.write(
        `HTTP/1.1 ${status} ${REASONS[status]}\r\n${Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('')}\r\n`,
      );
    socket.end(answer.body);
    socket.destroySoon();
    this.write({ requestId, method, url, status });
  }

  /** RFC 9110 section 10.1.1: nothing but `100-continue` is expected of us. Node asks before there is a request. */
  unexpected(request: IncomingMessage, response: ServerResponse, requestId: string, limitsOf: LimitFields): void {
    const { method, url = '/' } = request;
    const error = new DomainError('malformed_request', {
      status: 417,
      detail: 'The Expect header may only be 100-continue: leave it out',
    });
    const answer = this.dialects.answer(url, error, requestId);
    response
      .writeHead(417, {
        ...answer.headers,
        ...limitsOf(url, request.socket.remoteAddress ?? ''),
        'content-type': answer.contentType,
        'content-length': Buffer.byteLength(answer.body),
        'cache-control': 'no-store',
        connection: 'close',
      })
      .end(answer.body);
    this.write({ requestId, method, url, status: 417 });
  }

  private write({ requestId, method, url, status, ms }: Line): void {
    const line = {
      msg: 'request',
      requestId,
      method,
      path: masked(url.split('?', 1)[0] ?? '').slice(0, LONGEST_PATH),
      status,
      ms,
    };
    if (url.startsWith(this.quietPrefix)) this.logger.debug(line);
    else this.logger.info(line);
  }
}

/** What follows these is a key: whoever reads the log must not get it. */
const KEYED = /^(\/+(?:s|checkout\/+subscriptions)\/+)[^/]+/i;

function masked(path: string): string {
  return path.replace(KEYED, '$1***');
}

/** The error of Node's "clientError" event (http.Server). */
export interface Unreadable extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

/** The address may be so long that its end is not among these bytes. */
const REQUEST_LINE = /^([A-Z]{1,20}) (\S+)/;
const LONGEST_LINE = 2_000;
const STATUS: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };
const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};
