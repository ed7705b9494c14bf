/** How a handler treats `Idempotency-Key`. */
export interface IdempotencyPolicy {
  /** 400 without the header. */
  readonly required?: boolean;
  /**
   * For handlers that call the network: the key is claimed under a lease instead of within one transaction. The
   * handler must be safe to repeat.
   */
  readonly lease?: boolean;
  /**
   * The handler makes its subject in one statement, which keeps the answer too (`@KeepsAnswer()`). No transaction is opened for
   * it, and equal requests that come together wait for one statement.
   */
  readonly composed?: boolean;
  /** The answer shows a secret once: it is stored, and replayed, with the secret masked. `if_made`: only where the caller has not brought one. */
  readonly secret?: boolean | 'if_made';
  /** What the handler allows depends on the wallet that asks: keys of different wallets are different keys. */
  readonly byWallet?: boolean;
}

export const IDEMPOTENCY = 'lumentill:idempotency';
