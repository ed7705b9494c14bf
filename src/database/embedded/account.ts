import { readFile, stat } from 'node:fs/promises';
import { EmbeddedError, errorCode } from './embedded-error';

/** The user that the server's processes run as. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

const PREFERRED = ['postgres', 'nobody'];

/**
 * PostgreSQL refuses to run as root, so root hands it to another user: the owner of an existing cluster,
 * else `postgres`, else `nobody`. Undefined when we are an ordinary user and the server runs as ourselves.
 * Throws `EmbeddedError` when the cluster belongs to another user or no such user exists.
 */
export async function chooseAccount(home: string): Promise<ServerAccount | undefined> {
  const self = process.getuid?.();
  if (self === undefined) return undefined;
  const owner = await ownerOf(home);
  if (self !== 0) {
    if (owner === undefined || owner.uid === self) return undefined;
    throw new EmbeddedError(
      `${home} belongs to user ${owner.name}, we run as user ${self}: start as that user or as root, or choose another DATA_DIR.`,
    );
  }
  if (owner !== undefined && owner.uid !== 0) return owner;
  const users = await systemUsers();
  const chosen = PREFERRED.map((name) => users.find((user) => user.name === name)).find((user) => user !== undefined);
  if (chosen !== undefined) return chosen;
  throw new EmbeddedError(
    `PostgreSQL does not run as root, and the system has no user ${PREFERRED.join(' or ')}: start as an ordinary user.`,
  );
}

async function ownerOf(home: string): Promise<ServerAccount | undefined> {
  try {
    const { uid, gid } = await stat(home);
    return { uid, gid, name: String(uid) };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new EmbeddedError(`${home} cannot be examined.`, { cause: error });
  }
}

async function systemUsers(): Promise<ServerAccount[]> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  return lines.map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
}
