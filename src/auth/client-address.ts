import { isIP } from 'node:net';

/**
 * What a limit per address counts: an IPv4 address, or the /64 of an IPv6 one, because a single subscriber owns
 * 2^64 addresses. An IPv4 address written as IPv6 (::ffff:1.2.3.4) is the IPv4 address.
 */
export function limitedAddress(ip: string): string {
  const text = ip.split('%', 1)[0] as string;
  if (isIP(text) !== 6) return text.slice(0, 64);
  const groups = ipv6Groups(text);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight 16-bit groups of a valid IPv6 address. */
function ipv6Groups(text: string): number[] {
  const [left = '', right] = text.split('::');
  const head = groupsOf(left);
  const tail = groupsOf(right ?? '');
  return right === undefined
    ? head
    : [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function groupsOf(part: string): number[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}

/**
 * Fastify's `trustProxy`: believe exactly this many proxies in front of us, so that what a client writes into
 * X-Forwarded-For is never reached. Fastify 5.12 reads a plain number as trust in none, and all clients behind the proxy
 * would share one limit.
 */
export function trustedProxies(hops: number): false | ((address: string, hop: number) => boolean) {
  return hops === 0 ? false : (_address, hop) => hop < hops;
}
