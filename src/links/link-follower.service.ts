import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { ChangedInvoice, InvoiceChange, InvoiceFollower } from '../invoices/invoice-change';
import { InvoiceDoorService } from '../invoices/invoice-door.service';
import type { InvoiceReason } from '../invoices/invoice-states';
import { EventsService } from '../webhooks/events.service';
import type { EventType } from '../webhooks/event-types';
import { isReusable } from './link-kinds';
import { LinkLocksRepository } from './link-locks.repository';
import type { LinkOfInvoice } from './link-of-invoice';
import { LinkRivalsService } from './choices/link-rivals.service';
import { LinkRivalsRepository } from './choices/link-rivals.repository';
import { type FollowedInvoice, LinkSlotsService } from './slots/link-slots.service';
import { linkSources } from './link-states';
import { linkWithInvoiceData } from './payment-link';

type Target = 'completed' | 'expired' | 'cancelled';

const TARGETS = ['completed', 'expired', 'cancelled'] as const;
const EVENT_OF = {
  completed: 'link.paid',
  expired: 'link.expired',
  cancelled: 'link.cancelled',
} as const satisfies Record<Target, EventType>;

/** What becomes of the link of an invoice that moved for this reason. What a link did to its invoices itself is not among them. */
const TARGET_OF: Readonly<Partial<Record<InvoiceReason, Target>>> = {
  paid_in_full: 'completed',
  paid_late: 'completed',
  deadline_passed: 'expired',
  owner_cancelled: 'cancelled',
  subscription_ended: 'cancelled',
};

/**
 * Links follow their invoices. One that was born with its invoice ends with it. One whose last choice lapsed goes back to
 * its payers, whatever part of it was paid: a stranger's dust must not end it. One of whose choices was paid is completed,
 * and its other choices end. The slots of a reusable link are counted.
 */
@Injectable()
export class LinkFollowerService implements InvoiceFollower, OnModuleInit {
  constructor(
    private readonly door: InvoiceDoorService,
    private readonly locks: LinkLocksRepository,
    private readonly rivals: LinkRivalsService,
    private readonly moves: LinkRivalsRepository,
    private readonly slots: LinkSlotsService,
    private readonly events: EventsService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.door.register(this);
  }

  async follow(changes: readonly InvoiceChange[]): Promise<void> {
    for (const target of TARGETS) {
      const invoices = changes.flatMap(({ invoice, moved, cause }) =>
        moved !== null && TARGET_OF[moved.reason] === target ? [followed(invoice, cause)] : [],
      );
      if (invoices.length > 0) await this.move(invoices, target);
    }
  }

  /** However many links a page or a batch concerns, each step is one statement. */
  private async move(invoices: readonly FollowedInvoice[], target: Target): Promise<void> {
    const links = await this.locks.holdOf(invoices);
    const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
    const invoicesOf = (some: readonly LinkOfInvoice[]): FollowedInvoice[] =>
      some.flatMap(({ choice }) => byId.get(choice) ?? []);
    const [chosen, born] = [links.filter((link) => link.chosen), links.filter((link) => !link.chosen)];
    const rivals = chosen.filter((link) => !isReusable(link));
    await this.rivals.follow(rivals, invoicesOf(rivals), target);
    await this.end(
      born.filter(({ status }) => linkSources(target).includes(status)),
      byId,
      target,
    );
    const counted = invoicesOf(chosen.filter(isReusable));
    if (target === 'completed') await this.slots.pay(counted);
    else await this.slots.giveBack(counted);
  }

  private async end(
    links: readonly LinkOfInvoice[],
    invoices: ReadonlyMap<string, FollowedInvoice>,
    target: Target,
  ): Promise<void> {
    if (links.length === 0) return;
    await this.moves.set(
      links.map((link) => ({ link, status: target, invoiceId: link.choice })),
      this.clock.now(),
    );
    await this.events.record(
      links.flatMap((link) => {
        const invoice = invoices.get(link.choice);
        if (invoice === undefined) return [];
        return {
          merchantId: link.merchantId,
          type: EVENT_OF[target],
          network: invoice.network,
          subjectType: 'link' as const,
          subjectId: link.id,
          data: linkWithInvoiceData(link, invoice),
          cause: invoice.cause,
        };
      }),
    );
  }
}

function followed(invoice: ChangedInvoice, cause: string | undefined): FollowedInvoice {
  return { ...invoice, cause };
}
