import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawServerBase,
} from 'fastify';
import type { Logger as PinoLogger } from 'pino';
import { CallerLimitsService } from './auth/caller-limits.service';
import { limitedAddress, trustedProxies } from './auth/client-address';
import { AppModule } from './app.module';
import { registerSandbox } from './app.sandbox';
import { DIALECTS } from './app.dialects';
import { SystemClock } from './common/clock';
import { Ids } from './common/ids';
import { SystemRandomness } from './common/secrets';
import { assertSound } from './common/state-machine';
import { Telemetry } from './common/telemetry';
import { withoutSlash } from './checkout/page-address';
import { Connections } from './database/connections';
import { limitsOf } from './database/data-source';
import { PARTNER_PREFIX } from './dialects/partner/partner.dialect';
import { Transactions } from './database/transactions';
import { type Env, EnvError } from './env';
import { AccessLog, type Unreadable } from './http/access-log';
import { AllowTable } from './http/allow-table';
import { registerCompression } from './http/compression';
import { ConnectionGuard } from './http/connection-guard';
import { registerBodyPresence } from './http/body-presence';
import { ErrorFilter, sendError } from './http/error.filter';
import { assertBodyType, parseFormBody } from './http/form-body';
import { parseJsonBody } from './http/json-body';
import { createLogger, NestLogger } from './http/logger';
import { isMultipart, MULTIPART, MULTIPART_LIMIT, parseMultipartBody } from './http/multipart-body';
import { markUnrouted, registerHygiene, REQUEST_ID_PATTERN } from './http/request-hygiene';
import { registerRequestTelemetry } from './http/request-telemetry';
import { ValidationPipe } from './http/validation.pipe';
import { INVOICE_TRANSITIONS, UNWRITTEN_STATUSES } from './invoices/invoice-states';
import { registerJsonApi } from './jsonapi/register';
import { LINK_TRANSITIONS } from './links/link-states';
import { LivesService } from './lives/lives.service';
import type { Ports } from './platform.module';
import { SUBSCRIPTION_TRANSITIONS } from './subscriptions/subscription-states';
import { ClockReaderService } from './sandbox/clock/clock-reader.service';
import { ClockRepository } from './sandbox/clock/clock.repository';
import { SANDBOX_PREFIX } from './sandbox/sandbox-url';

const BODY_LIMIT = 64 * 1024;
/** A form writes a letter beyond ASCII with nine characters and more: 20,000 of them are an answer that a payer may give. */
const FORM_LIMIT = 256 * 1024;
/** Slow clients (H01). Node looks for them only so often: a deadline holds to within `checkMs`. */
const DEADLINES: Deadlines = { headersMs: 10_000, requestMs: 30_000, checkMs: 1_000 };
/** A socket on which nothing moves this long is given up; streams say something, or end, within 55 s. */
const SILENCE_MS = 120_000;
const MAX_HEADER = 16 * 1024;
const MAX_CONNECTIONS = 2_000;

/** How long a client may take from its first byte, or from the end of its last request. */
export interface Deadlines {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly checkMs: number;
}

export interface AppOptions {
  readonly databaseUrl: string;
  readonly deadlines?: Deadlines;
  readonly ports?: Ports;
  readonly logger?: PinoLogger;
}

/**
 * The whole application with its parsers, hooks and filters: what `main` runs and what every end-to-end test runs. When it
 * cannot be made, nothing of it is left.
 */
export async function createApp(env: Env, options: AppOptions): Promise<NestFastifyApplication> {
  const connections = new Connections(limitsOf({ timeoutMs: env.databaseTimeoutMs }));
  const made: NestFastifyApplication[] = [];
  try {
    return await buildApp(env, { ...options, connections }, made);
  } catch (error) {
    for (const app of made) await app.close().catch(() => undefined); // the first error is the one to report
    connections.giveUp();
    throw error;
  }
}

