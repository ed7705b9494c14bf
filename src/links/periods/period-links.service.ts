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
   * Nobody is asked any more: the open choices are cancelled, the link with them, and what was paid to any choice in part is held. Never waits. False when another
   * transaction holds the link or one of its choices: nothing is done then.
   */
  async withdraw(key: LinkKey): Promise<boolean> {
    // All locks come before the first change: events that are announced cannot be taken back.
    if ((await this.repository.hold(key.merchantId, [key.id], 'skip')).length === 0) return false;
    const choices = await this.rivals.choices([key]);
    if ((await this.settlement.holdFree(choices)).length < choices.length) return false;
    await this.endings.withdraw(choices.filter(({ open }) => open));
    await this.money.releaseEnded(choices.filter(({ open }) => !open));
    await this.cancelUnchosen(key);
    return true;
  }

  /** What was paid in part to choices that have lapsed, of links that were cancelled with their last choice; the caller holds the links. Never waits. */
  async releaseParts(links: readonly LinkKey[]): Promise<void> {
    if (links.length > 0) await this.money.releaseEnded(await this.rivals.choices(links));
  }

  /** With an open choice it was cancelled by that. */
  private async cancelUnchosen(key: LinkKey): Promise<void> {
    if (!(await this.repository.cancelUnchosen(key, this.clock.now()))) return;
    const link = await this.links.find({ merchantId: key.merchantId, network: null }, key.id);
    if (link !== null) await this.events.record([this.event('link.cancelled', link)]);
  }

  private event(type: 'link.created' | 'link.cancelled', link: PaymentLink): Parameters<EventsService['record']>[0][0] {
    const { merchantId, id, network } = link;
    return { merchantId, type, network, subjectType: 'link', subjectId: id, data: linkEventData(link) };
  }
}
