/** Who speaks at an address decides the envelope of every error there, before and after a handler runs. */
export type RouteFamily = 'partner' | 'merchant' | 'wallet' | 'page';

const PREFIXES: readonly (readonly [string, RouteFamily])[] = [
  ['/api/public/v1', 'partner'],
  ['/api/v0', 'merchant'],
  ['/pay', 'page'],
];

/** The family of a raw request target; everything unknown answers as the wallet API does: `{error}`. */
export function routeFamily(url: string): RouteFamily {
  const path = url.split('?', 1)[0] ?? '';
  return PREFIXES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? 'wallet';
}
