import { gzipSync } from 'node:zlib';
import { Memo, TransactionBuilder } from '@stellar/stellar-sdk/base';
import { muxedAddress } from '../../src/stellar/address';
import type { HorizonLedgerSource } from '../../src/stellar/horizon-ledger-source';
import { LedgerMismatch, LedgerUnavailable, wouldSkipHistory } from '../../src/stellar/ledger-source';
import {
  accountRecord,
  CREATED_AT,
  feeBumpRecord,
  hashOf,
  issuer,
  LEDGER,
  merchant,
  operationRecord,
  page,
  PASSPHRASE,
  payer,
  signedTransaction,
  toid,
  transactionRecord,
  type JsonRecord,
} from './horizon-records';
import { PATIENCE_MS } from '../support/patience';
import { hang, html, huge, json, problem, reset, ScriptedHorizon, stalledBody } from './scripted-horizon';

let horizon: ScriptedHorizon;
let source: HorizonLedgerSource;

beforeEach(async () => {
  horizon = new ScriptedHorizon();
  source = await horizon.source();
});

afterEach(() => horizon.stop());

const signed = signedTransaction(Memo.text('INV-0001'));
const hash = hashOf(signed);
const root = {
  network_passphrase: PASSPHRASE,
  history_latest_ledger: LEDGER,
  history_latest_ledger_closed_at: CREATED_AT,
  history_elder_ledger: 7,
};

function tellTransaction(
  record: JsonRecord = transactionRecord(signed),
  asked = hash,
  operations: unknown[] = [operationRecord(1, { transaction: undefined }, signed)],
): void {
  horizon.on(`GET /transactions/${asked}`, json(record));
  horizon.on(`GET /transactions/${asked}/operations`, json(page(operations)));
}

describe('status', () => {
  it('tells where the provider stands', async () => {
    horizon.on('GET /', json(root));
    await expect(source.status()).resolves.toEqual({
      latestLedger: LEDGER,
      latestClosedAt: new Date(CREATED_AT),
      elderLedger: 7,
    });
  });

  it('another network is a mismatch, not an outage', async () => {
    horizon.on('GET /', json({ ...root, network_passphrase: 'Public Global Stellar Network ; September 2015' }));
    await expect(source.status()).rejects.toThrow(LedgerMismatch);
  });

  it('A37: a ledger of the far future is no answer', async () => {
    horizon.on('GET /', json({ ...root, history_latest_ledger_closed_at: '2126-11-20T10:00:00Z' }));
    await expect(source.status()).rejects.toThrow(LedgerUnavailable);
  });

  it('sees that a cursor lies before the retained history', () => {
    const status = { latestLedger: 100, latestClosedAt: new Date(), elderLedger: 50 };
    expect([48n, 49n, 50n].map((ledger) => wouldSkipHistory(ledger << 32n, status))).toEqual([true, false, false]);
  });
});

