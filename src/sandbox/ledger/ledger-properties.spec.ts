import { createHash } from 'node:crypto';
import { Asset, Claimant, type Keypair, Operation, xdr } from '@stellar/stellar-sdk/base';
import fc from 'fast-check';

import type { ClosedLedger, LedgerSnapshot } from './contract';
import { offerLiabilities } from './exchange';
import { minimumBalance } from './holdings';
import { GENESIS_TIME, PASSPHRASE, TestLedger } from './ledger.fixture';
import { GENESIS_COINS } from './protocol';
import { SandboxLedger } from './sandbox-ledger';

const OPTIONS = { passphrase: PASSPHRASE, genesisTime: GENESIS_TIME };
const HOLDERS = ['a', 'b', 'c', 'd'];

interface Step {
  readonly kind: 'pay' | 'sell' | 'buy' | 'passive' | 'receive' | 'send' | 'lock' | 'claim' | 'cancel' | 'limit';
  readonly who: number;
  readonly to: number;
  readonly from: number;
  readonly into: number;
  readonly amount: number;
  readonly n: number;
  readonly d: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    'pay',
    'sell',
    'sell',
    'sell',
    'buy',
    'passive',
    'receive',
    'send',
    'lock',
    'claim',
    'cancel',
    'limit',
  ),
  who: fc.nat(3),
  to: fc.nat(3),
  from: fc.nat(2),
  into: fc.nat(2),
  amount: fc.integer({ min: 1, max: 2_000_000_000 }),
  n: fc.integer({ min: 1, max: 12 }),
  d: fc.integer({ min: 1, max: 12 }),
});

interface World {
  readonly net: TestLedger;
  readonly keys: readonly Keypair[];
  readonly assets: readonly Asset[];
  readonly ledgers: ClosedLedger[];
}

const SEED = seeded();

/** Four holders of two assets; made once, because signing is what takes the time. */
function seeded(): LedgerSnapshot {
  const net = new TestLedger();
  const [issuer] = net.fund(['issuer']) as [Keypair];
  const keys = net.fund(HOLDERS);
  net.issue(issuer, 'USD', keys, '100');
  net.issue(issuer, 'EUR', keys, '100');
  return net.engine.snapshot();
}

function world(): World {
  const net = new TestLedger(SandboxLedger.restore(OPTIONS, SEED));
  const issuer = net.key('issuer').publicKey();
  return {
    net,
    keys: HOLDERS.map((name) => net.key(name)),
    assets: [Asset.native(), new Asset('USD', issuer), new Asset('EUR', issuer)],
    ledgers: [],
  };
}

function text(stroops: number): string {
  return (stroops / 1e7).toFixed(7);
}

function operationOf({ net, keys, assets }: World, at: Step): xdr.Operation | undefined {
  const from = assets[at.from] as Asset;
  const into = assets[at.into] as Asset;
  const other = (keys[at.to] as Keypair).publicKey();
  const own = (keys[at.who] as Keypair).publicKey();
  const price = { n: at.n, d: at.d };
  switch (at.kind) {
    case 'pay':
      return Operation.payment({ destination: other, asset: from, amount: text(at.amount) });
    case 'sell':
      return Operation.manageSellOffer({ selling: from, buying: into, amount: text(at.amount), price });
    case 'buy':
      return Operation.manageBuyOffer({ selling: from, buying: into, buyAmount: text(at.amount), price });
    case 'passive':
      return Operation.createPassiveSellOffer({ selling: from, buying: into, amount: text(at.amount), price });
    case 'receive':
      return Operation.pathPaymentStrictReceive({
        sendAsset: from,
        sendMax: '100000',
        destination: other,
        destAsset: into,
        destAmount: text((at.amount % 30_000_000) + 1),
        path: assets.filter((asset) => at.n > 6 && asset !== from && asset !== into),
      });
    case 'send':
      return Operation.pathPaymentStrictSend({
        sendAsset: from,
        sendAmount: text((at.amount % 30_000_000) + 1),
        destination: other,
        destAsset: into,
        destMin: '0.0000001',
        path: assets.filter((asset) => at.n > 6 && asset !== from && asset !== into),
      });
    case 'lock':
      return Operation.createClaimableBalance({
        asset: from,
        amount: text((at.amount % 50_000_000) + 1),
        claimants: [new Claimant(other)],
      });
    case 'claim': {
      const [found] = net.engine.claimableBalances({ claimant: own });
      return found === undefined ? undefined : Operation.claimClaimableBalance({ balanceId: found.id });
    }
    case 'cancel': {
      const [found] = net.engine.offersOf(own);
      if (found === undefined) return undefined;
      return Operation.manageSellOffer({
        selling: from,
        buying: into,
        amount: at.n > 6 ? '0' : text(at.amount),
        price,
        offerId: found.id.toString(),
      });
    }
    case 'limit':
      return into.isNative() ? undefined : Operation.changeTrust({ asset: into, limit: String(90 + at.n * 40) });
  }
}

