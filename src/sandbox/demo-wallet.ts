import { Account, Keypair, Operation, TransactionBuilder } from '@stellar/stellar-sdk/base';
import { sandboxAsset } from './sandbox-keys';
import { sdkAsset } from './seed';

const COINS = ['USDC', 'EURC'] as const;
/** A payment waits for its ledger. */
const ANSWER_MS = 30_000;

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
  const builder = new TransactionBuilder(new Account(address, sequence), {
    fee: '1000',
    networkPassphrase: passphrase,
    timebounds: { minTime: 0, maxTime: 0 },
  });
  for (const code of COINS)
    builder.addOperation(Operation.changeTrust({ asset: sdkAsset(sandboxAsset(code, passphrase)) }));
  const transaction = builder.build();
  transaction.sign(keypair);
  await ask(`${horizonUrl}/transactions`, new URLSearchParams({ tx: transaction.toXdr() }));
  await Promise.all(COINS.map((code) => ask(`${horizonUrl}/friendbot?addr=${address}&asset=${code}`)));
  return { address, secret: keypair.secret() };
}

/** Whether the network knows the account; a sandbox that gives no proper answer at the moment says nothing about that. */
export async function walletState(horizonUrl: string, address: string): Promise<'known' | 'gone' | 'unknown'> {
  try {
    const { status } = await fetch(`${horizonUrl}/accounts/${address}`, { signal: AbortSignal.timeout(ANSWER_MS) });
    return status === 200 ? 'known' : status === 404 ? 'gone' : 'unknown';
  } catch {
    return 'unknown';
  }
}

async function ask(url: string, form?: URLSearchParams): Promise<unknown> {
  const response = await fetch(url, {
    signal: AbortSignal.timeout(ANSWER_MS),
    ...(form === undefined ? {} : { method: 'POST', body: form }),
  });
  if (!response.ok)
    throw new Error(
      `the sandbox answered ${response.status} to ${url.split('?', 1)[0] ?? ''}: ${(await response.text()).slice(0, 300)}`,
    );
  return response.json();
}
