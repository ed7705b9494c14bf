import ipaddr from 'ipaddr.js';

/**
 * What no request of ours may reach: everything that is not the public internet (IANA special-purpose registries,
 * RFC 6890), and the ways of writing an IPv4 address inside an IPv6 one that a gateway would unpack again.
 */
const REFUSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const REFUSED_IPV6 = [
  '::/8',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];
/** Global unicast, the only part of IPv6 that is handed out. */
const ROUTED_IPV6 = '2000::/3';
/** A machine's own and a private network's, for receivers beside a sandbox; never link-local, where cloud metadata lives. */
const PRIVATE = ['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '::1/128', 'fc00::/7'];

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

const parseAll = (ranges: readonly string[]): Range[] => ranges.map((range) => ipaddr.parseCIDR(range));
const refused = parseAll([...REFUSED_IPV4, ...REFUSED_IPV6]);
const routed = parseAll([ROUTED_IPV6]);
const privateRanges = parseAll(PRIVATE);

/** True for an address of the public internet. False for all other text. */
export function isPublicAddress(text: string): boolean {
  const address = canonical(text);
  if (address === undefined) return false;
  return address.kind() === 'ipv4'
    ? !isWithin(address, refused)
    : isWithin(address, routed) && !isWithin(address, refused);
}

/** True for loopback and private networks (RFC 1918, RFC 4193). */
export function isPrivateAddress(text: string): boolean {
  const address = canonical(text);
  return address !== undefined && isWithin(address, privateRanges);
}

/** One spelling an address: `::ffff:127.0.0.1` is 127.0.0.1, however it was written. */
export function canonicalAddress(text: string): string | undefined {
  return canonical(text)?.toString();
}

function canonical(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  // ipaddr.js reads "127.1" and zone ids as well; only the full form may come out of a URL or a resolver.
  if (bare.includes('%') || !(ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare))) return undefined;
  return ipaddr.process(bare);
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, ranges: readonly Range[]): boolean {
  return ranges.some(([network, bits]) => network.kind() === address.kind() && address.match(network as never, bits));
}
