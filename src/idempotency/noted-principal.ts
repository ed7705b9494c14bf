import type { Principal, Scope } from '../common/principal';

/** Scopes that record which of them were asked for and held. */
class NotedScopes extends Set<Scope> {
  readonly used = new Set<Scope>();

  override has(scope: Scope): boolean {
    const held = super.has(scope);
    if (held) this.used.add(scope);
    return held;
  }
}

/**
 * The principal as the work of a request sees it, and what it was let in by: an answer is replayed only to callers that
 * hold all of that too.
 */
export function notedPrincipal(principal: Principal): {
  readonly principal: Principal;
  readonly used: () => readonly Scope[];
} {
  const scopes = new NotedScopes(principal.scopes);
  return { principal: { ...principal, scopes }, used: () => [...scopes.used] };
}
