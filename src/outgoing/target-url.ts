import { isIP } from 'node:net';
import { LOCAL_NAMES } from '../common/https-address';
import { canonicalAddress, isPrivateAddress, isPublicAddress } from './address-ranges';

/** Where requests may go. */
export interface OutgoingPolicy {
  /** http, any port, loopback and private networks: for receivers beside a sandbox, never where money is. */
  readonly allowPrivate: boolean;
  /** Our own names, lower case: a request to ourselves would make us our own client. */
  readonly ownHosts: readonly string[];
  /** Port this service listens on. */
  readonly ownPort: number;
}

const MAX_LENGTH = 2048;
const PORTS = ['', '443', '8443'];

/** Undefined when a request to the URL may be tried; otherwise why not, to be read after "url". */
export function refusalOf(text: string, policy: OutgoingPolicy): string | undefined {
  if (text.length > MAX_LENGTH) return `must be at most ${MAX_LENGTH} characters`;
  // URL drops tabs and line breaks silently; a text with them means something else.
  if (/[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return 'must be an absolute URL';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(policy.allowPrivate && url.protocol === 'http:'))
    return policy.allowPrivate ? 'must begin with https:// or http://' : 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not hold credentials';
  if (text.includes('#')) return 'must not hold a fragment';
  if (!policy.allowPrivate && !PORTS.includes(url.port)) return 'must use port 443 or 8443';
  return hostRefusal(url, policy);
}

function hostRefusal(url: URL, policy: OutgoingPolicy): string | undefined {
  const host = url.hostname.toLowerCase().replace(/\.$/, '');
  const bare = host.startsWith('[') ? host.slice(1, -1) : host;
  if (isIP(bare) !== 0)
    return isAllowedAddress(bare, portOf(url), policy)
      ? undefined
      : 'must not lead to an address outside the public internet, nor to this service';
  if (policy.ownHosts.includes(host) && (!policy.allowPrivate || portOf(url) === policy.ownPort))
    return 'must not lead to this service';
  if (policy.allowPrivate) return undefined;
  return LOCAL_NAMES.test(host) || !host.includes('.') ? 'must not lead to a local name' : undefined;
}

/** Whether a connection to this address and port may be opened at all. */
export function isAllowedAddress(address: string, port: number, policy: OutgoingPolicy): boolean {
  if (isPublicAddress(address)) return true;
  if (!policy.allowPrivate || !isPrivateAddress(address)) return false;
  return !(port === policy.ownPort && isLoopback(address));
}

function isLoopback(address: string): boolean {
  const canonical = canonicalAddress(address) ?? '';
  return canonical.startsWith('127.') || canonical === '::1';
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
