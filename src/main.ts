import './common/assert-node';
import { endNaming } from './packages';
import 'reflect-metadata';
import { mkdir } from 'node:fs/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { sandboxHost } from './app.sandbox';
import { createApp } from './app.setup';
import { closeApp, drain } from './app.shutdown';
import { hintOf } from './database/database-errors';
import { EmbeddedError, errorCode } from './database/embedded/embedded-error';
import { type EmbeddedPostgres, startEmbedded } from './database/embedded/start-embedded';
import { migrate } from './database/migrate';
import { type Env, EnvError, ownUrl, processEnv } from './env';
import { HealthService } from './health/health.service';
import { createLogger } from './http/logger';
import { ReconciliationJob } from './jobs/reconciliation.job';

/** sysexits.h: a configuration error. */
const EX_CONFIG = 78;
/** How long a stop may take before it is forced; everything is safe to repeat. */
const STOP_DEADLINE_MS = 9_000;

/** What this process has begun, and how it ends. */
class Running {
  private app: NestFastifyApplication | undefined;
  private embedded: EmbeddedPostgres | undefined;

  private constructor(
    private readonly env: Env,
    private readonly logger: Logger,
  ) {}

  /** Starts everything this process is for; a start that fails takes down what it had begun. */
  static async start(env: Env, logger: Logger): Promise<Running> {
    const running = new Running(env, logger);
    try {
      await running.begin();
      return running;
    } catch (error) {
      await running
        .stop()
        .catch((second: unknown) =>
          logger.error({ msg: 'what had been started could not be stopped', error: describe(second) }),
        );
      throw error;
    }
  }

  async drain(early: AbortSignal): Promise<void> {
    if (this.app !== undefined) await drain(this.app, this.env, early);
  }

  async stop(): Promise<void> {
    if (this.app !== undefined) await closeApp(this.app, this.env, this.logger);
    await this.embedded?.stop();
  }

  /** In the order in which each part needs the one before. */
  private async begin(): Promise<void> {
    const { env, logger } = this;
    if (env.databaseUrl === null) this.embedded = await openEmbedded(env, logger);
    const databaseUrl = env.databaseUrl ?? (this.embedded?.url as string);
    const applied = await migrate(databaseUrl);
    if (applied.length > 0) logger.info({ msg: 'database migrated', applied });
    const app = await createApp(env, { databaseUrl, logger });
    this.app = app;
    await app.listen({ port: env.port, host: env.host });
    await sandboxHost(app, env)?.start(ownUrl(env));
    if (env.role !== 'api') await app.get(ReconciliationJob).start();
    const demo = wantsDemo(env) ? await demoSeed().seedDemo(app, env, logger) : undefined;
    app.get(HealthService).markStarted();
    endNaming();
    logger.info({
      msg: 'ready',
      url: env.publicUrl,
      role: env.role,
      networks: env.networks.map(({ network }) => network),
    });
    if (!env.production && logger.isLevelEnabled('info')) process.stderr.write(welcome(env, demo));
  }
}

/** Loaded where it is wanted: it brings a wallet with it. */
const demoSeed = (): typeof import('./demo-seed') => require('./demo-seed') as typeof import('./demo-seed');

/** Play money, and a file with its keys: nothing for production. */
function wantsDemo(env: Env): boolean {
  return env.sandboxDemo && !env.production && env.networks.some(({ network }) => network === 'sandbox');
}

/** For a person, beside the log, which is for programs: so it holds no key, and goes where messages go. */
function welcome(env: Env, demoFile: string | undefined): string {
  const lines = [`Lumentill is running. Open ${env.publicUrl}`];
  if (demoFile !== undefined) lines.push(`The API key of the demo merchant is in ${demoFile}`);
  return `\n${lines.join('\n')}\n\n`;
}

async function openEmbedded(env: Env, logger: Logger): Promise<EmbeddedPostgres> {
  await mkdir(env.dataDir, { recursive: true });
  const onLost = (error: unknown): void => {
    logger.fatal({ msg: 'the embedded PostgreSQL has died and cannot be brought back', error: describe(error) });
    process.exit(1);
  };
  return startEmbedded({
    dataDir: env.dataDir,
    exclusive: true,
    onLost,
    log: (message) => logger.info({ msg: message }),
  });
}

/** The first signal lets balancers turn away before anything ends; a second one does not wait for them. */
function stopOnSignal(running: Promise<Running>, env: Env, logger: Logger): void {
  const hurry = new AbortController();
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return hurry.abort();
    stopping = true;
    logger.info({ msg: 'stopping', signal, drainSeconds: env.drainSeconds });
    const forced = AbortSignal.timeout(env.drainSeconds * 1000 + STOP_DEADLINE_MS);
    forced.addEventListener('abort', () => {
      logger.error({ msg: 'stopping took too long' });
      process.exit(1);
    });
    running
      .then(async (service) => {
        await service.drain(hurry.signal);
        await service.stop();
      })
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        logger.error({ msg: 'stopping failed', error: describe(error) });
        process.exit(1);
      });
    return undefined;
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
}

function describe(error: unknown): unknown {
  return error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : String(error);
}

function main(): void {
  let env: Env;
  try {
    env = processEnv();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EX_CONFIG);
  }
  const logger = createLogger(env.logLevel);
  process.on('unhandledRejection', (error) => {
    logger.fatal({ msg: 'unhandled rejection', error: describe(error) });
    process.exit(1);
  });
  const running = Running.start(env, logger);
  stopOnSignal(running, env, logger);
  running.catch((error: unknown) => {
    if (error instanceof EnvError) {
      process.stderr.write(`${error.message}\n`);
      process.exit(EX_CONFIG);
    }
    if (errorCode(error) === 'EADDRINUSE')
      logger.fatal({ msg: `port ${env.port} is taken by another program: set PORT to a free one` });
    else if (error instanceof EmbeddedError) logger.fatal({ msg: error.message });
    else logger.fatal({ msg: 'the service could not start', hint: hintOf(error), error: describe(error) });
    process.exit(1);
  });
}

main();
