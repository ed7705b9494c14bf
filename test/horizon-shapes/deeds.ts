import {
  Account,
  Asset,
  AuthClawbackEnabledFlag,
  type AuthFlag,
  AuthRequiredFlag,
  AuthRevocableFlag,
  BASE_FEE,
  Claimant,
  type Keypair,
  Memo,
  MuxedAccount,
  Operation,
  TransactionBuilder,
  type xdr,
} from '@stellar/stellar-sdk';
import { sandboxKeypair } from '../../src/sandbox/sandbox-keys';
import { PASSPHRASE, type SandboxServer } from '../sandbox/sandbox-server';

/** One of every operation the sandbox supports, so that each kind of record exists. */
export async function doEverything(sandbox: SandboxServer, alice: Keypair, bob: Keypair): Promise<void> {
  const { usdc, eurc } = sandbox;
  const [from, to] = [alice.publicKey(), bob.publicKey()];
  const carol = sandboxKeypair('shape-carol', PASSPHRASE);
  const muxed = new MuxedAccount(new Account(to, '0'), '7').accountId();
  const hash = Buffer.alloc(32, 7).toString('hex');
  await sandbox.submit(alice, [Operation.payment({ destination: to, asset: usdc, amount: '1' })], Memo.text('order 1'));
  await sandbox.submit(alice, [Operation.payment({ destination: muxed, asset: usdc, amount: '1' })], Memo.id('12345'));
  await sandbox.submit(alice, [Operation.payment({ destination: to, asset: usdc, amount: '1' })], Memo.return(hash));
  await sandbox.submit(
    alice,
    [Operation.createAccount({ destination: carol.publicKey(), startingBalance: '10' })],
    Memo.hash(hash),
  );
  await sandbox.submit(carol, [Operation.accountMerge({ destination: from })]);
  await sandbox.submit(alice, pathPayments(sandbox, to));
  await sandbox.submit(alice, [
    Operation.manageData({ name: 'shape', value: 'one' }),
    Operation.manageData({ name: 'shape', value: 'two' }),
    Operation.manageData({ name: 'gone', value: 'three' }),
    Operation.manageData({ name: 'gone', value: null }),
    Operation.setOptions({
      homeDomain: 'example.com',
      lowThreshold: 1,
      medThreshold: 1,
      highThreshold: 1,
      signer: { ed25519PublicKey: to, weight: 1 },
    }),
    Operation.bumpSequence({ bumpTo: '0' }),
    Operation.manageSellOffer({ selling: usdc, buying: eurc, amount: '10', price: '5' }),
    Operation.manageBuyOffer({ selling: usdc, buying: eurc, buyAmount: '1', price: '0.1' }),
    Operation.createPassiveSellOffer({ selling: eurc, buying: usdc, amount: '1', price: '3' }),
    Operation.createClaimableBalance({
      asset: usdc,
      amount: '2',
      claimants: [new Claimant(to, Claimant.predicateBeforeRelativeTime('600'))],
    }),
    Operation.createClaimableBalance({ asset: usdc, amount: '2', claimants: [new Claimant(to)] }),
  ]);
  const balances = await sandbox.horizon.claimableBalances().claimant(to).call();
  const open = balances.records.find((record) => JSON.stringify(record.claimants).includes('unconditional'));
  await sandbox.submit(bob, [Operation.claimClaimableBalance({ balanceId: open?.id ?? '' })]);
  await issuerPowers(sandbox, alice);
  await changeBack(sandbox, alice, to);
  await sponsor(sandbox, alice);
  await feeBump(sandbox, alice, bob);
  await failOnce(sandbox, alice, to);
}

function pathPayments({ usdc, eurc }: SandboxServer, destination: string): xdr.Operation[] {
  return [
    Operation.pathPaymentStrictReceive({
      sendAsset: usdc,
      sendMax: '20',
      destination,
      destAsset: eurc,
      destAmount: '1',
      path: [],
    }),
    Operation.pathPaymentStrictSend({
      sendAsset: usdc,
      sendAmount: '2',
      destination,
      destAsset: eurc,
      destMin: '1',
      path: [],
    }),
  ];
}