describe('A37: answers that are none', () => {
  it.each([
    ['HTML with 200', html(200)],
    ['a redirect', html(301, { location: '/elsewhere' })],
    ['a redirect that calls itself JSON', json({}, 302, { location: '/elsewhere' })],
    ['500', problem(500, 'server_error')],
    ['503', problem(503, 'still_ingesting')],
    ['504', problem(504, 'timeout')],
    ['HTML with 404', html(404)],
    ['a JSON list', json([])],
    ['a JSON text', json('x')],
    ['a page without records', json({ _embedded: {} })],
    ['a reset connection', reset],
    ['a body without end', huge(9)],
  ])('%s', async (_name, answer) => {
    horizon.on('GET /payments', answer);
    await expect(source.creditsAfter(0n, 200)).rejects.toThrow(LedgerUnavailable);
  });

  it.each([
    ['a body that stalls', stalledBody],
    ['no answer', hang],
  ])('%s, when its time is over', async (_name, answer) => {
    const other = new ScriptedHorizon();
    other.on('GET /payments', answer);
    const impatient = await other.source('', 300);
    await expect(impatient.creditsAfter(0n, 200)).rejects.toThrow(LedgerUnavailable);
    await other.stop();
  });

  it('does not follow a redirect', async () => {
    horizon.on('GET /payments', html(301, { location: '/transactions/elsewhere' }));
    await expect(source.creditsAfter(0n, 200)).rejects.toThrow(/301/);
    expect(horizon.requests).toHaveLength(1);
  });

  it('stops reading a compressed bomb at the cap', async () => {
    const bomb = gzipSync(Buffer.alloc(40 * 1024 * 1024, 0x20));
    const other = new ScriptedHorizon();
    other.on('GET /', (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(bomb);
    });
    const bombed = await other.source();
    await expect(bombed.status()).rejects.toThrow(/larger than/);
    await other.stop();
  });

  it.each([
    ['seconds', problem(429, 'rate_limit_exceeded', undefined, { 'retry-after': '17' }), 17],
    ['an HTML page', html(429, { 'retry-after': '3' }), 3],
    ['nothing', html(429), undefined],
  ])('429 with %s tells how long to wait', async (_name, answer, seconds) => {
    horizon.on('GET /payments', answer);
    await expect(source.creditsAfter(0n, 200)).rejects.toMatchObject({
      name: 'LedgerUnavailable',
      rateLimited: true,
      retryAfterSeconds: seconds,
    });
  });

  it('never shows the query or credentials', async () => {
    await expect(source.creditsAfter(0n, 200)).rejects.toThrow(/^Horizon has no payments feed$/);
    horizon.on('GET /payments', reset);
    await expect(source.creditsAfter(0n, 200)).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('cursor') as string }) as Error,
    );
  });

  it('works below a path prefix', async () => {
    const other = new ScriptedHorizon();
    const prefixed = await other.source('/sandbox/horizon/');
    other.on('GET /sandbox/horizon/', json(root));
    await expect(prefixed.status()).resolves.toMatchObject({ latestLedger: LEDGER });
    await other.stop();
  });
});

describe('creditsAfter', () => {
  it('asks for the joined page and moves to its last record', async () => {
    horizon.on('GET /payments', json(page([operationRecord(1), operationRecord(2, { to: issuer })])));
    const found = await source.creditsAfter(5n, 200, (addresses) =>
      Promise.resolve(new Set(addresses.filter((address) => address === merchant))),
    );
    expect(horizon.requests).toEqual(['GET /payments?cursor=5&order=asc&limit=200&join=transactions']);
    expect(found).toMatchObject({ cursor: toid(2), records: 2, unreadable: [], lastClosedAt: new Date(CREATED_AT) });
    expect(found.credits.map((credit) => credit.operationId)).toEqual([toid(1)]);
  });

  it('stays where it is on an empty page', async () => {
    horizon.on('GET /payments', json(page([])));
    await expect(source.creditsAfter(5n, 200)).resolves.toEqual({
      credits: [],
      unreadable: [],
      cursor: 5n,
      records: 0,
      lastClosedAt: null,
    });
  });

  it('A19: sets a poisoned record aside and goes on', async () => {
    horizon.on(
      'GET /payments',
      json(
        page([
          null,
          operationRecord(1, { amount: 'abc' }),
          operationRecord(2),
          { ...operationRecord(3), type: 'teleport' },
        ]),
      ),
    );
    const found = await source.creditsAfter(5n, 200);
    expect(found).toMatchObject({ cursor: toid(3), records: 4 });
    expect(found.credits.map((credit) => credit.operationId)).toEqual([toid(2)]);
    expect(found.unreadable.map((item) => item.operationId)).toEqual([5n, toid(1), toid(3)]);
  });

  it.each([
    ['backwards', () => [operationRecord(2), operationRecord(1)]],
    ['twice the same', () => [operationRecord(1), operationRecord(1)]],
    ['more than asked for', () => [operationRecord(1), operationRecord(2), operationRecord(3)]],
  ])('refuses a page that goes %s', async (_name, records) => {
    horizon.on('GET /payments', json(page(records())));
    await expect(source.creditsAfter(5n, 2)).rejects.toThrow(LedgerUnavailable);
  });

  it('refuses a page from before the cursor', async () => {
    horizon.on('GET /payments', json(page([operationRecord(1)])));
    await expect(source.creditsAfter(toid(1), 200)).rejects.toThrow(LedgerUnavailable);
  });

  it('A15: fetches the effects of merges into watched accounts only', async () => {
    const merge = (order: number, into: string): JsonRecord =>
      operationRecord(order, { type: 'account_merge', account: payer.publicKey(), into });
    horizon.on('GET /payments', json(page([merge(1, issuer), merge(2, merchant)])));
    horizon.on(
      `GET /operations/${toid(2)}/effects`,
      json(page([{ type: 'account_credited', account: merchant, asset_type: 'native', amount: '7.0000000' }])),
    );
    const found = await source.creditsAfter(5n, 200, (addresses) =>
      Promise.resolve(new Set(addresses.filter((address) => address === merchant))),
    );
    expect(found.credits).toMatchObject([{ kind: 'account_merge', amount: 70_000_000n }]);
    expect(horizon.requests).toHaveLength(2);
  });

  it('does not pass over a merge whose effects cannot be had', async () => {
    horizon.on(
      'GET /payments',
      json(page([operationRecord(1, { type: 'account_merge', account: payer.publicKey(), into: merchant })])),
    );
    await expect(source.creditsAfter(5n, 200)).rejects.toThrow(LedgerUnavailable);
    horizon.on(`GET /operations/${toid(1)}/effects`, json(page([])));
    const found = await source.creditsAfter(5n, 200);
    expect(found).toMatchObject({ credits: [], cursor: toid(1), unreadable: [{ operationId: toid(1) }] });
  });

  it('decodes a page of 200', async () => {
    const records = Array.from({ length: 200 }, (_, index) => operationRecord(index + 1));
    horizon.on('GET /payments', json(page(records)));
    await expect(source.creditsAfter(5n, 200)).resolves.toMatchObject({ records: 200 });
  });
});

