import { Injectable } from '@nestjs/common';
import { isDomainError } from '../../../common/errors';
import { isPublicId } from '../../../common/ids';
import { Settings } from '../../../env';
import type { Invoice } from '../../../invoices/invoice';
import { InvoiceStatusService, statusTag } from '../../../invoices/invoice-status.service';
import { InvoicesService } from '../../../invoices/invoices.service';
import { LinkCheckoutService } from '../../../links/choices/link-checkout.service';
import type { LinkOffer } from '../../../links/offers/link-offer';
import { CurrenciesService } from '../../../rates/currencies.service';
import { checkoutUrl, linkOffered, linkPublic, linkStatusView, offerStatus } from './link.presenter';

type View = Record<string, unknown>;

/** Links as anyone sees them. One that has no invoice of its own, which other families make, is told by what it offers. */
@Injectable()
export class WalletLinkReadsService {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly statuses: InvoiceStatusService,
    private readonly links: LinkCheckoutService,
    private readonly currencies: CurrenciesService,
    private readonly settings: Settings,
  ) {}

  /** Throws `link_not_found`. */
  async read(publicId: string): Promise<View> {
    const { publicUrl } = this.settings;
    const invoice = await this.invoiceOf(publicId);
    if (invoice !== null) return linkPublic(invoice, publicUrl);
    const offer = await this.links.offer(publicId);
    const paid = await this.paidBy(offer);
    if (paid !== null)
      return { ...linkPublic(paid, publicUrl), id: publicId, checkoutUrl: checkoutUrl(publicUrl, publicId) };
    return linkOffered(offer, this.currencies.find(offer.currency)?.kind === 'asset', publicUrl);
  }

  /** What polls are answered, and a tag that changes whenever it does. Throws `link_not_found`. */
  async status(publicId: string): Promise<{ readonly tag: string; readonly told: View }> {
    const view = isPublicId(publicId) ? await this.statuses.read(publicId) : null;
    if (view !== null) return { tag: statusTag(view), told: linkStatusView(view) };
    const offer = await this.links.offer(publicId);
    const paid = await this.paidBy(offer);
    const { expiresAt } = offer;
    return {
      tag: `${offerStatus(offer)}.${paid === null ? '' : 'paid'}.${expiresAt?.getTime() ?? 0}`,
      told: {
        ...linkStatusView({ status: 'PENDING', paidTransaction: null, paidAt: null, expiresAt, ...paid, publicId }),
        status: offerStatus(offer),
      },
    };
  }

  private async invoiceOf(publicId: string): Promise<Invoice | null> {
    try {
      return await this.invoices.getPublic(publicId);
    } catch (error) {
      if (isDomainError(error, 'invoice_not_found')) return null;
      throw error;
    }
  }

  /** Of a single-use link. What somebody has chosen and not paid is no one else's price. */
  private async paidBy({ state, current }: LinkOffer): Promise<Invoice | null> {
    return state === 'completed' && current !== null ? this.invoices.getPublic(current) : null;
  }
}
