import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { Env } from './env';
import { DueWorkService } from './jobs/due-work.service';
import { CLOCK_LIMITS, type ClockLimits } from './sandbox/clock/clock-limits';
import type { SandboxHostService } from './sandbox/sandbox-host.service';
import { hostsSandbox } from './settings';

/**
 * The embedded network and with it most of the Stellar SDK: 600 modules, loaded only where this process hosts it.
 */
const network = (): typeof import('./sandbox/sandbox.module') =>
  require('./sandbox/sandbox.module') as typeof import('./sandbox/sandbox.module');
const host = (): typeof import('./sandbox/sandbox-host.service') =>
  require('./sandbox/sandbox-host.service') as typeof import('./sandbox/sandbox-host.service');
/** The modules of a sandbox that this process hosts: one or none. */
export function sandboxModules(env: Env, clockLimits?: Partial<ClockLimits>): DynamicModule[] {
  const sandbox = env.networks.find((each) => each.network === 'sandbox');
  if (sandbox === undefined || !hostsSandbox(env)) return [];
  return [
    network().SandboxModule.with({
      passphrase: sandbox.passphrase,
      ledgerMs: env.sandboxLedgerMs,
      publicUrl: env.publicUrl,
      streamsPerAddress: env.streamsPerAddress,
      faults: env.sandboxFaults,
      clock: env.sandboxClock ? { ...CLOCK_LIMITS, ...clockLimits } : null,
    }),
  ];
}

/** Undefined where the sandbox is elsewhere, or nowhere. */
export function sandboxHost(app: INestApplicationContext, env: Env): SandboxHostService | undefined {
  return hostsSandbox(env) ? app.get(host().SandboxHostService, { strict: false }) : undefined;
}

/** Mounts the network's own routes where this process hosts it. `subjectOf` returns what a limit counts an address as. */
export async function registerSandbox(
  app: INestApplicationContext,
  env: Env,
  fastify: FastifyInstance,
  subjectOf: (address: string) => string,
): Promise<void> {
  await sandboxHost(app, env)?.register(fastify, subjectOf, (scope) => {
    if (!env.sandboxClock) return;
    const { clockRoutes } = require('./sandbox/clock/clock-routes') as typeof import('./sandbox/clock/clock-routes');
    const { ClockMovesService } =
      require('./sandbox/clock/clock-moves.service') as typeof import('./sandbox/clock/clock-moves.service');
    clockRoutes(scope, app.get(ClockMovesService, { strict: false }), app.get(DueWorkService, { strict: false }));
  });
}
