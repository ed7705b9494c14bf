import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import { type LedgerAccount, LedgerUnavailable } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';

/** A signature proves a key. Whether the key still speaks for the account of that name, only the ledger knows. */
@Injectable()
export class WalletControlService {
  constructor(private readonly ledgers: LedgerSources) {}

  /**
   * The account on the default network, fresh; null when it does not exist. Throws `ledger_unavailable` when the
   * ledger does not answer: a key that may have been removed must not get in because we could not look.
   */
  async account(address: string): Promise<LedgerAccount | null> {
    const [ledger] = this.ledgers.all;
    if (ledger === undefined) throw new Error('no network is enabled');
    try {
      return await ledger.account(address);
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
      throw new DomainError('ledger_unavailable', { cause: error, retryAfterSeconds: error.retryAfterSeconds ?? 5 });
    }
  }

  /** True when the account's own key may still move its money. */
  async ownKeyControls(address: string): Promise<boolean> {
    const account = await this.account(address);
    return account === null || ownKeyReaches(account);
  }
}

/** Weight 0 is a removed signer and counts for nothing, also under a threshold of 0, as in stellar-core. */
export function ownKeyReaches(account: LedgerAccount): boolean {
  const weight = account.signers.find((signer) => signer.key === account.address)?.weight ?? 0;
  return weight > 0 && weight >= account.thresholds.medium;
}
