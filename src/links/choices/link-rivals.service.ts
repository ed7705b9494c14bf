import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { TransactionConflict } from '../../database/database-errors';
import { type EndedInvoice, InvoiceEndingsService } from '../../invoices/invoice-endings.service';
import { EventsService } from '../../webhooks/events.service';
import type { EventDraft, EventType } from '../../webhooks/event-types';
import type { LinkOfInvoice } from '../link-of-invoice';
import { type LinkMove, LinkRivalsRepository } from './link-rivals.repository';
import type { InvoiceKey } from '../slots/link-slots.repository';
import type { FollowedInvoice } from '../slots/link-slots.service';
import { linkSources } from '../link-states';
import { linkWithInvoiceData } from '../payment-link';
import { ReleasedMoneyService } from './released-money.service';

type LinkKey = Pick<LinkOfInvoice, 'merchantId' | 'id'>;

/**
 * The choices of a single-use link live side by side, each with its own price and deadline. The first that is recorded
 * as paid wins the link; the others end, and what was paid to them is held for the merchant to return. Every
 * method expects to be inside the caller's transaction, and takes the locks of links after those of invoices.
 */
@Injectable()
export class LinkRivalsService {
  constructor(
    private readonly repository: LinkRivalsRepository,
    private readonly endings: InvoiceEndingsService,
    private readonly money: ReleasedMoneyService,
    private readonly events: EventsService,
    private readonly clock: Clock,
  ) {}

  /** Lets links, which are held, follow their choices that were paid, lapsed or were cancelled. */
  async follow(
    rivals: readonly LinkOfInvoice[],
    invoices: readonly FollowedInvoice[],
    target: 'completed' | 'expired' | 'cancelled',
  ): Promise<void> {
    if (rivals.length === 0) return;
    const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
    await this.repository.close(rivals.map(({ merchantId, choice }) => ({ merchantId, id: choice })));
    const endings = byLink(rivals).map(({ link, choices }) => ({
      link,
      ended: choices.flatMap((id) => byId.get(id) ?? []),
    }));
    if (target === 'completed') await this.complete(endings);
    else await this.lapse(endings, target);
  }

  /**
   * The owner's early end of a link that is locked, whose choices `ended` were ended before. Those made since then end
   * with them; rows that another transaction holds are left for `closeLeft`.
   */
  async endRest(link: LinkKey, ended: readonly InvoiceKey[]): Promise<EndedInvoice[]> {
    const rest = await this.open(link);
    const more = await this.endings.expireOpen(rest, 'skip');
    await this.repository.close([...ended, ...more], without(rest, more));
    return more;
  }

  /** Ends, at most `limit` of them, choices that were held while their link was decided. Never waits: rows still held are left for the next time. */
  async closeLeft(limit: number): Promise<void> {
    const left = await this.repository.listClosing(limit);
    await this.close(left.filter(({ completed }) => completed));
    const owned = left.filter(({ completed }) => !completed);
    const ended = await this.endings.expireOpen(
      owned.filter(({ open }) => open),
      'skip',
    );
    await this.repository.close([...ended, ...owned.filter(({ open }) => !open)]);
  }

  /** The choices of a link that can be paid, the newest first. */
  async open(link: LinkKey): Promise<InvoiceKey[]> {
    return (await this.repository.choices([link])).filter(({ open }) => open);
  }

  private async complete(endings: readonly Ending[]): Promise<void> {
    const wins = endings.map(winOf);
    await this.apply(wins);
    const winners = new Map(wins.map((win) => [win.link.id, win.invoice]));
    const losers = (await this.repository.choices(wins.map(({ link }) => link))).filter(
      ({ linkId, id }) => winners.get(linkId)?.id !== id,
    );
    await this.close(losers, new Map(losers.map(({ linkId, id }) => [id, winners.get(linkId)?.cause])));
  }

