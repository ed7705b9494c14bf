import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { TransactionConflict } from '../database/database-errors';
import { type EndedInvoice, InvoiceEndings } from '../invoices/invoice-endings.service';
import { EventsService } from '../webhooks/events.service';
import type { EventType } from '../webhooks/event-types';
import { LinkRivalsRepository, type Rival } from './link-rivals.repository';
import type { InvoiceKey } from './link-slots.repository';
import type { FollowedInvoice } from './link-slots.service';
import { linkSources } from './link-states';
import { linkWithInvoiceData } from './payment-link';
import { ReleasedMoney } from './released-money.service';

type LinkKey = Pick<Rival, 'merchantId' | 'id'>;

/**
 * The choices of a single-use link live side by side, each with its own price and deadline. The first that is recorded
 * as paid wins the link; the others end, and what was paid to them is held for the merchant to return. Every
 * method expects to be inside the caller's transaction, and takes the locks of links after those of invoices.
 */
@Injectable()
export class LinkRivals {
  constructor(
    private readonly repository: LinkRivalsRepository,
    private readonly endings: InvoiceEndings,
    private readonly money: ReleasedMoney,
    private readonly events: EventsService,
    private readonly clock: Clock,
  ) {}

  /** Lets the links of choices that were paid, lapsed or were cancelled follow; returns the invoices that are none. */
  async follow(invoices: readonly FollowedInvoice[], target: 'completed' | 'expired' | 'cancelled'): Promise<readonly FollowedInvoice[]> {
    const rivals = await this.repository.lock(invoices);
    if (rivals.length === 0) return invoices;
    const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
    await this.repository.close(rivals.map(({ merchantId, choice }) => ({ merchantId, id: choice })));
    for (const { link, choices } of byLink(rivals)) {
      const ended = choices.flatMap((id) => byId.get(id) ?? []);
      if (target === 'completed') await this.complete(link, ended);
      else await this.lapse(link, ended, target);
    }
    const chosen = new Set(rivals.map(({ choice }) => choice));
    return invoices.filter(({ id }) => !chosen.has(id));
  }

  /**
   * The owner's early end of a link that is locked, whose choices `ended` were ended before. Those made since then end
   * with them; what somebody else holds is left for `closeLeft`.
   */
  async endRest(link: LinkKey, ended: readonly InvoiceKey[]): Promise<EndedInvoice[]> {
    const rest = await this.open(link);
    const more = await this.endings.expireOpen(rest, 'skip');
    await this.repository.close([...ended, ...more], without(rest, more));
    return more;
  }

  /** Ends what somebody held while its link was decided, at most `limit` of it; waits for nobody, what is still held is left for the next time. */
  async closeLeft(limit: number): Promise<void> {
    const left = await this.repository.listClosing(limit);
    await this.close(left.filter(({ completed }) => completed));
    const owned = left.filter(({ completed }) => !completed);
    const ended = await this.endings.expireOpen(owned.filter(({ open }) => open), 'skip');
    await this.repository.close([...ended, ...owned.filter(({ open }) => !open)]);
  }

  /** The choices of a link that can be paid, the newest first. */
  async open(link: LinkKey): Promise<InvoiceKey[]> {
    return (await this.repository.others(link)).filter(({ open }) => open).map(({ invoiceId }) => ({ merchantId: link.merchantId, id: invoiceId }));
  }

  private async complete(link: Rival, [winner, ...more]: readonly FollowedInvoice[]): Promise<void> {
    // Judged when its link was open, and beaten since: judged again, the money is held.
    if (winner === undefined || more.length > 0 || !linkSources('completed').includes(link.status)) throw new TransactionConflict('another choice of the payment link was paid first');
    await this.repository.set(link, 'completed', winner.id, this.clock.now());
    await this.tell('link.paid', link, winner);
    await this.close((await this.repository.others(link, winner.id)).map(({ invoiceId }) => ({ merchantId: link.merchantId, id: invoiceId })), winner.cause);
  }

  /** What a choice that lost had received is taken off when it lapses by itself, too. */
  private async lapse(link: Rival, ended: readonly FollowedInvoice[], target: 'expired' | 'cancelled'): Promise<void> {
    if (link.status === 'completed') await this.close(ended);
    else if (linkSources('expired').includes(link.status)) await this.goOn(link, ended, target);
  }

  /** The newest choice that is left takes the place of the one that ended; the last one leaves the link to its payers, if there is time. */
  private async goOn(link: Rival, ended: readonly FollowedInvoice[], target: 'expired' | 'cancelled'): Promise<void> {
    const last = ended.at(-1);
    if (last === undefined) return;
    const shown = ended.find(({ id }) => id === link.invoiceId);
    const [next] = (await this.open(link)).map(({ id }) => id);
    const now = this.clock.now();
    if (next !== undefined) {
      if (shown !== undefined) await this.repository.set(link, link.status, next, now);
    } else if (target === 'cancelled') {
      await this.repository.set(link, 'cancelled', last.id, now);
      await this.tell('link.cancelled', link, last);
    } else if (shown !== undefined) {
      const reopens = link.expiresAt === null || link.expiresAt > now;
      await this.repository.set(link, reopens ? link.status : 'expired', reopens ? null : shown.id, now);
      await this.tell(reopens ? 'link.reopened' : 'link.expired', link, shown);
    }
  }

  private async close(losers: readonly InvoiceKey[], cause?: string): Promise<void> {
    if (losers.length === 0) return;
    const ended = await this.endings.takeOff(losers, cause);
    const held = await this.repository.unended(without(losers, ended));
    await this.repository.close(without(losers, held), held);
    await this.money.release(ended.filter(({ paidBefore }) => paidBefore > 0n), 'link_closed', cause);
  }

  private async tell(type: EventType, link: Rival, invoice: FollowedInvoice): Promise<void> {
    const { merchantId, id } = link;
    await this.events.record([{ merchantId, type, network: invoice.network, subjectType: 'link', subjectId: id, data: linkWithInvoiceData({ id }, invoice), cause: invoice.cause }]);
  }
}

function without(keys: readonly InvoiceKey[], others: readonly InvoiceKey[]): InvoiceKey[] {
  const left = new Set(others.map(({ id }) => id));
  return keys.filter(({ id }) => !left.has(id));
}

function byLink(rivals: readonly Rival[]): { link: Rival; choices: string[] }[] {
  return [...Map.groupBy(rivals, ({ merchantId, id }) => `${merchantId} ${id}`).values()].flatMap((group) => {
    const [link] = group;
    return link === undefined ? [] : [{ link, choices: group.map(({ choice }) => choice) }];
  });
}
