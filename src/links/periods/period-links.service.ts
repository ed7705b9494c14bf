import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Ids } from '../../common/ids';
import type { Network } from '../../common/network';
import { InvoiceEndingsService } from '../../invoices/invoice-endings.service';
import { InvoiceSettlementService } from '../../invoices/invoice-settlement.service';
import { LivesService } from '../../lives/lives.service';
import { EventsService } from '../../webhooks/events.service';
import { LinkRivalsRepository } from '../choices/link-rivals.repository';
import { ReleasedMoneyService } from '../choices/released-money.service';
import { LinksRepository } from '../links.repository';
import { linkEventData, type PaymentLink } from '../payment-link';
import { type PeriodLinkDraft, PeriodLinksRepository } from './period-links.repository';

export type NewPeriodLink = Omit<PeriodLinkDraft, 'id' | 'publicId'>;

interface LinkKey {
  readonly merchantId: string;
  readonly id: string;
}

/**
 * A period that is priced in fiat is paid by a single-use link of its own: payers choose an asset as often as they like, each choice has
 * its own quote, and the first that is paid wins. Every method expects to be inside the caller's transaction.
 */
@Injectable()
export class PeriodLinksService {
  constructor(
    private readonly repository: PeriodLinksRepository,
    private readonly links: LinksRepository,
    private readonly rivals: LinkRivalsRepository,
    private readonly settlement: InvoiceSettlementService,
    private readonly endings: InvoiceEndingsService,
    private readonly money: ReleasedMoneyService,
    private readonly events: EventsService,
    private readonly lives: LivesService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** For subscriptions of one merchant, in their order. Throws `recovering`. */
  async open(
    merchantId: string,
    network: Network,
    drafts: readonly NewPeriodLink[],
    createdBy: string,
  ): Promise<PaymentLink[]> {
    const rows = drafts.map((draft) => ({ ...draft, id: this.ids.row(), publicId: this.ids.publicId() }));
    if (rows.length === 0) return [];
    if ((await this.repository.insert(merchantId, network, rows, createdBy, this.clock.now())) === 0)
      throw this.lives.refusal();
    const born = new Map(
      (
        await this.links.listByIds(
          { merchantId, network },
          rows.map(({ id }) => id),
        )
      ).map((link) => [link.id, link]),
    );
    const links = rows.map(({ id }) => {
      const link = born.get(id);
      if (link === undefined) throw new Error(`the link ${id} of a period was not made`);
      return link;
    });
    await this.events.record(links.map((link) => this.event('link.created', link)));
    return links;
  }

  /** Waits for the choices of a link that are open or were paid in part, and then for it, as everywhere, before its subscription is held. */
  async hold(link: LinkKey): Promise<void> {
    await this.settlement.holdEach(await this.rivals.choices([link]));
    await this.repository.hold(link.merchantId, [link.id], 'wait');
  }

  /**
   * Nobody is asked any more: the open choices are cancelled, the links with them, and what was paid to any choice in part is held. Never waits. Returns the ids of
   * the links; with one of which another transaction holds a part nothing is done.
   */
  async withdraw(keys: readonly LinkKey[]): Promise<ReadonlySet<string>> {
    const [first] = keys;
    if (first === undefined) return new Set();
    // All locks come before the first change: events that are announced cannot be taken back.
    const held = new Set(
      await this.repository.hold(
        first.merchantId,
        keys.map(({ id }) => id),
        'skip',
      ),
    );
    const choices = await this.rivals.choices(keys.filter(({ id }) => held.has(id)));
    const free = new Set((await this.settlement.holdFree(choices)).map(({ id }) => id));
    const busy = new Set(choices.flatMap(({ id, linkId }) => (free.has(id) ? [] : [linkId])));
    const ending = keys.filter(({ id }) => held.has(id) && !busy.has(id));
    const theirs = choices.filter(({ linkId }) => !busy.has(linkId));
    await this.endings.withdraw(theirs.filter(({ open }) => open));
    await this.money.releaseEnded(theirs.filter(({ open }) => !open));
    await this.cancelUnchosen(first.merchantId, ending);
    return new Set(ending.map(({ id }) => id));
  }

  /** What was paid in part to choices that have lapsed, of links that were cancelled with their last choice; the caller holds the links. Never waits. */
  async releaseParts(links: readonly LinkKey[]): Promise<void> {
    if (links.length > 0) await this.money.releaseEnded(await this.rivals.choices(links));
  }

  /** Those with an open choice were cancelled by that. */
  private async cancelUnchosen(merchantId: string, keys: readonly LinkKey[]): Promise<void> {
    const ids = await this.repository.cancelUnchosen(
      merchantId,
      keys.map(({ id }) => id),
      this.clock.now(),
    );
    if (ids.length === 0) return;
    const links = await this.links.listByIds({ merchantId, network: null }, ids);
    await this.events.record(links.map((link) => this.event('link.cancelled', link)));
  }

  private event(type: 'link.created' | 'link.cancelled', link: PaymentLink): Parameters<EventsService['record']>[0][0] {
    const { merchantId, id, network } = link;
    return { merchantId, type, network, subjectType: 'link', subjectId: id, data: linkEventData(link) };
  }
}