describe('transaction', () => {
  it('tells it with its credits, whatever the case of the hash', async () => {
    tellTransaction();
    const found = await source.transaction(hash.toUpperCase());
    expect(found).toMatchObject({
      hash,
      successful: true,
      ledger: LEDGER,
      source: payer.publicKey(),
      memo: { type: 'text' },
      unreadable: [],
    });
    expect(found?.credits).toMatchObject([{ operationId: toid(1), amount: 100_000_000n, account: merchant }]);
  });

  it('is null when there is none, and asks nothing for what is no hash', async () => {
    await expect(source.transaction(hash)).resolves.toBeNull();
    const asked = horizon.requests.length;
    for (const text of ['', 'x', `${hash}0`, `../accounts/${merchant}`, hash.slice(1)])
      await expect(source.transaction(text)).resolves.toBeNull();
    expect(horizon.requests).toHaveLength(asked);
  });

  it('A02: the inner hash leads to the same outer transaction', async () => {
    const bumped = feeBumpRecord(signed, 'inner');
    tellTransaction(bumped.record, bumped.inner, [
      operationRecord(1, { transaction: undefined, transaction_hash: bumped.outer }),
    ]);
    await expect(source.transaction(bumped.inner)).resolves.toMatchObject({
      hash: bumped.outer,
      credits: [{ transactionHash: bumped.outer }],
    });
  });

  it('A12: a failed one has no credits', async () => {
    tellTransaction(transactionRecord(signed, { successful: false }), hash, [
      operationRecord(1, { transaction: undefined, transaction_successful: false }, signed),
    ]);
    await expect(source.transaction(hash)).resolves.toMatchObject({ successful: false, credits: [], unreadable: [] });
    horizon.on(
      `GET /transactions/${hash}/operations`,
      json(page([operationRecord(1, { transaction: undefined }, signed)])),
    );
    await expect(source.transaction(hash)).resolves.toMatchObject({ successful: false, credits: [], unreadable: [] });
  });

  it.each<[string, () => JsonRecord]>([
    ['another transaction', () => transactionRecord(signedTransaction(Memo.none(), '9'))],
    [
      'another envelope under this hash',
      () => transactionRecord(signed, { envelope_xdr: signedTransaction(Memo.none(), '9').toXdr() }),
    ],
    [
      'a success that the result denies',
      () => transactionRecord(signed, { successful: false, result_xdr: transactionRecord(signed)['result_xdr'] }),
    ],
    [
      'another memo',
      () => transactionRecord(signed, { memo: 'INV-0002', memo_bytes: Buffer.from('INV-0002').toString('base64') }),
    ],
    ['another hash written in it', () => transactionRecord(signed, { hash: 'ab'.repeat(32) })],
    ['another source', () => transactionRecord(signed, { source_account: issuer })],
    ['a fee bump that it is not', () => transactionRecord(signed, { fee_bump_transaction: { hash, signatures: [] } })],
    ['the far future', () => transactionRecord(signed, { created_at: '2126-01-01T00:00:00Z' })],
    ['missing operations', () => transactionRecord(signed, { operation_count: 2 })],
    ['a ledger as a text', () => transactionRecord(signed, { ledger: '5' })],
  ])('A37: %s for the hash is no answer', async (_name, record) => {
    tellTransaction(record());
    await expect(source.transaction(hash)).rejects.toThrow(LedgerUnavailable);
  });

  it('A37: operations of another transaction are set aside', async () => {
    tellTransaction(transactionRecord(signed), hash, [operationRecord(1)]);
    await expect(source.transaction(hash)).resolves.toMatchObject({
      credits: [],
      unreadable: [{ reason: expect.stringMatching(/outer hash/) as string }],
    });
  });
});

