import {
  Account,
  Asset as SdkAsset,
  type Keypair,
  Operation,
  TransactionBuilder,
  type xdr,
} from '@stellar/stellar-sdk/base';
import type { Asset } from '../common/money';
import { NATIVE } from '../common/money';
import type { LedgerEngine } from './ledger/contract';
import { sandboxAsset, sandboxKeypair, sandboxRoot } from './sandbox-keys';

/** One ledger's worth of seeding. Each step sees the state the former left, and is skipped when its work is there. */
export interface SeedStep {
  done(engine: LedgerEngine): boolean;
  /** Signed envelopes, base64. */
  build(engine: LedgerEngine): string[];
}

const BASE_FEE = '100';
const LEVELS = [1, 2, 3, 4, 5];

export function sdkAsset(asset: Asset): SdkAsset {
  return asset.issuer === null ? SdkAsset.native() : new SdkAsset(asset.code, asset.issuer);
}

/** A signed transaction of `signer` with the next sequence number in the engine's state and no time limit. */
export function signedBy(
  engine: LedgerEngine,
  signer: Keypair,
  passphrase: string,
  operations: readonly xdr.Operation[],
): string {
  const account = engine.account(signer.publicKey());
  if (account === undefined) throw new Error(`the sandbox account ${signer.publicKey()} does not exist`);
  const builder = new TransactionBuilder(new Account(account.address, account.sequence.toString()), {
    fee: BASE_FEE,
    networkPassphrase: passphrase,
  });
  for (const operation of operations) builder.addOperation(operation);
  const transaction = builder.setTimeout(0).build();
  transaction.sign(signer);
  return transaction.toXDR();
}

/** Root funds the sandbox's own accounts, the issuers issue, the market maker opens its book. */
export function seedSteps(passphrase: string): SeedStep[] {
  const marketMaker = sandboxKeypair('market-maker', passphrase);
  const maker = marketMaker.publicKey();
  const coins = [sandboxAsset('USDC', passphrase), sandboxAsset('EURC', passphrase)];
  return [
    {
      done: (engine) => engine.account(maker) !== undefined,
      build: (engine) => [signedBy(engine, sandboxRoot(passphrase), passphrase, fundOwnAccounts(passphrase))],
    },
    {
      done: (engine) => engine.trustlinesOf(maker).length > 0,
      build: (engine) => [
        signedBy(
          engine,
          marketMaker,
          passphrase,
          coins.map((asset) => Operation.changeTrust({ asset: sdkAsset(asset) })),
        ),
      ],
    },
    {
      done: (engine) => engine.trustlinesOf(maker).some(({ balance }) => balance > 0n),
      build: (engine) => [
        issue(engine, sandboxKeypair('usdc-issuer', passphrase), passphrase, coins.slice(0, 1), maker),
        issue(engine, sandboxKeypair('eurc-issuer', passphrase), passphrase, coins.slice(1), maker),
      ],
    },
    {
      done: (engine) => engine.offersOf(maker).length > 0,
      build: (engine) => [signedBy(engine, marketMaker, passphrase, openingOffers(passphrase))],
    },
  ];
}

function fundOwnAccounts(passphrase: string): xdr.Operation[] {
  const fund = (label: string, startingBalance: string): xdr.Operation =>
    Operation.createAccount({ destination: sandboxKeypair(label, passphrase).publicKey(), startingBalance });
  return [
    fund('friendbot', '50000000000'),
    fund('usdc-issuer', '1000'),
    fund('eurc-issuer', '1000'),
    fund('market-maker', '20000000000'),
  ];
}

function issue(
  engine: LedgerEngine,
  issuer: Keypair,
  passphrase: string,
  assets: readonly Asset[],
  destination: string,
): string {
  return signedBy(
    engine,
    issuer,
    passphrase,
    assets.map((asset) => Operation.payment({ destination, asset: sdkAsset(asset), amount: '5000000000' })),
  );
}

interface Market {
  readonly base: Asset;
  readonly counter: Asset;
  /** Middle price, counter per base, in ten-thousandths. */
  readonly middle: number;
  /** Distance between two levels, in ten-thousandths. */
  readonly step: number;
  /** Whole units per level. */
  readonly baseAmount: number;
  readonly counterAmount: number;
}

/** About 0.10 USDC for a lumen and 1.08 USDC for a EURC, five levels deep on each side. */
function markets(passphrase: string): Market[] {
  const usdc = sandboxAsset('USDC', passphrase);
  const eurc = sandboxAsset('EURC', passphrase);
  return [
    { base: NATIVE, counter: usdc, middle: 1_000, step: 1, baseAmount: 100_000_000, counterAmount: 10_000_000 },
    { base: eurc, counter: usdc, middle: 10_800, step: 10, baseAmount: 10_000_000, counterAmount: 10_800_000 },
    { base: eurc, counter: NATIVE, middle: 108_000, step: 100, baseAmount: 10_000_000, counterAmount: 108_000_000 },
  ];
}

function openingOffers(passphrase: string): xdr.Operation[] {
  return markets(passphrase).flatMap(({ base, counter, middle, step, baseAmount, counterAmount }) =>
    LEVELS.flatMap((level) => [
      Operation.manageSellOffer({
        selling: sdkAsset(base),
        buying: sdkAsset(counter),
        amount: String(baseAmount * level),
        price: { n: middle + step * level, d: 10_000 },
      }),
      Operation.manageSellOffer({
        selling: sdkAsset(counter),
        buying: sdkAsset(base),
        amount: String(counterAmount * level),
        price: { n: 10_000, d: middle - step * level },
      }),
    ]),
  );
}
