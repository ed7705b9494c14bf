import { Injectable } from '@nestjs/common';
import { AuditLogService } from '../audit-log/audit-log.service';
import type { ChangingPrincipal } from '../common/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import type { Network } from '../common/network';
import { violatedUnique } from '../database/database-errors';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { assertIfMatch } from '../http/preconditions';
import { EventsService } from '../webhooks/events.service';
import { AccountProofsService } from './account-proofs.service';
import { MerchantProfileRepository } from './merchant-profile.repository';
import type { ReceivingAccount } from './receiving-account';
import { type AccountFilter, ReceivingAccountsRepository } from './receiving-accounts.repository';

export interface AccountDraft {
  readonly network: Network;
  readonly address: string;
  readonly isDefault?: boolean | undefined;
  /** SEP-53, over `accountProofText`; not needed for the wallet that makes the request. */
  readonly signature?: string | undefined;
}

/**
 * Where a merchant's money arrives. Accounts are never taken away: what was asked of a payer before stays payable, so
 * money to an old address still finds its invoice.
 */
@Injectable()
export class ReceivingAccountsService {
  constructor(
    private readonly repository: ReceivingAccountsRepository,
    private readonly merchants: MerchantProfileRepository,
    private readonly proofs: AccountProofsService,
    private readonly records: AuditLogService,
    private readonly events: EventsService,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  list(merchantId: string, filter: AccountFilter, page: Keyset): Promise<ReceivingAccount[]> {
    return this.repository.list(merchantId, filter, page);
  }

  /** Throws `resource_not_found`. */
  async get(merchantId: string, reach: Network | null, id: string): Promise<ReceivingAccount> {
    const account = isRowId(id) ? await this.repository.find(merchantId, reach, id) : null;
    if (account === null) throw new DomainError('resource_not_found');
    return account;
  }

  /** Throws `network_unknown`. */
  assertReached(author: ChangingPrincipal, network: Network): void {
    this.proofs.assertReached(author, network);
  }

  /** Throws `network_unknown`, `account_proof_required`. */
  assertProven(author: ChangingPrincipal, draft: AccountDraft): void {
    this.proofs.assertProven(author, draft);
  }

  /** Errors: network_unknown, account_proof_required, receiving_account_exists. */
  async add(author: ChangingPrincipal, draft: AccountDraft): Promise<ReceivingAccount> {
    this.proofs.assertProven(author, draft);
    const { merchantId } = author;
    const { network, address } = draft;
    try {
      return await this.transactions.run(async () => {
        await this.merchants.lock(merchantId);
        const account = await this.repository.insert({
          merchantId,
          id: this.ids.row(),
          network,
          address,
          createdAt: this.clock.now(),
        });
        await this.tell(author, 'receiving_account.created', account, null);
        const present = await this.repository.findDefault(merchantId, network);
        return draft.isDefault === true || present === null ? this.promote(author, account, present) : account;
      });
    } catch (error) {
      throw violatedUnique(error) === undefined
        ? error
        : new DomainError('receiving_account_exists', {
            detail: 'is an account of this merchant already',
            cause: error,
          });
    }
  }

  /** As default: what is asked of payers from now on goes there; what was asked before stays as it is. Throws `resource_not_found`, `precondition_failed`. */
  update(
    author: ChangingPrincipal,
    id: string,
    { isDefault }: { readonly isDefault?: true | undefined },
    ifMatch?: string,
  ): Promise<ReceivingAccount> {
    const { merchantId } = author;
    return this.transactions.run(async () => {
      await this.merchants.lock(merchantId);
      const account = await this.get(merchantId, author.network, id);
      assertIfMatch(ifMatch, account.version);
      return account.isDefault || isDefault === undefined
        ? account
        : this.promote(author, account, await this.repository.findDefault(merchantId, account.network));
    });
  }

  private async promote(
    author: ChangingPrincipal,
    account: ReceivingAccount,
    before: ReceivingAccount | null,
  ): Promise<ReceivingAccount> {
    await this.repository.setDefault(account);
    const after = await this.get(account.merchantId, null, account.id);
    await this.tell(author, 'receiving_account.updated', after, before);
    return after;
  }

  private async tell(
    author: ChangingPrincipal,
    action: 'receiving_account.created' | 'receiving_account.updated',
    account: ReceivingAccount,
    previous: ReceivingAccount | null,
  ): Promise<void> {
    const { merchantId, id, network, address, isDefault } = account;
    const before = previous === null ? null : { defaultAddress: previous.address };
    await this.events.record([
      {
        merchantId,
        type: action,
        network,
        subjectType: 'receiving_account',
        subjectId: id,
        data: { id, network, address, isDefault, previousDefault: previous?.address ?? null },
      },
    ]);
    await this.records.record({
      ...author,
      network,
      action,
      subjectType: 'receiving_account',
      subjectId: id,
      before,
      after: isDefault ? { defaultAddress: address } : { address },
    });
  }
}
