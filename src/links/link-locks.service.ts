import { Injectable } from '@nestjs/common';
import type { Holding, InvoiceKey } from '../invoices/invoice-settlement.service';
import { type LinkHold, LinkLocksRepository } from './link-locks.repository';

/** What its link says of an invoice that is one of its choices. */
export type Rivalry = Pick<LinkHold, 'linkId' | 'linkClosed' | 'limitedLinkId' | 'room'>;

/** What became of the links of invoices, by id of the invoice. */
export interface LinkHolds {
  /** Another transaction holds the link of these: none, unless links are skipped. */
  readonly busy: ReadonlySet<string>;
  /** Also for an invoice that is not such a choice. */
  readonly rivalryOf: (invoiceId: string) => Rivalry;
}

export const NO_RIVALS: Rivalry = { linkId: null, linkClosed: false, limitedLinkId: null, room: 0 };

/** The second of the locks that money and time take: invoices first, then their links. */
@Injectable()
export class LinkLocksService {
  constructor(private readonly repository: LinkLocksRepository) {}

  /**
   * Holds the links of invoices, which the caller holds, until the caller's transaction ends, so that none that follows its
   * invoice is waited for later, and none is decided for another choice while this one is judged.
   */
  async hold(invoices: readonly InvoiceKey[], holding: Holding): Promise<LinkHolds> {
    const holds = invoices.length === 0 ? [] : await this.repository.hold(invoices, holding);
    const rivalries = new Map(
      holds.flatMap(({ invoiceId, linkId, linkClosed, limitedLinkId, room }) =>
        linkId === null && limitedLinkId === null ? [] : [[invoiceId, { linkId, linkClosed, limitedLinkId, room }]],
      ),
    );
    return {
      busy: new Set(holds.flatMap(({ busy, invoiceId }) => (busy ? [invoiceId] : []))),
      rivalryOf: (invoiceId) => rivalries.get(invoiceId) ?? NO_RIVALS,
    };
  }
}