function play(steps: readonly Step[]): World {
  const here = world();
  for (const [index, at] of steps.entries()) {
    const operation = operationOf(here, at);
    if (operation !== undefined) here.net.submit(here.net.build(here.keys[at.who] as Keypair, [operation]));
    if (index % 3 === 2) here.ledgers.push(here.net.close());
  }
  here.ledgers.push(here.net.close());
  return here;
}

interface Totals {
  readonly native: bigint;
  readonly assets: readonly bigint[];
}

function totals({ net, keys, assets }: World): Totals {
  const accounts = [...keys, net.key('issuer'), net.root].map((key) => net.engine.account(key.publicKey())!.balance);
  const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
  const locked = (asset: Asset): bigint =>
    sum(
      net.engine
        .claimableBalances({ asset: { code: asset.getCode(), issuer: asset.getIssuer() ?? null } })
        .map(({ amount }) => amount),
    );
  return {
    native: sum(accounts) + locked(assets[0] as Asset) + net.engine.header.feePool,
    assets: assets.slice(1).map((asset) => sum(keys.map((key) => net.balance(key, asset))) + locked(asset)),
  };
}

/** Every promise of an offer is counted once, fits what its owner has, and nothing is below zero. */
function assertSolvent({ net, keys }: World): void {
  for (const key of keys) {
    const address = key.publicKey();
    const account = net.engine.account(address)!;
    const promised = new Map<string, { selling: bigint; buying: bigint }>();
    const slot = (asset: { code: string }): { selling: bigint; buying: bigint } => {
      const found = promised.get(asset.code) ?? { selling: 0n, buying: 0n };
      promised.set(asset.code, found);
      return found;
    };
    const offers = net.engine.offersOf(address);
    for (const offer of offers) {
      const { selling, buying } = offerLiabilities(offer.price, offer.amount);
      slot(offer.selling).selling += selling;
      slot(offer.buying).buying += buying;
      expect(offer.amount > 0n).toBe(true);
    }
    expect({ selling: account.sellingLiabilities, buying: account.buyingLiabilities }).toEqual(slot({ code: 'XLM' }));
    expect(account.balance - account.sellingLiabilities >= minimumBalance(account) - 1_000_000n).toBe(true);
    const lines = net.engine.trustlinesOf(address);
    for (const line of lines) {
      expect({ selling: line.sellingLiabilities, buying: line.buyingLiabilities }).toEqual(slot(line.asset));
      expect(line.balance >= line.sellingLiabilities && line.balance + line.buyingLiabilities <= line.limit).toBe(true);
    }
    expect(account.subentries).toBe(lines.length + offers.length);
  }
}

