import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/errors';
import { Transactions } from '../../database/transactions';
import { Settings } from '../../env';
import type { Invoice } from '../../invoices/invoice';
import type { InvoicePeriod } from '../../invoices/invoices.service';
import { MIN_SCALE } from '../choices/link-choice.service';
import { PAYER } from '../visitor';
import { type ChoiceKey, LinkChoiceKeysService } from '../choices/link-choice-keys.service';
import { StandingTermsService } from '../choices/standing-terms.service';
import { LinkChoicesRepository } from '../choices/link-choices.repository';
import { LinkInvoicesService } from '../link-invoices.service';
import type { CheckoutChoice, OfferState } from '../offers/link-offer';
import { LinkPricingService, type PricedChoice } from '../offers/link-pricing.service';
import { assertDetails, type PayerDetails } from '../offers/asked-details';
import { LinkRecordService } from '../link-record.service';
import { LinkSlotsService } from './link-slots.service';
import { LinksRepository } from '../links.repository';
import type { PaymentLink } from '../payment-link';

/** What begins with an invoice, in its transaction. */
export interface Beginning {
  /** Before it is made: which period of what it asks for, and the address that was given. */
  before(
    priced: PricedChoice,
    details: PayerDetails,
  ): Promise<{ readonly period: InvoicePeriod; readonly email: string | null }>;
  /** When it is made. */
  after(invoice: Invoice): Promise<void>;
}

/** Late money for an enrolment that was not paid in time is held: its slot may be somebody else's. */
const ENROLMENT_GRACE_SECONDS = 0;

/** Links that open an invoice of its own for every checkout. */
@Injectable()
export class ReusableLinksService {
  constructor(
    private readonly links: LinksRepository,
    private readonly choices: LinkChoicesRepository,
    private readonly keys: LinkChoiceKeysService,
    private readonly standing: StandingTermsService,
    private readonly slots: LinkSlotsService,
    private readonly children: LinkInvoicesService,
    private readonly pricing: LinkPricingService,
    private readonly record: LinkRecordService,
    private readonly transactions: Transactions,
    private readonly settings: Settings,
  ) {}

  /**
   * Takes a slot and opens the invoice that fills it, in one transaction; its lines, tax and total are those of this
   * moment. Limits count `payerAddress`, so the whole network of an IPv6 payer. Throws `link_sold_out`,
   * `link_not_open`, `checkout_limit_reached` when this address holds as many unpaid slots of the link as one may, and
   * what `LinkPricingService.price` throws.
   */
  async open(
    link: PaymentLink,
    state: OfferState,
    choice: CheckoutChoice,
    payerAddress: string,
    key: ChoiceKey | null,
    beginning?: Beginning,
  ): Promise<Invoice> {
    if (state !== 'open') throw refusal(state);
    // Checked exactly below; here it saves a quote for a payer who is refused anyway.
    await this.assertRoom(link, payerAddress);
    const details = assertDetails(link, choice);
    const priced = await this.pricing.price(link, choice);
    return this.transactions.run(() => this.fill(link, choice, priced, details, payerAddress, key, beginning));
  }

  private async fill(
    link: PaymentLink,
    choice: CheckoutChoice,
    priced: PricedChoice,
    details: PayerDetails,
    address: string,
    key: ChoiceKey | null,
    beginning: Beginning | undefined,
  ): Promise<Invoice> {
    const { version } = await this.links.lock(link.merchantId, link.id);
    // The other of two clicks may have got the slot, perhaps the last one.
    const repeated = await this.keys.find(link, choice, key);
    if (repeated !== null) return repeated;
    await this.standing.assert(link, version);
    if (!(await this.slots.take(link)))
      throw link.maxPayments === null ? new DomainError('link_not_open') : refusal('sold_out');
    const { merchantId, network } = link;
    // Exact, because every transaction that opens the link waits for the row that the slot was taken from.
    await this.assertRoom(link, address);
    const begun = await beginning?.before(priced, details);
    const invoice = await this.children.create(
      { merchantId, network, actor: PAYER, ...(begun === undefined ? {} : { period: begun.period }) },
      { ...link, expiresAt: priced.expiresAt },
      {
        ...priced,
        scale: MIN_SCALE,
        ...(beginning === undefined ? {} : { lateGraceSeconds: ENROLMENT_GRACE_SECONDS }),
      },
      begun === undefined ? details : { ...details, email: begun.email },
    );
    await this.choices.hold(
      link,
      { ...priced, invoiceId: invoice.id, createdAt: invoice.createdAt, ...this.keys.digests(choice, key) },
      address,
    );
    await beginning?.after(invoice);
    await this.record.announce('link.chosen', link, invoice);
    return invoice;
  }

  private async assertRoom(link: PaymentLink, address: string): Promise<void> {
    const held = await this.choices.countHeld(link, address);
    if (held >= this.settings.limits.unpaidCheckouts)
      throw new DomainError('checkout_limit_reached', { retryAfterSeconds: this.settings.checkoutSeconds });
  }
}

/** A link that was open a moment ago may be closed when the slot is taken: paused, ended or sold out. */
function refusal(state: OfferState): DomainError {
  return state === 'sold_out'
    ? new DomainError('link_sold_out')
    : new DomainError('link_not_open', { detail: `The payment link cannot be used. Its status is ${state}` });
}
