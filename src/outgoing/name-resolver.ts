import dns from 'node:dns';

/** Every address of a name; replaced in tests by one that lies. */
export type Resolver = (hostname: string) => Promise<readonly dns.LookupAddress[]>;

/** Through the machine's own configuration, hosts file included: where receivers may be neighbours. */
export const systemResolver: Resolver = (hostname) => dns.promises.lookup(hostname, { all: true, order: 'verbatim' });

const TIMEOUT_MS = 2_000;
const TRIES = 2;

/**
 * Asks the name servers itself. `lookup` takes one of a handful of threads that files and all other names share, for as
 * long as a stranger's name server keeps silent. Here a silent one delays no other work.
 * @param servers instead of those of the machine
 */
export function publicResolver(servers?: readonly string[]): Resolver {
  const resolver = new dns.promises.Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return async (hostname) => {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const found = answers.flatMap((answer, at) =>
      answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family: at === 0 ? 4 : 6 })) : [],
    );
    const [failed] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []));
    if (found.length === 0 && failed !== undefined) throw failed;
    return found;
  };
}
