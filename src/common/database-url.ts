/** Where the database is: one server, or several of which the first that will do is used. */
export interface DatabaseTarget {
  /** One URL per server, in the order in which they are tried; each names a single host. */
  readonly servers: readonly string[];
  /** What a server must be to be used; null takes any that answers. */
  readonly wanted: 'read-write' | 'primary' | null;
}

/** A sentence about what is wrong with the address, without repeating it: it may hold a password. */
export class DatabaseUrlFault extends Error {}

/** scheme, credentials, hosts, path, query */
const PARTS = /^(postgres(?:ql)?:)\/\/(?:([^@/?#]*)@)?([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/;
const HOST = /^(?:\[[0-9A-Fa-f:.%]+\]|[^:,[\]]*)(?::(\d{1,5}))?$/;
const WANTED = { any: null, 'read-write': 'read-write', primary: 'primary' } as const;

/**
 * Reads a connection URI as libpq does: several hosts with commas between, each with its own port, in the authority or
 * in `host` and `port`, and `target_session_attrs`. The driver knows one host and no such attribute, so each server
 * gets an address of its own. Throws `DatabaseUrlFault`.
 */
export function parseDatabaseUrl(text: string): DatabaseTarget {
  const parts = PARTS.exec(text);
  if (parts === null) throw new DatabaseUrlFault('must be a URL such as postgres://user:password@host:5432/database');
  const [, scheme = '', credentials, authority = '', path = '', search = ''] = parts;
  const query = new URLSearchParams(search);
  const named = query.get('host');
  const hosts =
    named === null ? authority.split(',') : hostsOf(named.split(','), query.get('port')?.split(',') ?? [], authority);
  const wanted = wantedOf(query.get('target_session_attrs'), hosts.length > 1);
  if (hosts.length === 1 && !query.has('target_session_attrs')) {
    if (!URL.canParse(text))
      throw new DatabaseUrlFault('must be a URL such as postgres://user:password@host:5432/database');
    return { servers: [text], wanted };
  }
  for (const each of ['target_session_attrs', ...(hosts.some((host) => host.startsWith('/')) ? [] : ['host', 'port'])])
    query.delete(each);
  return { servers: hosts.map((host) => serverUrl({ scheme, credentials, host, path, query })), wanted };
}

interface ServerParts {
  readonly scheme: string;
  readonly credentials: string | undefined;
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

function serverUrl({ scheme, credentials, host, path, query }: ServerParts): string {
  const own = new URLSearchParams(query);
  const login = credentials === undefined ? '' : `${credentials}@`;
  // A folder with a socket cannot stand where a name stands.
  if (host.startsWith('/')) {
    const [folder = '', port] = host.split(':');
    own.set('host', folder);
    own.delete('port');
    return built(`${scheme}//${login}localhost${port === undefined ? '' : `:${port}`}${path}`, own);
  }
  if (host === '' || !HOST.test(host))
    throw new DatabaseUrlFault(
      'names a host that is empty or cannot be read; several stand with commas between, such as db1:5432,db2:5432',
    );
  return built(`${scheme}//${login}${host}${path}`, own);
}

function built(start: string, query: URLSearchParams): string {
  const url = query.size === 0 ? start : `${start}?${query.toString()}`;
  if (!URL.canParse(url)) throw new DatabaseUrlFault('names a host or a port that cannot be read');
  return url;
}

/** `host=a,b&port=1,2`: one port stands for all. */
function hostsOf(names: readonly string[], ports: readonly string[], authority: string): string[] {
  if (ports.length > 1 && ports.length !== names.length)
    throw new DatabaseUrlFault(`names ${names.length} hosts and ${ports.length} ports; name one port, or one for each`);
  const usual = /:(\d+)$/.exec(authority)?.[1];
  return names.map((name, at) => {
    const port = ports.length > 1 ? ports[at] : (ports[0] ?? usual);
    const host = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
    return port === undefined || port === '' ? host : `${host}:${port}`;
  });
}

function wantedOf(text: string | null, several: boolean): DatabaseTarget['wanted'] {
  // Of several servers one takes writes, and the service writes.
  if (text === null) return several ? 'read-write' : null;
  if (!Object.hasOwn(WANTED, text))
    throw new DatabaseUrlFault(
      'asks for target_session_attrs that the service cannot use: it writes, so read-write, primary or any',
    );
  return WANTED[text as keyof typeof WANTED];
}