async function feeBump(sandbox: SandboxServer, alice: Keypair, bob: Keypair): Promise<void> {
  const inner = await sandbox.build(alice, [
    Operation.payment({ destination: bob.publicKey(), asset: sandbox.usdc, amount: '1' }),
  ]);
  const outer = TransactionBuilder.buildFeeBumpTransaction(bob, String(Number(BASE_FEE) * 5), inner, PASSPHRASE);
  outer.sign(bob);
  await sandbox.horizon.submitTransaction(outer);
}

async function failOnce(sandbox: SandboxServer, alice: Keypair, destination: string): Promise<void> {
  const transaction = await sandbox.build(alice, [
    Operation.payment({ destination, asset: sandbox.usdc, amount: '900000' }),
  ]);
  await sandbox.post('/transactions', transaction.toXDR());
}

/** An issuer that authorises, takes back and claws back. */
async function issuerPowers(sandbox: SandboxServer, holder: Keypair): Promise<void> {
  const issuer = await sandbox.wallet('shape-issuer');
  const asset = new Asset('GUARDED', issuer.publicKey());
  const trustor = holder.publicKey();
  await sandbox.submit(issuer, [
    Operation.setOptions({ setFlags: (AuthRequiredFlag | AuthRevocableFlag | AuthClawbackEnabledFlag) as AuthFlag }),
  ]);
  await sandbox.submit(holder, [Operation.changeTrust({ asset, limit: '500' })]);
  await sandbox.submit(issuer, [
    Operation.setTrustLineFlags({ trustor, asset, flags: { authorized: true } }),
    Operation.payment({ destination: trustor, asset, amount: '100' }),
    Operation.clawback({ asset, amount: '10', from: trustor }),
  ]);
  const claimants = [new Claimant(trustor)];
  await sandbox.submit(holder, [Operation.createClaimableBalance({ asset, amount: '1', claimants })]);
  const { records } = await sandbox.horizon.claimableBalances().asset(asset).call();
  await sandbox.submit(issuer, [
    Operation.clawbackClaimableBalance({ balanceId: records[0]?.id ?? '' }),
    Operation.allowTrust({ trustor, assetCode: 'GUARDED', authorize: 2 }),
    Operation.allowTrust({ trustor, assetCode: 'GUARDED', authorize: 0 }),
    Operation.setOptions({ clearFlags: AuthRequiredFlag }),
  ]);
}

/** Updates and removals of what was made before. */
async function changeBack(sandbox: SandboxServer, holder: Keypair, signer: string): Promise<void> {
  const asset = new Asset('BRIEF', sandbox.issuers.USDC);
  const { sequence } = await sandbox.horizon.loadAccount(holder.publicKey());
  await sandbox.submit(holder, [
    Operation.changeTrust({ asset }),
    Operation.changeTrust({ asset, limit: '10' }),
    Operation.changeTrust({ asset, limit: '0' }),
    Operation.setOptions({ signer: { ed25519PublicKey: signer, weight: 2 } }),
    Operation.setOptions({ signer: { ed25519PublicKey: signer, weight: 0 } }),
    Operation.bumpSequence({ bumpTo: (BigInt(sequence) + 10n).toString() }),
  ]);
}

/** Reserves paid by another account, then handed over and taken back. */
async function sponsor(sandbox: SandboxServer, payer: Keypair): Promise<void> {
  const ward = sandboxKeypair('shape-ward', PASSPHRASE);
  const source = ward.publicKey();
  const transaction = await sandbox.build(payer, [
    Operation.beginSponsoringFutureReserves({ sponsoredId: source }),
    Operation.createAccount({ destination: source, startingBalance: '5' }),
    Operation.changeTrust({ asset: sandbox.usdc, source }),
    Operation.manageData({ name: 'kept', value: 'by another', source }),
    Operation.setOptions({ signer: { ed25519PublicKey: payer.publicKey(), weight: 1 }, source }),
    Operation.endSponsoringFutureReserves({ source }),
  ]);
  transaction.sign(ward);
  await sandbox.horizon.submitTransaction(transaction);
}
