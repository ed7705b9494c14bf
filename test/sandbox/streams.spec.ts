import { Asset, type Keypair, Operation } from '@stellar/stellar-sdk';
import { PATIENCE_MS } from '../support/patience';
import { SandboxServer } from './sandbox-server';

describe('event streams', () => {
  let sandbox: SandboxServer;
  let alice: Keypair;
  let bob: Keypair;

  beforeAll(async () => {
    sandbox = await SandboxServer.start();
    [alice, bob] = [await sandbox.wallet('alice'), await sandbox.wallet('bob')];
  });
  afterEach(() => sandbox.faults.clear());
  afterAll(() => sandbox.stop());

  const pay = (amount: string): Promise<unknown> =>
    sandbox.submit(alice, [Operation.payment({ destination: bob.publicKey(), asset: Asset.native(), amount })]);
  const now = async (): Promise<string> =>
    (await sandbox.get('/payments?order=desc&limit=1')).body._embedded.records[0]?.paging_token ?? '';
  const read = async (path: string, headers: Record<string, string> = {}): Promise<string> => {
    const response = await fetch(sandbox.url + path, {
      headers: { accept: 'text/event-stream', ...headers },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return response.text();
  };

  it('frames records as Horizon does and ends after the limit', async () => {
    const cursor = await now();
    const reading = read(`/accounts/${bob.publicKey()}/payments?cursor=${cursor}&limit=2`);
    await pay('1');
    await pay('2');
    const text = await reading;
    const frames = text.split('\n\n');
    expect(frames[0]).toBe('retry: 1000\nevent: open\ndata: "hello"');
    expect(frames[1]).toMatch(/^id: \d+\ndata: \{"_links":/);
    expect(JSON.parse(/data: (.*)$/.exec(frames[2] ?? '')?.[1] ?? '')).toMatchObject({
      type: 'payment',
      amount: '2.0000000',
    });
    expect(frames[3]).toBe('retry: 10\nevent: close\ndata: "byebye"');
    expect(frames[4]).toBe('');
  });

  it('lets Last-Event-ID override the cursor', async () => {
    const cursor = await now();
    await pay('3');
    await pay('4');
    const first =
      (await sandbox.get(`/payments?cursor=${cursor}&limit=1`)).body._embedded.records[0]?.paging_token ?? '';
    const text = await read(`/payments?cursor=${cursor}&limit=1`, { 'last-event-id': first });
    expect(text).toContain('"amount":"4.0000000"');
    expect(text).not.toContain('"amount":"3.0000000"');
  });

  it('answers problems before the stream begins as ordinary HTTP', async () => {
    const response = await fetch(`${sandbox.url}/payments?limit=0`, { headers: { accept: 'text/event-stream' } });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  });

  it('feeds the stock client', async () => {
    const cursor = await now();
    const amounts: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const close = sandbox.horizon
      .payments()
      .forAccount(bob.publicKey())
      .cursor(cursor)
      .stream({
        onmessage: (record) => {
          amounts.push((record as unknown as { amount: string }).amount);
          if (amounts.length === 3) resolve();
        },
      });
    for (const amount of ['5', '6', '7']) await pay(amount);
    await promise;
    close();
    expect(amounts).toEqual(['5.0000000', '6.0000000', '7.0000000']);
  });

  it('tells a single object again when it changed, without ids', async () => {
    const reading = read(`/accounts/${bob.publicKey()}?limit=2`);
    await pay('1');
    const text = await reading;
    expect(text.match(/^data: \{/gm)).toHaveLength(2);
    expect(text).not.toMatch(/^id:/m);
  });

  it('misbehaves on demand', async () => {
    const cursor = await now();
    await pay('8');
    await pay('9');
    const path = `/payments?cursor=${cursor}&limit=2`;
    const ids = (text: string): string[] => [...text.matchAll(/^id: (\d+)/gm)].map((match) => match[1] ?? '');
    const clean = ids(await read(path));
    expect(clean).toHaveLength(2);
    sandbox.faults.arm('sse_early_byebye', { times: 1 });
    expect(ids(await read(path))).toEqual([]);
    sandbox.faults.arm('sse_duplicate', { times: 1 });
    expect(ids(await read(path))).toEqual([clean[0], clean[0], clean[1]]);
    sandbox.faults.arm('sse_replay', { times: 2 });
    expect(ids(await read(path))).toEqual([clean[0], clean[0], clean[1]]);
    sandbox.faults.arm('sse_error', { times: 1 });
    expect(await read(path)).toContain('event: error\ndata: problem: server_error');
    sandbox.faults.arm('sse_malformed', { times: 1 });
    expect(await read(path)).toContain('data: {"_links":{"self":\n');
    sandbox.faults.arm('sse_silent', { times: 1 });
    const hangUp = new AbortController();
    const response = await fetch(sandbox.url + path, {
      headers: { accept: 'text/event-stream' },
      signal: hangUp.signal,
    });
    let said = '';
    const listening = (async () => {
      for await (const chunk of response.body ?? []) said += Buffer.from(chunk as Uint8Array).toString('utf8');
    })();
    // Whoever asks after it is told everything, and it has still been told nothing.
    expect(ids(await read(path))).toEqual(clean);
    expect(ids(said)).toEqual([]);
    hangUp.abort();
    await expect(listening).rejects.toThrow(/abort/);
  });

  it('does not hold the server open', async () => {
    const other = await SandboxServer.start();
    const response = await fetch(`${other.url}/payments?cursor=now`, { headers: { accept: 'text/event-stream' } });
    const reading = response.text().catch(() => 'cut');
    await other.stop();
    await reading;
  });
});