  /** What a choice that lost had received is taken off when it lapses by itself, too. */
  private async lapse(endings: readonly Ending[], target: 'expired' | 'cancelled'): Promise<void> {
    await this.close(endings.flatMap(({ link, ended }) => (link.status === 'completed' ? ended : [])));
    const goingOn = endings.filter(({ link }) => linkSources('expired').includes(link.status));
    if (goingOn.length === 0) return;
    const open = Map.groupBy(
      (await this.repository.choices(goingOn.map(({ link }) => link))).filter((choice) => choice.open),
      ({ linkId }) => linkId,
    );
    const now = this.clock.now();
    await this.apply(goingOn.flatMap((ending) => succession(ending, open.get(ending.link.id)?.[0]?.id, target, now)));
  }

  private async apply(moves: readonly ToldMove[]): Promise<void> {
    await this.repository.set(moves, this.clock.now());
    await this.events.record(
      moves.flatMap(({ link, invoice, tells }) => (tells === null ? [] : linkEvent(tells, link, invoice))),
    );
  }

  /** `causes` of the events, by id of the invoice. */
  private async close(losers: readonly InvoiceKey[], causes?: ReadonlyMap<string, string | undefined>): Promise<void> {
    if (losers.length === 0) return;
    const ended = await this.endings.takeOff(losers, causes);
    const held = await this.repository.unended(without(losers, ended));
    await this.repository.close(without(losers, held), held);
    await this.money.release(
      ended.filter(({ paidBefore }) => paidBefore > 0n),
      'link_closed',
      causes,
    );
  }
}

/** A link, with those of its choices that were just paid, lapsed or cancelled. */
interface Ending {
  readonly link: LinkOfInvoice;
  readonly ended: readonly FollowedInvoice[];
}

interface ToldMove extends LinkMove {
  readonly link: LinkOfInvoice;
  /** The invoice that made it move. */
  readonly invoice: FollowedInvoice;
  /** Null where no event is written, because only the choice that the link shows has changed. */
  readonly tells: EventType | null;
}

function winOf({ link, ended: [winner, ...more] }: Ending): ToldMove {
  // Judged when its link was open, and beaten since: judged again, the money is held.
  if (winner === undefined || more.length > 0 || !linkSources('completed').includes(link.status))
    throw new TransactionConflict('another choice of the payment link was paid first');
  return { link, status: 'completed', invoiceId: winner.id, invoice: winner, tells: 'link.paid' };
}

/** The newest choice that is left (`next`) takes the place of the one that ended; the last one leaves the link to its payers, if there is time. */
function succession(
  { link, ended }: Ending,
  next: string | undefined,
  target: 'expired' | 'cancelled',
  now: Date,
): ToldMove[] {
  const last = ended.at(-1);
  const shown = ended.find(({ id }) => id === link.invoiceId);
  if (last === undefined) return [];
  if (next !== undefined)
    return shown === undefined ? [] : [{ link, status: link.status, invoiceId: next, invoice: shown, tells: null }];
  if (target === 'cancelled')
    return [{ link, status: 'cancelled', invoiceId: last.id, invoice: last, tells: 'link.cancelled' }];
  if (shown === undefined) return [];
  const reopens = link.expiresAt === null || link.expiresAt > now;
  return [
    {
      link,
      status: reopens ? link.status : 'expired',
      invoiceId: reopens ? null : shown.id,
      invoice: shown,
      tells: reopens ? 'link.reopened' : 'link.expired',
    },
  ];
}

function linkEvent(type: EventType, { merchantId, id }: LinkOfInvoice, invoice: FollowedInvoice): EventDraft {
  return {
    merchantId,
    type,
    network: invoice.network,
    subjectType: 'link',
    subjectId: id,
    data: linkWithInvoiceData({ id }, invoice),
    cause: invoice.cause,
  };
}

function without(keys: readonly InvoiceKey[], others: readonly InvoiceKey[]): InvoiceKey[] {
  const left = new Set(others.map(({ id }) => id));
  return keys.filter(({ id }) => !left.has(id));
}

function byLink(rivals: readonly LinkOfInvoice[]): { link: LinkOfInvoice; choices: string[] }[] {
  return [...Map.groupBy(rivals, ({ merchantId, id }) => `${merchantId} ${id}`).values()].flatMap((group) => {
    const [link] = group;
    return link === undefined ? [] : [{ link, choices: group.map(({ choice }) => choice) }];
  });
}