describe('account', () => {
  it('tells what may be spent', async () => {
    horizon.on(
      `GET /accounts/${merchant}`,
      json(accountRecord(merchant, { data: { 'config.memo_required': 'MQ==' } })),
    );
    const account = await source.account(merchant);
    // 10 - 0.5 selling - (2 + 2 + 1 - 2) * 0.5
    expect(account).toMatchObject({
      sequence: 160470889244710503n,
      thresholds: { low: 1, medium: 2, high: 3 },
      spendableNative: 80_000_000n,
      memoRequired: true,
    });
    expect(account?.balances).toMatchObject([
      { asset: { code: 'USDC', issuer }, balance: 1_005_000_000n, sellingLiabilities: 10_000_000n, authorized: true },
      { asset: { code: 'XLM', issuer: null }, limit: null, authorized: true },
    ]);
  });

  it('is null when unknown, and for what is no account address', async () => {
    await expect(source.account(merchant)).resolves.toBeNull();
    await expect(source.account(muxedAddress(merchant, 1n))).resolves.toBeNull();
    expect(horizon.requests).toHaveLength(1);
  });

  it("a 404 that is not Horizon's own does not say that an account or transaction is missing", async () => {
    horizon.on(`GET /accounts/${merchant}`, html(404));
    await expect(source.account(merchant)).rejects.toThrow(LedgerUnavailable);
    horizon.on(`GET /transactions/${hash}`, html(404));
    await expect(source.transaction(hash)).rejects.toThrow(LedgerUnavailable);
  });

  it.each<[string, JsonRecord]>([
    ['another account', { account_id: issuer }],
    ['a sequence as a number', { sequence: 5 }],
    ['no native balance', { balances: [] }],
    ['a balance as a number', { balances: [{ asset_type: 'native', balance: 5 }] }],
  ])('A37: %s is no answer', async (_name, change) => {
    horizon.on(`GET /accounts/${merchant}`, json(accountRecord(merchant, change)));
    await expect(source.account(merchant)).rejects.toThrow(LedgerUnavailable);
  });
});

