import { Injectable } from '@nestjs/common';
import type { Author } from '../audit-log/audit-entry';
import type { ChangingPrincipal, Role } from '../common/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import { violatedUnique } from '../database/database-errors';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { assertIfMatch } from '../http/preconditions';
import { MemberChangesService } from './member-changes.service';
import type { Member } from './member';
import { type MemberFacts, type MemberFilter, MembersRepository } from './members.repository';
import { MerchantProfileRepository } from './merchant-profile.repository';

/** The author of a change of a merchant's members. A ChangingPrincipal is one. */
export interface MembersAuthor extends Author {
  readonly merchantId: string;
}

/** The members who act for a merchant. There is always an owner. */
@Injectable()
export class MembersService {
  constructor(
    private readonly repository: MembersRepository,
    private readonly merchants: MerchantProfileRepository,
    private readonly changes: MemberChangesService,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  list(merchantId: string, filter: MemberFilter, page: Keyset): Promise<Member[]> {
    return this.repository.list(merchantId, filter, page);
  }

  /** Throws `resource_not_found`. */
  async get(merchantId: string, id: string): Promise<Member> {
    return found(isRowId(id) ? await this.repository.find(merchantId, id) : null);
  }

  /**
   * Names a wallet (G...) with the role it will have once it accepts. Being named alone changes nothing for it: else
   * any merchant could make a stranger's next invoice its own. Throws `member_exists`.
   */
  async invite(author: MembersAuthor, wallet: string, role: Role): Promise<Member> {
    const { merchantId } = author;
    try {
      return await this.transactions.run(async () => {
        const { defaultNetwork } = await this.merchants.lock(merchantId);
        const member = await this.repository.insertInvitation({
          merchantId,
          id: this.ids.row(),
          wallet,
          role,
          createdAt: this.clock.now(),
        });
        await this.changes.tell(author, defaultNetwork, 'member.invited', null, member);
        return member;
      });
    } catch (error) {
      throw violatedUnique(error) === undefined
        ? error
        : new DomainError('member_exists', { detail: 'has a role in this merchant already', cause: error });
    }
  }

  /** By the invited wallet itself, whichever merchant it acts for now. Throws `resource_not_found`. */
  accept(author: ChangingPrincipal, id: string): Promise<Member> {
    const { wallet } = author;
    return this.transactions.run(async () => {
      const inviter = isRowId(id) && wallet !== null ? await this.repository.findInviter(wallet, id) : null;
      const invitation = found(
        inviter === null || wallet === null ? null : await this.repository.lockInvitation(inviter, wallet, id),
      );
      const { defaultNetwork } = await this.merchants.lock(invitation.merchantId);
      const member = await this.repository.activate(invitation);
      await this.changes.tell(author, defaultNetwork, 'member.joined', invitation, member);
      return member;
    });
  }

  /** Changes what is there of its role and its mail. Throws `resource_not_found`, `precondition_failed`, `last_owner`. */
  update(author: MembersAuthor, id: string, change: Partial<MemberFacts>, ifMatch?: string): Promise<Member> {
    const { merchantId } = author;
    return this.transactions.run(async () => {
      const { defaultNetwork } = await this.merchants.lock(merchantId);
      const before = await this.get(merchantId, id);
      assertIfMatch(ifMatch, before.version);
      const { role, email, mailOn } = { ...before, ...change };
      const same = email === before.email && mailOn.join() === before.mailOn.join();
      if (role === before.role && same) return before;
      if (role !== before.role) await this.assertOwnerStays(before);
      const after = await this.repository.update(merchantId, id, { role, email, mailOn });
      await this.changes.tell(author, defaultNetwork, 'member.updated', before, after);
      return after;
    });
  }

  /** Ends the membership and its sessions. Throws `resource_not_found`, `precondition_failed`, `last_owner`. */
  remove(author: MembersAuthor, id: string, ifMatch?: string): Promise<void> {
    return this.transactions.run(async () => {
      const { defaultNetwork } = await this.merchants.lock(author.merchantId);
      const member = await this.get(author.merchantId, id);
      assertIfMatch(ifMatch, member.version);
      await this.assertOwnerStays(member);
      await this.repository.delete(member);
      await this.changes.tell(author, defaultNetwork, 'member.removed', member, null);
    });
  }

  /** Ends the caller's own membership, whatever its role. Throws `resource_not_found` for a key, `last_owner`. */
  async leave(author: ChangingPrincipal): Promise<void> {
    const member =
      author.wallet === null ? null : await this.repository.findActiveByWallet(author.merchantId, author.wallet);
    return this.remove(author, found(member).id);
  }

  /** Under the merchant's lock. */
  private async assertOwnerStays(member: Member): Promise<void> {
    if (member.role !== 'owner' || member.status !== 'active') return;
    if ((await this.repository.countOwners(member.merchantId)) <= 1) throw new DomainError('last_owner');
  }
}

function found(member: Member | null): Member {
  if (member === null) throw new DomainError('resource_not_found');
  return member;
}
