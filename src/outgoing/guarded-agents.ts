import type dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import os from 'node:os';
import type { Duplex } from 'node:stream';
import { callbackify } from 'node:util';
import { canonicalAddress } from './address-ranges';
import { publicResolver, type Resolver, systemResolver } from './name-resolver';
import { OutgoingFailure } from './outgoing-http';
import { isAllowedAddress, type OutgoingPolicy } from './target-url';

export interface AgentSettings {
  readonly policy: OutgoingPolicy;
  readonly resolve?: Resolver;
  /** Certificate authorities instead of the ones Node brings. */
  readonly ca?: string;
}

/** Idle connections are dropped before the 5 s after which Node and nginx-like servers drop theirs. */
const AGENT_OPTIONS = { keepAlive: true, maxFreeSockets: 256, timeout: 4_000, scheduling: 'lifo' } as const;

/**
 * Agents that judge the very address the socket is opened to. A check of the name before the request would be
 * worth nothing: the name may resolve to something else by the time of connecting. They know no proxy.
 */
export function guardedAgents(settings: AgentSettings): { http: http.Agent; https: https.Agent } {
  const lookup = guardedLookup(settings);
  const guard = <A extends http.Agent>(agent: A): A => {
    const connect = agent.createConnection.bind(agent);
    agent.createConnection = (options, callback) => {
      const host = String(options.host ?? '');
      // A literal address is never looked up, so it is judged here.
      if (isIP(host) !== 0 && !mayConnect(host, Number(options.port), settings.policy))
        throw new OutgoingFailure('blocked');
      return connect({ ...options, lookup: lookup(Number(options.port)) }, callback as never) as Duplex;
    };
    return agent;
  };
  return {
    http: guard(new http.Agent(AGENT_OPTIONS)),
    https: guard(
      new https.Agent({
        ...AGENT_OPTIONS,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        ...(settings.ca === undefined ? {} : { ca: settings.ca }),
      }),
    ),
  };
}

/** Hands the socket nothing but addresses that have been checked. */
function guardedLookup(settings: AgentSettings): (port: number) => LookupFunction {
  const resolve = settings.resolve ?? (settings.policy.allowPrivate ? systemResolver : publicResolver());
  const checked = callbackify((hostname: string, port: number) =>
    checkedAddresses(hostname, port, settings.policy, resolve),
  );
  return (port) => (hostname, options, callback) => {
    checked(hostname, port, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) callback(error ?? new OutgoingFailure('dns'), '', 0);
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
}

/** One refused address refuses the name: a receiver has no reason to be half inside. */
async function checkedAddresses(
  hostname: string,
  port: number,
  policy: OutgoingPolicy,
  resolve: Resolver,
): Promise<readonly dns.LookupAddress[]> {
  const addresses = await resolve(hostname).catch((error: unknown) => {
    throw new OutgoingFailure('dns', error);
  });
  if (addresses.length === 0) throw new OutgoingFailure('dns');
  if (!addresses.every(({ address }) => mayConnect(address, port, policy))) throw new OutgoingFailure('blocked');
  return addresses;
}

function mayConnect(address: string, port: number, policy: OutgoingPolicy): boolean {
  return (
    isAllowedAddress(address, port, policy) &&
    !(isOwnAddress(address) && (!policy.allowPrivate || port === policy.ownPort))
  );
}

/** A stranger's name may point at this very machine. */
function isOwnAddress(address: string): boolean {
  const canonical = canonicalAddress(address);
  return Object.values(os.networkInterfaces()).some((addresses) =>
    addresses?.some((own) => canonicalAddress(own.address.replace(/%.*$/, '')) === canonical),
  );
}