async function buildApp(
  env: Env,
  options: AppOptions & { connections: Connections },
  made: NestFastifyApplication[],
): Promise<NestFastifyApplication> {
  const logger = options.logger ?? createLogger(env.logLevel);
  const errors = new Logger('Error');
  const ids = new Ids(options.ports?.clock ?? new SystemClock(), options.ports?.randomness ?? new SystemRandomness());
  const log = new AccessLog(logger, DIALECTS, SANDBOX_PREFIX);
  assertStateTables();
  // Refusals of the router pass no hook; they are given by services that are made after it.
  const late: { limits?: CallerLimitsService } = {};
  const adapter = makeAdapter(env, options, { logger, log, errors, ids, late });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(env, options), adapter, {
    bodyParser: false,
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  made.push(app);
  const limits = app.get(CallerLimitsService, { strict: false });
  late.limits = limits;
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  const allow = new AllowTable();
  allow.watch(fastify);
  fastify.server.maxConnections = MAX_CONNECTIONS;
  fastify.server.on('checkExpectation', (request, response) =>
    log.unexpected(request, response, ids.row(), (url, address) => limits.fieldsUncounted(url, address)),
  );
  closeSilentSockets(fastify);
  const telemetry = app.get(Telemetry);
  registerRequestTelemetry(fastify, telemetry, SANDBOX_PREFIX);
  new ConnectionGuard({
    perAddress: env.trustProxyHops > 0 ? null : env.connectionsPerAddress,
    subjectOf: limitedAddress,
    onEnded: (reason) => telemetry.connectionEnded(reason),
  }).watch(fastify.server);
  registerHygiene(fastify, (url) => url.startsWith(SANDBOX_PREFIX));
  fastify.addHook('onSend', (request, reply) => limits.countRefused(request, reply));
  registerBodyPresence(fastify);
  registerParsers(fastify);
  registerJsonApi(fastify, { prefix: PARTNER_PREFIX, parseJson: parseJsonBody });
  registerCompression(fastify, (url) => url.startsWith(SANDBOX_PREFIX));
  log.register(fastify);
  app.useGlobalFilters(new ErrorFilter(DIALECTS, allow));
  app.useGlobalPipes(new ValidationPipe());
  await startClock(app, env);
  await registerSandbox(app, env, fastify, limitedAddress);
  await app.init();
  // The first life begins before the first request.
  await app.get(LivesService, { strict: false }).current();
  await fastify.ready();
  return app;
}

/** Before anything asks for the time. Throws `EnvError` where it would run backwards. */
async function startClock(app: NestFastifyApplication, env: Env): Promise<void> {
  if (env.sandboxClock) return app.get(ClockReaderService, { strict: false }).start();
  const { offsetMs } = await new ClockRepository(app.get(Transactions, { strict: false })).read();
  if (offsetMs > 0)
    throw new EnvError([
      `SANDBOX_CLOCK must be 1 for this database: its clock was moved ahead by ${Math.ceil(offsetMs / 1000)} seconds, and time does not run backwards. Take another database otherwise`,
    ]);
}

interface AdapterParts {
  readonly logger: ReturnType<typeof createLogger>;
  readonly log: AccessLog;
  readonly errors: Logger;
  readonly ids: Ids;
  readonly late: { readonly limits?: CallerLimitsService };
}

function makeAdapter(
  env: Env,
  options: AppOptions,
  { logger, log, errors, ids, late }: AdapterParts,
): FastifyAdapter<RawServerBase> {
  const deadlines = options.deadlines ?? DEADLINES;
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // A client with an open connection is answered to the end, not turned away without a line in the log.
    return503OnClosing: false,
    bodyLimit: BODY_LIMIT,
    trustProxy: trustedProxies(env.trustProxyHops),
    requestIdHeader: false,
    genReqId: (request) => requestId(request.headers['x-request-id'], ids),
    requestTimeout: deadlines.requestMs,
    connectionTimeout: SILENCE_MS,
    http: {
      headersTimeout: deadlines.headersMs,
      connectionsCheckingInterval: deadlines.checkMs,
      maxHeaderSize: MAX_HEADER,
    },
    rewriteUrl: ({ url = '/' }: { readonly url?: string }) => withoutSlash(url),
    // As long as an address may be: what is too long for an id is judged where ids are, and is not found.
    routerOptions: { maxParamLength: MAX_HEADER },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      markUnrouted(request, reply);
      late.limits?.showUncounted(request, reply);
      sendError(error, request, reply, DIALECTS, errors, undefined);
      log.answered(request, reply);
    },
    clientErrorHandler: (error: unknown, socket: Socket) =>
      log.unreadable(
        error as Unreadable,
        socket,
        ids.row(),
        (url, address) => late.limits?.fieldsUncounted(url, address) ?? {},
      ),
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
}

/** A wrong transition table must stop the start, not a payment. */
function assertStateTables(): void {
  assertSound('invoice', INVOICE_TRANSITIONS, ['DRAFT', 'PENDING'], UNWRITTEN_STATUSES);
  assertSound('link', LINK_TRANSITIONS, ['active']);
  assertSound('subscription', SUBSCRIPTION_TRANSITIONS, ['incomplete']);
}

/**
 * Node waits at a stop for connections that never sent a byte (a browser opens such ahead of need), as if they
 * were in the middle of a request. They and every connection that comes later are ended.
 */
function closeSilentSockets(fastify: FastifyInstance): void {
  const sockets = new Set<Socket>();
  let stopping = false;
  fastify.server.on('connection', (socket: Socket) => {
    if (stopping) return socket.destroy();
    sockets.add(socket);
    return socket.once('close', () => sockets.delete(socket));
  });
  fastify.addHook('preClose', (done) => {
    stopping = true;
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
}

function registerParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      assertBodyType(request, 'json');
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  // SEP-10 wallets may post the challenge as a form, and browsers without a script post a payer's choice.
  const forms = { parseAs: 'buffer', bodyLimit: FORM_LIMIT } as const;
  fastify.addContentTypeParser<Buffer>('application/x-www-form-urlencoded', forms, (request, body, done) => {
    try {
      assertBodyType(request, 'form');
      done(null, parseFormBody(request, body));
    } catch (error) {
      done(error as Error);
    }
  });
  registerMultipart(fastify);
}

/** Only a few routes take it: everywhere else it is refused before its body is read. */
function registerMultipart(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    const { method, headers } = request;
    try {
      if (isMultipart(headers['content-type']) && method !== 'GET' && method !== 'HEAD')
        assertBodyType(request, 'multipart');
      done(null, payload);
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addContentTypeParser(
    MULTIPART,
    { parseAs: 'buffer', bodyLimit: MULTIPART_LIMIT },
    (request: FastifyRequest, body: Buffer) => parseMultipartBody(request.headers['content-type'] ?? '', body),
  );
}

function requestId(given: string | string[] | undefined, ids: Ids): string {
  return typeof given === 'string' && REQUEST_ID_PATTERN.test(given) ? given : ids.row();
}
