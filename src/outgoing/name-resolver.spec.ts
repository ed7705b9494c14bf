import dgram from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { publicResolver } from './name-resolver';

const SILENT = 64;

/** A name server that never answers for names that begin with "silent", and knows one address of every other. */
async function nameServer(): Promise<{ address: string; asked: string[]; stop: () => void }> {
  const asked: string[] = [];
  const socket = dgram.createSocket('udp4');
  socket.on('message', (query, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
      at += length + 1;
    }
    const type = query.readUInt16BE(at + 1);
    asked.push(labels.join('.'));
    if (labels[0]?.startsWith('silent') === true) return;
    const question = query.subarray(12, at + 5);
    const header = Buffer.from([query[0] ?? 0, query[1] ?? 0, 0x81, 0x80, 0, 1, 0, type === 1 ? 1 : 0, 0, 0, 0, 0]);
    const answer =
      type === 1 ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 7]) : Buffer.alloc(0);
    socket.send(Buffer.concat([header, question, answer]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { address: `127.0.0.1:${(socket.address() as AddressInfo).port}`, asked, stop: () => socket.close() };
}

describe('names that strangers choose', () => {
  let server: Awaited<ReturnType<typeof nameServer>>;
  beforeEach(async () => {
    server = await nameServer();
  });
  afterEach(() => server.stop());

  it('are found while the name servers of many others keep silent (F11)', async () => {
    const resolve = publicResolver([server.address]);
    let ended = 0;
    const silent = Array.from({ length: SILENT }, (_unused, at) =>
      resolve(`silent-${at}.example`).catch(() => (ended += 1)),
    );
    expect(await resolve('shop.example')).toEqual([{ address: '203.0.113.7', family: 4 }]);
    expect(ended).toBe(0);
    expect(new Set(server.asked).size).toBe(SILENT + 1);
    // It ends by itself: no lookup waits for ever.
    await Promise.all(silent);
    expect(ended).toBe(SILENT);
  });
});