describe('whatever happens on the ledger', () => {
  const story = fc.array(step, { minLength: 10, maxLength: 60 });

  it('no money appears or disappears, and nobody promises what they do not have', () => {
    const before = totals(world());
    expect(before.native).toBe(GENESIS_COINS);
    const seen = new Set<string>();
    fc.assert(
      fc.property(story, (steps) => {
        const after = play(steps);
        expect(totals(after)).toEqual(before);
        assertSolvent(after);
        for (const { transactions } of after.ledgers)
          for (const { resultCodes } of transactions) for (const code of resultCodes.operations ?? []) seen.add(code);
      }),
      { numRuns: 60, seed: 20_261_121 },
    );
    // The stories must get somewhere: trades that fill, and refusals for different reasons.
    expect([...seen]).toEqual(
      expect.arrayContaining(['op_success', 'op_too_few_offers', 'op_cross_self', 'op_underfunded', 'op_line_full']),
    );
  });

  it('is the same a second time, bit for bit', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const [one, two] = [play(steps), play(steps)];
        expect(two.net.engine.header).toEqual(one.net.engine.header);
        expect(two.ledgers).toEqual(one.ledgers);
      }),
      { numRuns: 5 },
    );
  });

  it('comes back from JSON, and from a snapshot with the changes since', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const played = play(steps);
        const { header, entries } = played.net.engine.snapshot();
        const patched: Record<string, unknown> = { ...SEED.entries };
        for (const { changes } of played.ledgers) {
          for (const [key, entry] of Object.entries(json(changes))) {
            if (entry === null) delete patched[key];
            else patched[key] = entry;
          }
        }
        expect(patched).toEqual(json(entries));
        const restored = new TestLedger(
          SandboxLedger.restore(OPTIONS, { header: json(header), entries: json(entries) }),
        );
        expect(restored.engine.snapshot()).toEqual(played.net.engine.snapshot());
        expect(restored.close()).toEqual(played.net.close());
        for (const [selling, buying] of pairs(played.net))
          expect(restored.engine.offers(selling, buying)).toEqual(played.net.engine.offers(selling, buying));
      }),
      { numRuns: 10 },
    );
  });
});

function pairs(net: TestLedger): [{ code: string; issuer: string | null }, { code: string; issuer: string | null }][] {
  const assets = net.engine.tradedAssets();
  return assets.flatMap((selling) => assets.map((buying): [typeof selling, typeof buying] => [selling, buying]));
}

/** Through JSON, as the store keeps it: bigints become text. */
function json<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)),
  ) as T;
}

describe('the chain', () => {
  it('hashes each header from its XDR and points to the one before', () => {
    const { ledgers } = play([]);
    const net = world().net;
    const first = net.close().header;
    const second = net.close().header;
    expect(second.previousHash).toBe(first.hash);
    expect(second.sequence).toBe(first.sequence + 1);
    expect(createHash('sha256').update(Buffer.from(second.headerXdr, 'base64')).digest('hex')).toBe(second.hash);
    expect(xdr.LedgerHeader.fromXdr(second.headerXdr, 'base64')).toMatchObject({
      ledgerSeq: second.sequence,
      feePool: second.feePool,
    });
    expect(ledgers[0]?.header).toEqual(first);
  });

  it('starts at the network root with all coins', () => {
    const engine = SandboxLedger.genesis({
      passphrase: 'Local Sandbox Stellar Network ; September 2022',
      genesisTime: GENESIS_TIME,
    });
    expect(engine.rootAddress).toBe('GBZV3NONYSUDVTEHATQO4BCJVFXJO3XQU5K32X3XREVZKSMMOZFO4ZXR');
    expect(engine.header).toMatchObject({
      sequence: 1,
      closeTime: GENESIS_TIME,
      totalCoins: GENESIS_COINS,
      feePool: 0n,
    });
    expect(engine.account(engine.rootAddress)).toMatchObject({ balance: GENESIS_COINS, sequence: 0n });
  });
});

it('closes a thousand payments in one ledger', () => {
  const net = new TestLedger();
  const names = Array.from({ length: 1000 }, (_, index) => `payer${index}`);
  for (let at = 0; at < names.length; at += 100) net.fund(names.slice(at, at + 100), '10');
  for (const name of names) {
    const payment = Operation.payment({ destination: net.root.publicKey(), asset: Asset.native(), amount: '1' });
    expect(net.submit(net.build(net.key(name), [payment])).status).toBe('PENDING');
  }
  const closed = net.close();
  expect(closed.header).toMatchObject({ successfulTransactions: 1000, failedTransactions: 0, operations: 1000 });
});
