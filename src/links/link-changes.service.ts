import { Injectable } from '@nestjs/common';
import type { ChangingPrincipal } from '../common/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import { Transactions } from '../database/transactions';
import { assertIfMatch } from '../http/preconditions';
import { type LinkChange, linkRevision, revisable } from './terms/link-change';
import { LinkRecordService } from './link-record.service';
import type { TermFault } from './terms/link-request';
import { LinksRepository } from './links.repository';
import type { PaymentLink } from './payment-link';

type ChangedLink = { readonly link: PaymentLink } | { readonly faults: readonly TermFault[] };

/** What its owner may change of a link: never what a payer has got a price for. */
@Injectable()
export class LinkChangesService {
  constructor(
    private readonly repository: LinksRepository,
    private readonly record: LinkRecordService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** What is wrong with a change before the link is held. Throws `link_final`, `link_priced`. */
  faults(link: PaymentLink, change: LinkChange): readonly TermFault[] {
    const judged = linkRevision(link, change, this.clock.now());
    return 'faults' in judged ? judged.faults : [];
  }

  /**
   * Changes the members that are sent, or reports what is wrong with them. Throws `resource_not_found`,
   * `precondition_failed`, `link_final`, `link_priced`.
   */
  update(author: ChangingPrincipal, id: string, change: LinkChange, ifMatch?: string): Promise<ChangedLink> {
    return this.transactions.run(async () => {
      const before = await this.held(author, id);
      assertIfMatch(ifMatch, before.version);
      return this.revise(author, before, change);
    });
  }

  /** The same of a change that is made of the link as it is once it is held: whoever waited for another changes what that one has left. */
  updateHeld(
    author: ChangingPrincipal,
    id: string,
    changeOf: (link: PaymentLink) => Promise<LinkChange>,
  ): Promise<ChangedLink> {
    return this.transactions.run(async () => {
      const before = await this.held(author, id);
      return this.revise(author, before, await changeOf(before));
    });
  }

  private async held(author: ChangingPrincipal, id: string): Promise<PaymentLink> {
    const link = isRowId(id) ? await this.repository.lockOwned(author, id) : null;
    if (link === null) throw new DomainError('resource_not_found');
    return link;
  }

  private async revise(author: ChangingPrincipal, before: PaymentLink, change: LinkChange): Promise<ChangedLink> {
    const judged = linkRevision(before, change, this.clock.now());
    if ('faults' in judged) return judged;
    if (Object.keys(judged.revision).length === 0) return { link: before };
    await this.repository.revise(before, judged.revision, this.clock.now());
    const link = await this.repository.find(author, before.id);
    if (link === null) throw new Error(`payment link ${before.id} vanished`);
    await this.record.announce('link.updated', link, null);
    if (before.status === 'completed' && link.status === 'active')
      await this.record.announce('link.reopened', link, null);
    await this.record.updated(link, author, revisable(before), revisable(link));
    return { link };
  }
}
