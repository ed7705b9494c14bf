import { Account, type Keypair, type Memo, type Transaction, TransactionBuilder } from '@stellar/stellar-sdk';
import type { TestWallet } from '../../support/wallet';
import type { Operations } from './till';

/** What a thief changes before signing; the rest is as the intent said. */
export interface Forgery {
  readonly operations?: Operations;
  readonly memo?: Memo;
  readonly timebounds?: { minTime: number; maxTime: number };
  readonly ledgerbounds?: { minLedger: number; maxLedger: number };
  readonly source?: string;
  readonly fee?: string;
  readonly passphrase?: string;
  readonly signers?: readonly Keypair[];
}

/** Rebuilds a transaction that was prepared for the payer, with something changed, and signs it properly. */
export function forged(
  intentXdr: string,
  payer: TestWallet,
  change: Forgery & Required<Pick<Forgery, 'operations'>>,
): string {
  const intent = TransactionBuilder.fromXdr(intentXdr, payer.passphrase) as Transaction;
  const account = new Account(change.source ?? intent.source, (BigInt(intent.sequence) - 1n).toString());
  const builder = new TransactionBuilder(account, {
    fee: change.fee ?? intent.fee,
    networkPassphrase: change.passphrase ?? payer.passphrase,
    memo: change.memo ?? intent.memo,
    timebounds: change.timebounds ?? { minTime: 0, maxTime: Number(intent.timeBounds?.maxTime ?? 0) },
    ...(change.ledgerbounds === undefined ? {} : { ledgerbounds: change.ledgerbounds }),
  });
  for (const operation of change.operations) builder.addOperation(operation);
  const transaction = builder.build();
  transaction.sign(...(change.signers ?? [payer.keypair]));
  return transaction.toXdr();
}
