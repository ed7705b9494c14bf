import { Account, Keypair, Operation, TransactionBuilder } from '@stellar/stellar-sdk/base';
import { sandboxAsset } from './sandbox-keys';
import { sdkAsset } from './seed';

const COINS = ['USDC', 'EURC'] as const;

export interface DemoWallet {
  readonly address: string;
  readonly secret: string;
}

/** A wallet on the sandbox with lumens and both coins, made over the network's own HTTP surface like any wallet's. */
export async function openDemoWallet(horizonUrl: string, passphrase: string, seed: Uint8Array): Promise<DemoWallet> {
  const keypair = Keypair.fromRawEd25519Seed(seed);
  const address = keypair.publicKey();
  await ask(`${horizonUrl}/friendbot?addr=${address}`);
  const { sequence } = (await ask(`${horizonUrl}/accounts/${address}`)) as { sequence: string };
  const builder = new TransactionBuilder(new Account(address, sequence), { fee: '1000', networkPassphrase: passphrase, timebounds: { minTime: 0, maxTime: 0 } });
  for (const code of COINS) builder.addOperation(Operation.changeTrust({ asset: sdkAsset(sandboxAsset(code, passphrase)) }));
  const transaction = builder.build();
  transaction.sign(keypair);
  await ask(`${horizonUrl}/transactions`, new URLSearchParams({ tx: transaction.toXdr() }));
  await Promise.all(COINS.map((code) => ask(`${horizonUrl}/friendbot?addr=${address}&asset=${code}`)));
  return { address, secret: keypair.secret() };
}

/** True while the network knows the account; false after the sandbox was made anew. */
export async function walletExists(horizonUrl: string, address: string): Promise<boolean> {
  return (await fetch(`${horizonUrl}/accounts/${address}`)).status === 200;
}

async function ask(url: string, form?: URLSearchParams): Promise<unknown> {
  const response = await fetch(url, form === undefined ? {} : { method: 'POST', body: form });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${url.split('?', 1)[0] ?? ''}: ${(await response.text()).slice(0, 300)}`);
  return response.json();
}