describe('submit', () => {
  const envelope = signed.toXdr();
  const failed = (transaction: string, operations?: string[]): ReturnType<typeof problem> =>
    problem(400, 'transaction_failed', { result_codes: { transaction, ...(operations && { operations }) } });
  const posts = (): number => horizon.requests.filter((request) => request === 'POST /transactions').length;

  it('posts the envelope and believes a record that is ours', async () => {
    let sent = '';
    horizon.on('POST /transactions', (request, response, body) => {
      sent = body;
      json(transactionRecord(signed))(request, response, body);
    });
    await expect(source.submit(envelope)).resolves.toEqual({ kind: 'applied', hash, ledger: LEDGER });
    expect(new URLSearchParams(sent).get('tx')).toBe(envelope);
    expect(posts()).toBe(1);
  });

  it('believes no record that is not ours', async () => {
    horizon.on('POST /transactions', json(transactionRecord(signedTransaction(Memo.none(), '9'))));
    await expect(source.submit(envelope)).resolves.toEqual({ kind: 'unknown', hash });
  });

  it('a record of failure with 200 is no success', async () => {
    const failure = transactionRecord(signed, { successful: false });
    horizon.on('POST /transactions', json(failure));
    await expect(source.submit(envelope)).resolves.toEqual({ kind: 'unknown', hash });
    tellTransaction(failure);
    await expect(source.submit(envelope)).resolves.toMatchObject({ kind: 'rejected', transactionCode: 'tx_failed' });
  });

  it.each([
    ['504', problem(504, 'transaction_submission_timeout', { hash })],
    ['a reset connection', reset],
    ['500', problem(500, 'server_error')],
    ['HTML with 200', html(200)],
    ['DUPLICATE', json({ tx_status: 'DUPLICATE', hash }, 409)],
  ])('%s is unknown, unless the hash is found', async (_name, answer) => {
    horizon.on('POST /transactions', answer);
    await expect(source.submit(envelope)).resolves.toEqual({ kind: 'unknown', hash });
    tellTransaction();
    await expect(source.submit(envelope)).resolves.toEqual({ kind: 'applied', hash, ledger: LEDGER });
  });

  it('no answer in time is unknown, unless the hash is found', async () => {
    await horizon.stop();
    horizon = new ScriptedHorizon();
    source = await horizon.source('', PATIENCE_MS, 300);
    horizon.on('POST /transactions', hang);
    await expect(source.submit(envelope)).resolves.toEqual({ kind: 'unknown', hash });
    tellTransaction();
    await expect(source.submit(envelope)).resolves.toEqual({ kind: 'applied', hash, ledger: LEDGER });
  });

  it.each([
    ['429', problem(429, 'rate_limit_exceeded', undefined, { 'retry-after': '9' }), 9],
    ['429 in HTML', html(429), 5],
    ['503', problem(503, 'server_over_capacity'), 5],
    ['TRY_AGAIN_LATER', json({ tx_status: 'TRY_AGAIN_LATER', hash }, 503), 5],
  ])('%s is busy', async (_name, answer, retryAfterSeconds) => {
    horizon.on('POST /transactions', answer);
    await expect(source.submit(envelope)).resolves.toEqual({ kind: 'busy', retryAfterSeconds });
  });

  it('a failure in a ledger is final', async () => {
    horizon.on('POST /transactions', failed('tx_failed', ['op_no_trust']));
    await expect(source.submit(envelope)).resolves.toEqual({
      kind: 'rejected',
      transactionCode: 'tx_failed',
      operationCodes: ['op_no_trust'],
    });
    horizon.on(
      'POST /transactions',
      problem(400, 'transaction_failed', {
        result_codes: {
          transaction: 'tx_fee_bump_inner_failed',
          inner_transaction: 'tx_failed',
          operations: ['op_underfunded'],
        },
      }),
    );
    await expect(source.submit(envelope)).resolves.toMatchObject({
      transactionCode: 'tx_failed',
      operationCodes: ['op_underfunded'],
    });
  });

  it('tx_bad_seq after our own success is success', async () => {
    horizon.on('POST /transactions', failed('tx_bad_seq'));
    horizon.on(`GET /accounts/${payer.publicKey()}`, json(accountRecord(payer.publicKey(), { sequence: '2' })));
    tellTransaction();
    await expect(source.submit(envelope)).resolves.toEqual({ kind: 'applied', hash, ledger: LEDGER });
  });

  it.each([
    ['1', 'unknown'],
    ['0', 'unknown'],
    ['2', 'rejected'],
    ['3', 'rejected'],
  ])('tx_bad_seq when sequence %s is ingested and ours is 2: %s', async (sequence, kind) => {
    horizon.on('POST /transactions', failed('tx_bad_seq'));
    horizon.on(`GET /accounts/${payer.publicKey()}`, json(accountRecord(payer.publicKey(), { sequence })));
    await expect(source.submit(envelope)).resolves.toMatchObject({ kind });
  });

  it('tx_bad_seq with a provider that then falls silent is unknown', async () => {
    horizon.on('POST /transactions', failed('tx_bad_seq'));
    horizon.on(`GET /accounts/${payer.publicKey()}`, reset);
    await expect(source.submit(envelope)).resolves.toEqual({ kind: 'unknown', hash });
  });

  it('tx_too_late is only believed once a later ledger is ingested', async () => {
    const expired = TransactionBuilder.cloneFrom(signed, {
      fee: '100',
      timebounds: { minTime: 0, maxTime: Date.parse(CREATED_AT) / 1000 },
    }).build();
    expired.sign(payer);
    horizon.on('POST /transactions', failed('tx_too_late'));
    horizon.on('GET /', json(root));
    await expect(source.submit(expired.toXdr())).resolves.toMatchObject({ kind: 'unknown' });
    horizon.on('GET /', json({ ...root, history_latest_ledger_closed_at: '2026-11-20T10:00:01Z' }));
    await expect(source.submit(expired.toXdr())).resolves.toMatchObject({
      kind: 'rejected',
      transactionCode: 'tx_too_late',
    });
  });

  it('other refusals are looked up first too', async () => {
    horizon.on('POST /transactions', failed('tx_insufficient_fee'));
    await expect(source.submit(envelope)).resolves.toEqual({
      kind: 'rejected',
      transactionCode: 'tx_insufficient_fee',
      operationCodes: [],
    });
    expect(horizon.requests).toContain(`GET /transactions/${hash}`);
  });

  it('sends nothing that is no envelope', async () => {
    await expect(source.submit('nonsense')).resolves.toMatchObject({
      kind: 'rejected',
      transactionCode: 'tx_malformed',
    });
    expect(horizon.requests).toEqual([]);
  });

  it('says when the provider takes no submissions', async () => {
    horizon.on('POST /transactions', problem(403, 'transaction_submission_disabled'));
    await expect(source.submit(envelope)).rejects.toThrow(LedgerUnavailable);
  });
});

