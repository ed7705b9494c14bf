import { Injectable } from '@nestjs/common';
import { auditChanges } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import type { ChangingPrincipal } from '../common/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import { assertIfMatch } from '../http/preconditions';
import { Networks } from '../stellar/networks';
import { type MerchantFacts, MerchantProfileRepository } from './merchant-profile.repository';
import type { Merchant } from './merchant';

/** What a merchant says of itself, and its rules for money that does not fit. */
@Injectable()
export class MerchantProfileService {
  constructor(
    private readonly repository: MerchantProfileRepository,
    private readonly networks: Networks,
    private readonly transactions: Transactions,
    private readonly audit: AuditLogService,
    private readonly clock: Clock,
  ) {}

  /** `name` is the merchant's id or "me". Throws `resource_not_found` for every other one. */
  async get(merchantId: string, name: string): Promise<Merchant> {
    const merchant = name === 'me' || name === merchantId ? await this.repository.find(merchantId) : null;
    if (merchant === null) throw new DomainError('resource_not_found');
    return merchant;
  }

  /** Throws `network_unknown`. */
  assertEnabled(network: Network | undefined): void {
    if (network !== undefined) this.networks.of(network);
  }

  /** Changes the members that are there. Throws `network_unknown`, `precondition_failed`. */
  update(author: ChangingPrincipal, change: Partial<MerchantFacts>, ifMatch?: string): Promise<Merchant> {
    this.assertEnabled(change.defaultNetwork);
    const { merchantId } = author;
    return this.transactions.run(async () => {
      const before = await this.repository.lock(merchantId);
      assertIfMatch(ifMatch, before.version);
      const facts = { ...factsOf(before), ...change };
      const changes = auditChanges(factsOf(before), facts);
      if (changes === null) return before;
      const after = await this.repository.update(merchantId, facts, this.clock.now());
      await this.audit.record({
        ...author,
        network: null,
        action: 'merchant.updated',
        subjectType: 'merchant',
        subjectId: merchantId,
        ...changes,
      });
      return after;
    });
  }
}

function factsOf({
  name,
  defaultNetwork,
  toleranceBp,
  lateGraceSeconds,
  timeZone,
}: MerchantFacts): MerchantFacts & Record<string, string | number> {
  return { name, defaultNetwork, toleranceBp, lateGraceSeconds, timeZone };
}
