import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { sandboxHost } from './app.sandbox';
import { SystemClock } from './common/clock';
import { Connections } from './database/connections';
import type { Env } from './env';
import { HealthService } from './health/health.service';
import { ReconciliationJob } from './jobs/reconciliation.job';

/** How long requests may take to end once no new ones are accepted. */
const REQUESTS_MS = 3_000;
/** How long the database may take for each answer meanwhile, and when it is given up whatever it says. */
const DATABASE_MS = 2_000;
const GIVE_UP_MS = 7_000;

const clock = new SystemClock();

/** Says that this process is not ready, and goes on as before until `early` or until the balancers have had their time. */
export async function drain(app: NestFastifyApplication, env: Env, early: AbortSignal): Promise<void> {
  app.get(HealthService, { strict: false }).markStopping();
  if (env.drainSeconds > 0) await clock.sleep(env.drainSeconds * 1000, early);
}

/**
 * Stops in an order in which no caller loses an answer: first the reader, then HTTP, while the sandbox still closes
 * ledgers for requests that wait for one, then the rest. Parts that do not end in time are cut off: requests, and at last
 * the database. A part that fails does not keep the others from stopping.
 */
export async function closeApp(app: NestFastifyApplication, env: Env, logger?: Logger): Promise<void> {
  const finished = new AbortController();
  const connections = app.get(Connections, { strict: false });
  app.get(HealthService, { strict: false }).markStopping();
  connections.hurry(DATABASE_MS);
  void after(GIVE_UP_MS, finished.signal, () => connections.giveUp());
  const answered = new AbortController();
  const cutOff = after(REQUESTS_MS, answered.signal, () => app.getHttpServer().closeAllConnections());
  const step = async (part: string, stop: () => Promise<unknown>): Promise<void> => {
    try {
      await stop();
    } catch (error) {
      logger?.warn({ msg: 'a part did not stop in order', part, error: String(error) });
    }
  };
  if (env.role !== 'api') await step('reader', () => app.get(ReconciliationJob, { strict: false }).stop());
  await step('http', () => Promise.resolve(app.getHttpAdapter().getInstance().close()));
  answered.abort();
  await cutOff;
  const sandbox = sandboxHost(app, env);
  if (sandbox !== undefined) await step('sandbox', () => sandbox.stop());
  await step('application', () => app.close());
  finished.abort();
}

async function after(ms: number, unless: AbortSignal, act: () => void): Promise<void> {
  await clock.sleep(ms, unless);
  if (!unless.aborted) act();
}