describe('market', () => {
  const usdc = { code: 'USDC', issuer };
  const native = { code: 'XLM', issuer: null };

  it('reads exact prices', async () => {
    const level = (n: number, d: number): JsonRecord => ({ price_r: { n, d }, price: '0.1', amount: '3.4648176' });
    horizon.on(
      'GET /order_book',
      json({
        bids: [level(17321279, 207661034)],
        asks: [level(1, 12)],
        base: { asset_type: 'native' },
        counter: { asset_type: 'credit_alphanum4', asset_code: 'USDC', asset_issuer: issuer },
      }),
    );
    await expect(source.orderBook(native, usdc)).resolves.toEqual({
      bids: [{ price: { n: 17321279n, d: 207661034n }, amount: 34_648_176n }],
      asks: [{ price: { n: 1n, d: 12n }, amount: 34_648_176n }],
    });
    expect(horizon.requests[0]).toContain(
      `selling_asset_type=native&buying_asset_type=credit_alphanum4&buying_asset_code=USDC&buying_asset_issuer=${issuer}`,
    );
    await expect(source.orderBook(usdc, native)).rejects.toThrow(LedgerUnavailable);
  });

  it('refuses a price without a size', async () => {
    for (const price of [
      { n: 0, d: 1 },
      { n: 1, d: 0 },
      { n: 1.5, d: 1 },
      { n: 2147483648, d: 1 },
    ]) {
      horizon.on(
        'GET /order_book',
        json({
          bids: [{ price_r: price, amount: '1.0000000' }],
          asks: [],
          base: { asset_type: 'native' },
          counter: { asset_type: 'native' },
        }),
      );
      await expect(source.orderBook(native, native)).rejects.toThrow(LedgerUnavailable);
    }
  });

  it('finds ways to pay exactly', async () => {
    const record = {
      source_asset_type: 'native',
      source_amount: '39.9854243',
      destination_asset_type: 'credit_alphanum4',
      destination_asset_code: 'USDC',
      destination_asset_issuer: issuer,
      destination_amount: '5.0000000',
      path: [{ asset_type: 'native' }],
    };
    horizon.on('GET /paths/strict-receive', json(page([record])));
    await expect(source.strictReceivePaths(payer.publicKey(), usdc, 50_000_000n)).resolves.toEqual([
      { sourceAsset: native, sourceAmount: 399_854_243n, path: [native] },
    ]);
    await source.strictReceivePaths([native, usdc], usdc, 50_000_000n);
    expect(horizon.requests[0]).toContain(
      `source_account=${payer.publicKey()}&destination_asset_type=credit_alphanum4&destination_asset_code=USDC`,
    );
    expect(horizon.requests[1]).toContain(`source_assets=native%2CUSDC%3A${issuer}`);
    await expect(source.strictReceivePaths([native], usdc, 50_000_001n)).rejects.toThrow(LedgerUnavailable);
  });
});
