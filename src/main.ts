import './common/assert-node';
import 'reflect-metadata';
import { mkdir } from 'node:fs/promises';
import type { Logger } from 'pino';
import { closeApp, createApp } from './app.setup';
import { errorCode } from './database/embedded/embedded-error';
import { startEmbedded } from './database/embedded/start-embedded';
import { migrate } from './database/migrate';
import { seedDemo } from './demo-seed';
import { type Env, EnvError, ownUrl, processEnv } from './env';
import { HealthService } from './health/health.service';
import { createLogger } from './http/logger';
import { ReconciliationJob } from './jobs/reconciliation.job';
import { SandboxHost } from './sandbox/sandbox-host.service';
import { hostsSandbox } from './settings';

/** sysexits.h: a configuration error. */
const EX_CONFIG = 78;
/** How long a stop may take before it is forced; everything is safe to repeat. */
const STOP_DEADLINE_MS = 9_000;

interface Running {
  stop(): Promise<void>;
}

/** Starts everything this process is for, in the order in which each part needs the one before. */
async function start(env: Env, logger: Logger): Promise<Running> {
  const embedded = env.databaseUrl === null ? await openEmbedded(env, logger) : undefined;
  const databaseUrl = env.databaseUrl ?? (embedded?.url as string);
  const applied = await migrate(databaseUrl);
  if (applied.length > 0) logger.info({ msg: 'database migrated', applied });
  const app = await createApp(env, { databaseUrl, logger });
  await app.listen({ port: env.port, host: env.host });
  const sandbox = hostsSandbox(env) ? app.get(SandboxHost) : undefined;
  await sandbox?.start(ownUrl(env));
  if (env.role !== 'api') await app.get(ReconciliationJob).start();
  if (env.sandboxDemo && env.networks.some(({ network }) => network === 'sandbox')) await seedDemo(app, env, logger);
  app.get(HealthService).markStarted();
  logger.info({ msg: 'ready', url: env.publicUrl, role: env.role, networks: env.networks.map(({ network }) => network) });
  return {
    stop: async () => {
      await closeApp(app, env);
      await embedded?.stop();
    },
  };
}

async function openEmbedded(env: Env, logger: Logger): Promise<Awaited<ReturnType<typeof startEmbedded>>> {
  await mkdir(env.dataDir, { recursive: true });
  return startEmbedded({ dataDir: env.dataDir, log: (message) => logger.info({ msg: message }) });
}

function stopOnSignal(running: Promise<Running>, logger: Logger): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ msg: 'stopping', signal });
    const forced = AbortSignal.timeout(STOP_DEADLINE_MS);
    forced.addEventListener('abort', () => {
      logger.error({ msg: 'stopping took too long' });
      process.exit(1);
    });
    running
      .then((service) => service.stop())
      .then(() => process.exit(0))
      .catch((error: unknown) => {
        logger.error({ msg: 'stopping failed', error: describe(error) });
        process.exit(1);
      });
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
  const running = start(env, logger);
  stopOnSignal(running, logger);
  running.catch((error: unknown) => {
    if (errorCode(error) === 'EADDRINUSE') logger.fatal({ msg: `port ${env.port} is taken by another program: set PORT to a free one` });
    else logger.fatal({ msg: 'the service could not start', error: describe(error) });
    process.exit(1);
  });
}

main();
