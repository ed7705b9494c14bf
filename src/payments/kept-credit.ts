import type { Credit } from '../stellar/ledger-source';

/** A credit as text that gives it back exactly, whatever its memo or its addresses hold. */
export function creditText(credit: Credit): string {
  const { operationId, muxedId, amount, memo, ...rest } = credit;
  return JSON.stringify({
    ...rest,
    operationId: operationId.toString(),
    muxedId: muxedId?.toString() ?? null,
    amount: amount.toString(),
    memo: { type: memo.type, hex: Buffer.from(memo.bytes).toString('hex') },
  });
}

type Written = Omit<Credit, 'operationId' | 'muxedId' | 'amount' | 'memo' | 'closedAt'> & {
  readonly operationId: string;
  readonly muxedId: string | null;
  readonly amount: string;
  readonly memo: { readonly type: Credit['memo']['type']; readonly hex: string };
  readonly closedAt: string;
};

export function readCredit(text: string): Credit {
  const { operationId, muxedId, amount, memo, closedAt, ...rest } = JSON.parse(text) as Written;
  return {
    ...rest,
    operationId: BigInt(operationId),
    muxedId: muxedId === null ? null : BigInt(muxedId),
    amount: BigInt(amount),
    memo: { type: memo.type, bytes: Buffer.from(memo.hex, 'hex') },
    closedAt: new Date(closedAt),
  };
}
