import type { FastifyInstance } from 'fastify';
import { DomainError } from '../common/errors';

/** Knows every route of the application: an unknown address gets 404, an unknown method 405 with `Allow`. */
export class AllowTable {
  private readonly methods = new Map<string, Set<string>>();
  private patterns: readonly (readonly [RegExp, ReadonlySet<string>])[] | undefined;

  /** Must be called before any route is registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', (route) => {
      const known = this.methods.get(route.url) ?? new Set<string>();
      this.methods.set(route.url, known);
      for (const method of [route.method].flat()) known.add(method);
      this.patterns = undefined;
    });
  }

  refusal(url: string): DomainError {
    const path = url.split('?', 1)[0] ?? '/';
    const allowed = new Set(
      this.compiled()
        .filter(([pattern]) => pattern.test(path))
        .flatMap(([, methods]) => [...methods]),
    );
    if (allowed.size === 0) return new DomainError('route_not_found');
    return new DomainError('method_not_allowed', { headers: { allow: [...allowed].toSorted().join(', ') } });
  }

  private compiled(): readonly (readonly [RegExp, ReadonlySet<string>])[] {
    this.patterns ??= [...this.methods]
      .filter(([url]) => url !== '*' && url !== '/*')
      .map(([url, methods]) => [patternOf(url), methods] as const);
    return this.patterns;
  }
}

function patternOf(url: string): RegExp {
  const segments = url
    .split('/')
    .map((segment) =>
      segment === '*' ? '.+' : segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    );
  return new RegExp(`^${segments.join('/')}$`);
}
