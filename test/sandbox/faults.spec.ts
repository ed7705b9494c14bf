import { Asset, type Keypair, Operation, type Transaction } from '@stellar/stellar-sdk';
import { REQUEST_FAULTS, SandboxFaults } from '../../src/sandbox/faults';
import { MemoryStore } from '../../src/sandbox/sandbox-store';
import { eventually } from '../support/eventually';
import { SandboxServer } from './sandbox-server';

const hashOf = (transaction: Transaction): string => Buffer.from(transaction.hash()).toString('hex');

describe('faults', () => {
  let sandbox: SandboxServer;
  let alice: Keypair;

  beforeAll(async () => {
    sandbox = await SandboxServer.start();
    alice = await sandbox.wallet('alice');
  });
  afterEach(() => sandbox.faults.clear());
  afterAll(() => sandbox.stop());

  const next = (): Promise<Transaction> => sandbox.build(alice, [Operation.bumpSequence({ bumpTo: '0' })]);
  /** Whether something has not ended although the sandbox has answered another request since; then it is hung up on. */
  const staysSilent = async (
    ask: (signal: AbortSignal) => Promise<unknown>,
    begun: () => boolean,
    hangUp = new AbortController(),
  ): Promise<boolean> => {
    let ended = false;
    const asked = ask(hangUp.signal).then(
      () => (ended = true),
      () => (ended = true),
    );
    await eventually(
      async () => begun(),
      (yes) => yes,
    );
    expect((await sandbox.get('/')).status).toBe(200);
    const silent = !ended;
    hangUp.abort();
    await asked;
    return silent;
  };
  const found = async (hash: string): Promise<number> =>
    (
      await eventually(
        () => sandbox.get(`/transactions/${hash}`),
        ({ status }) => status === 200,
      )
    ).status;

  it.each([
    ['rate_limited_json', 429, 'application/problem+json; charset=utf-8'],
    ['rate_limited_html', 429, 'text/html'],
    ['server_over_capacity', 503, 'application/problem+json; charset=utf-8'],
    ['service_unavailable', 503, 'application/problem+json; charset=utf-8'],
    ['stale_history', 503, 'application/problem+json; charset=utf-8'],
    ['still_ingesting', 503, 'application/problem+json; charset=utf-8'],
    ['server_error', 500, 'application/problem+json; charset=utf-8'],
    ['timeout', 504, 'application/problem+json; charset=utf-8'],
    ['html_200', 200, 'text/html; charset=UTF-8'],
  ] as const)('%s answers %i once, and only where it matches', async (name, status, type) => {
    sandbox.faults.arm(name, { times: 1, match: /^\/payments/, retryAfterSeconds: 7 });
    expect((await sandbox.get('/')).status).toBe(200);
    const struck = await sandbox.get('/payments?limit=1');
    expect(struck.status).toBe(status);
    expect(struck.headers.get('content-type')).toContain(type.split(';')[0] ?? '');
    expect(struck.headers.get('retry-after')).toBe(status === 429 ? '7' : null);
    expect((await sandbox.get('/payments?limit=1')).body._embedded.records).toHaveLength(1);
    expect(sandbox.faults.struck(name)).toBe(1);
  });

  it('resets connections, hangs and stalls', async () => {
    sandbox.faults.arm('connection_reset', { times: 1 });
    await expect(sandbox.get('/')).rejects.toThrow('fetch failed');
    sandbox.faults.arm('hang', { times: 1 });
    await expect(
      staysSilent(
        (signal) => sandbox.get('/', { signal }),
        () => sandbox.faults.struck('hang') === 1,
      ),
    ).resolves.toBe(true);
    sandbox.faults.arm('stalled_body', { times: 1 });
    const hangUp = new AbortController();
    const response = await fetch(`${sandbox.url}/`, { signal: hangUp.signal });
    expect(response.status).toBe(200);
    await expect(
      staysSilent(
        () => response.text(),
        () => true,
        hangUp,
      ),
    ).resolves.toBe(true);
  });

  it('answers 504 and succeeds later, or not at all', async () => {
    const lucky = await next();
    sandbox.faults.arm('submit_504_then_success', { times: 1 });
    const answer = await sandbox.post('/transactions', lucky.toXDR());
    expect([answer.status, answer.body.extras.hash]).toEqual([504, hashOf(lucky)]);
    expect(await found(hashOf(lucky))).toBe(200);
    const lost = await next();
    sandbox.faults.arm('submit_504_then_nothing', { times: 1 });
    expect((await sandbox.post('/transactions', lost.toXDR())).status).toBe(504);
    await sandbox.network.closeLedger();
    expect((await sandbox.get(`/transactions/${hashOf(lost)}`)).status).toBe(404);
    expect((await sandbox.post('/transactions', lost.toXDR())).status).toBe(200);
  });

  it('drops the connection before or after the network took the transaction', async () => {
    const taken = await next();
    sandbox.faults.arm('submit_reset_after', { times: 1 });
    await expect(sandbox.post('/transactions', taken.toXDR())).rejects.toThrow('fetch failed');
    expect(await found(hashOf(taken))).toBe(200);
    const dropped = await next();
    sandbox.faults.arm('submit_reset_before', { times: 1 });
    await expect(sandbox.post('/transactions', dropped.toXDR())).rejects.toThrow('fetch failed');
    await sandbox.network.closeLedger();
    expect((await sandbox.get(`/transactions/${hashOf(dropped)}`)).status).toBe(404);
  });

  it('says tx_bad_seq falsely, DUPLICATE and TRY_AGAIN_LATER', async () => {
    const transaction = await next();
    sandbox.faults.arm('submit_false_bad_seq', { times: 1 });
    const refused = await sandbox.post('/transactions', transaction.toXDR());
    expect(refused.body.extras).toMatchObject({
      result_codes: { transaction: 'tx_bad_seq' },
      result_xdr: 'AAAAAAAAAAD////7AAAAAA==',
    });
    sandbox.faults.arm('async_duplicate', { times: 1 });
    expect((await sandbox.post('/transactions_async', transaction.toXDR())).status).toBe(409);
    sandbox.faults.arm('async_try_again_later', { times: 1 });
    const later = await sandbox.post('/transactions_async', transaction.toXDR());
    expect([later.status, later.body['tx_status']]).toEqual([503, 'TRY_AGAIN_LATER']);
    expect((await sandbox.post('/transactions', transaction.toXDR())).status).toBe(200);
  });

  it('lags behind: hash, payments, sequence number and root', async () => {
    await sandbox.network.closeLedger();
    const before = await sandbox.get(`/accounts/${alice.publicKey()}`);
    sandbox.faults.arm('ingestion_lag', { ledgers: 1 });
    const transaction = await sandbox.build(alice, [
      Operation.payment({ destination: sandbox.issuers.USDC, asset: Asset.native(), amount: '1' }),
    ]);
    const sent = await sandbox.post('/transactions', transaction.toXDR());
    expect(sent.status).toBe(200);
    expect((await sandbox.get(`/transactions/${hashOf(transaction)}`)).status).toBe(404);
    expect((await sandbox.get('/payments?order=desc&limit=1')).body._embedded.records[0]?.transaction_hash).not.toBe(
      hashOf(transaction),
    );
    expect((await sandbox.get(`/accounts/${alice.publicKey()}`)).body['sequence']).toBe(before.body['sequence']);
    const issuer = await sandbox.get(`/accounts/${sandbox.issuers.USDC}`);
    expect(issuer.body['sequence']).toBe(sandbox.network.engine.account(sandbox.issuers.USDC)?.sequence.toString());
    const root = (await sandbox.get('/')).body;
    expect(root.core_latest_ledger - root.history_latest_ledger).toBe(1);
    await sandbox.network.closeLedger();
    expect((await sandbox.get(`/transactions/${hashOf(transaction)}`)).status).toBe(200);
    sandbox.faults.clear();
    sandbox.faults.arm('hash_not_found', { times: 2 });
    const statuses: number[] = [];
    for (let look = 0; look < 3; look += 1)
      statuses.push((await sandbox.get(`/transactions/${hashOf(transaction)}`)).status);
    expect(statuses).toEqual([404, 404, 200]);
  });

  it('moves the elder ledger: ascending jumps silently, descending is 410', async () => {
    const first = (await sandbox.get('/payments?limit=1')).body._embedded.records[0]?.paging_token ?? '';
    sandbox.faults.arm('elder_ledger', { ledger: 4 });
    const jumped =
      (await sandbox.get(`/payments?limit=1&cursor=${first}`)).body._embedded.records[0]?.paging_token ?? '';
    expect(BigInt(jumped) >> 32n).toBeGreaterThanOrEqual(4n);
    expect((await sandbox.get(`/payments?order=desc&cursor=${first}`)).body['status']).toBe(410);
    expect((await sandbox.get('/ledgers/2')).status).toBe(410);
    expect((await sandbox.get('/')).body['history_elder_ledger']).toBe(4);
  });

  it('claims another passphrase, surges, and is reset', async () => {
    sandbox.faults.arm('other_passphrase', { passphrase: 'Some Other Network' });
    expect((await sandbox.get('/')).body['network_passphrase']).toBe('Some Other Network');
    sandbox.faults.arm('ledger_surge', { fee: 5_000 });
    expect((await sandbox.get('/fee_stats')).body['fee_charged']).toMatchObject({ p95: '5000' });
    const cheap = await sandbox.post('/transactions', (await next()).toXDR());
    expect(cheap.body.extras.result_codes).toEqual({ transaction: 'tx_insufficient_fee' });
    sandbox.faults.clear();
    await sandbox.network.reset(new MemoryStore());
    expect((await sandbox.get(`/accounts/${alice.publicKey()}`)).status).toBe(404);
  });

  it('draws from its seed, the same each time, and cannot be reached over HTTP', async () => {
    const draws = (seed: string): boolean[] => {
      const faults = new SandboxFaults(seed);
      faults.arm('server_error', { probability: 0.5 });
      return Array.from({ length: 40 }, () => faults.take('server_error') !== undefined);
    };
    expect(draws('a')).toEqual(draws('a'));
    expect(draws('a')).not.toEqual(draws('b'));
    expect(new Set(draws('a')).size).toBe(2);
    for (const path of ['/faults', '/sandbox/faults', `/faults/${REQUEST_FAULTS[0]}`])
      expect((await sandbox.get(path)).status).toBe(404);
  });
});
