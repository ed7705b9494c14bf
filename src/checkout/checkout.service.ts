import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import type { Invoice } from '../invoices/invoice';
import { InvoicesService } from '../invoices/invoices.service';
import { LinkCheckoutService } from '../links/choices/link-checkout.service';
import { LinkOriginsService } from '../links/link-origins.service';
import { MerchantsService } from '../merchants/merchants.service';
import { ReceivabilityService } from '../merchants/receivability.service';
import { amountOwed, assetOf } from '../payments/payable';
import { PaymentReadsService } from '../payments/payment-reads.service';
import { PaymentUriService } from '../payments/payment-uri.service';
import { CurrenciesService } from '../rates/currencies.service';
import { type CheckoutView, checkoutView } from './checkout-view';
import { asksForOffer, type LinkContext, linkContext, NO_LINK } from './link-context';
import {
  type CheckoutState,
  checkoutState,
  isPayable,
  mayHold,
  type PaymentFacts,
  paymentFacts,
} from './payment-facts';
import { paymentRequest } from './payment-request';

/** Decimals of a fiat currency that this deployment does not price in any more. */
const USUAL_SCALE = 2;

/** What the holder of a public id may see of an invoice. Throws `invoice_not_found`. */
@Injectable()
export class CheckoutService {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly merchants: MerchantsService,
    private readonly origins: LinkOriginsService,
    private readonly links: LinkCheckoutService,
    private readonly currencies: CurrenciesService,
    private readonly uris: PaymentUriService,
    private readonly payments: PaymentReadsService,
    private readonly receivability: ReceivabilityService,
    private readonly clock: Clock,
  ) {}

  async view(publicId: string): Promise<CheckoutView> {
    const invoice = await this.invoices.getPublic(publicId);
    const now = this.clock.now();
    const facts = await this.factsOf(invoice, now);
    const [{ name }, link, blocked] = await Promise.all([
      this.merchants.settings(invoice.merchantId),
      this.linkOf(invoice, facts.state),
      this.isBlocked(invoice, facts.state),
    ]);
    return checkoutView(facts, invoice, name, link, this.currencies.payableOn(invoice.network), blocked, now);
  }

  /** Without a payment request where the link takes no payments by codes. */
  async facts(publicId: string): Promise<PaymentFacts> {
    const invoice = await this.invoices.getPublic(publicId);
    const facts = await this.factsOf(invoice, this.clock.now());
    return facts.uri === null || (await this.showsCodes(invoice)) ? facts : { ...facts, uri: null };
  }

  /** The payment request as a code holds it; null when there is nothing to pay any more. Not found, too, where the link takes no payments by codes. */
  async request(publicId: string): Promise<string | null> {
    const invoice = await this.invoices.getPublic(publicId);
    if (!(await this.showsCodes(invoice))) throw new DomainError('invoice_not_found');
    return (await this.factsOf(invoice, this.clock.now())).uri;
  }

  private async showsCodes(invoice: Invoice): Promise<boolean> {
    return (await this.origins.originOf(invoice))?.showsCodes ?? true;
  }

  /** As far as is known; this does not wait for the ledger. */
  private async isBlocked(invoice: Invoice, state: CheckoutState): Promise<boolean> {
    if (!isPayable(state) || invoice.activateNewAccounts) return false;
    return this.receivability.isBlocked(invoice.network, invoice.destination, assetOf(invoice));
  }

  private async linkOf(invoice: Invoice, state: CheckoutState): Promise<LinkContext> {
    const origin = await this.origins.originOf(invoice);
    if (origin === null) return NO_LINK;
    // A later period leads nobody to subscribe once more; one that was chosen leads back to its own choices.
    const isRenewal = (invoice.periodIndex ?? 0) > 0 && origin.payCurrency === null;
    const offer =
      !isRenewal && origin.linkPublicId !== invoice.publicId && asksForOffer(state)
        ? await this.links.offer(origin.linkPublicId)
        : null;
    const fiat = origin.quote === null ? null : this.currencies.find(origin.quote.currency);
    return linkContext(origin, offer, state, fiat?.scale ?? USUAL_SCALE);
  }

  private async factsOf(invoice: Invoice, now: Date): Promise<PaymentFacts> {
    const held = mayHold(checkoutState(invoice, now)) ? await this.payments.heldFor(invoice) : 0n;
    return paymentFacts(invoice, held, now, () =>
      paymentRequest(invoice.title, (title) =>
        this.uris.uriFor(Object.assign({}, invoice, { title }), amountOwed(invoice)),
      ),
    );
  }
}
