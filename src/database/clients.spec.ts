import net, { type AddressInfo } from 'node:net';
import pg from 'pg';
import { parseDatabaseUrl } from '../common/database-url';
import { pooledClient } from './clients';
import { Connections } from './connections';
import { ServerChoice } from './server-choice';

/** A message of PostgreSQL's protocol: its letter, its length, what it says. */
function message(letter: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5, letter);
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const TERMINATED = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0', 'latin1'),
);

let server: net.Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

it('a connection that is ended in the breath in which it is opened fails whoever asked for it, and nobody else', async () => {
  server = net.createServer((socket) =>
    socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, TERMINATED]))),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const connectionString = `postgres://nobody@127.0.0.1:${(server.address() as AddressInfo).port}/none`;
  const connections = new Connections();
  const pool = new pg.Pool({
    connectionString,
    Client: pooledClient({
      connections,
      servers: new ServerChoice(parseDatabaseUrl(connectionString), 1_000),
      prepare: false,
    }),
  } as pg.PoolConfig);
  pool.on('error', () => undefined); // as TypeORM does: what a connection in the pool says
  await expect(pool.connect()).rejects.toMatchObject({ code: '57P01' });
  await expect(pool.query('select 1')).rejects.toMatchObject({ code: '57P01' });
  expect([pool.totalCount, pool.waitingCount]).toEqual([0, 0]);
  await pool.end();
});
