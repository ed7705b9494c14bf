import { type Env, ownUrl } from '../env';

/** Path of the sandbox's Horizon surface on the service's own port. */
export const SANDBOX_PREFIX = '/sandbox/horizon';

/** The sandbox this deployment points at, or the one that answers on our own port. */
export function sandboxHorizonUrl(env: Env): string {
  const elsewhere = env.networks.find(({ network }) => network === 'sandbox')?.horizonUrl ?? null;
  return elsewhere ?? `${ownUrl(env)}${SANDBOX_PREFIX}`;
}
