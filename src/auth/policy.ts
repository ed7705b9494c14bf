import { applyDecorators, SetMetadata } from '@nestjs/common';
import type { Scope } from '../common/principal';
import type { RateLimitRule } from './rate-limit';

/** The callers that a handler admits. A handler without a policy is closed. */
export type Policy =
  | { readonly kind: 'public'; readonly limited: boolean }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'requires'; readonly scope: Scope };

export const POLICY = 'lumentill:policy';
export const RATE_LIMIT = 'lumentill:rate-limit';
export const OWN_LIMIT = 'lumentill:own-limit';
export const ASKS_TILL = 'lumentill:asks-till';

type RouteDecorator = MethodDecorator & ClassDecorator;

const policy = (value: Policy): RouteDecorator => applyDecorators(SetMetadata(POLICY, value));

/** Public, under the limit per address. `limited: false` is for probes of the deployment's own machinery. */
export function Public(options: { readonly limited?: boolean } = {}): RouteDecorator {
  return policy({ kind: 'public', limited: options.limited ?? true });
}

/** Any valid credential, whatever its scopes. */
export function Authenticated(): RouteDecorator {
  return policy({ kind: 'authenticated' });
}

/** A valid credential that carries this scope. */
export function Requires(scope: Scope): RouteDecorator {
  return policy({ kind: 'requires', scope });
}

/** The service behind it counts what succeeds, under a stricter limit per merchant, and reports it in the same headers. */
export function CountsItself(): RouteDecorator {
  return applyDecorators(SetMetadata(OWN_LIMIT, true));
}

/** A strict limit, counted per credential, or per address on a public route. */
export function RateLimited(rule: RateLimitRule): RouteDecorator {
  return applyDecorators(SetMetadata(RATE_LIMIT, rule));
}

/** The handler will ask where its caller's money goes, so that is read together with the credential. */
export function AsksTill(): RouteDecorator {
  return applyDecorators(SetMetadata(ASKS_TILL, true));
}
