import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { DomainError } from '../../common/errors';
import { Transactions } from '../../database/transactions';
import { PAYABLE_STATUSES } from '../../invoices/invoice-states';
import type { Invoice } from '../../invoices/invoice';
import { type ChoiceKey, LinkChoiceKeysService } from './link-choice-keys.service';
import { LinkChoicesRepository, type OwnChoice } from './link-choices.repository';
import { LinkInvoicesService } from '../link-invoices.service';
import { isSameChoice, isSamePayer } from './same-choice';
import { StandingTermsService } from './standing-terms.service';
import type { CheckoutChoice } from '../offers/link-offer';
import { LinkPricingService, type PricedChoice } from '../offers/link-pricing.service';
import { assertDetails, type PayerDetails } from '../offers/asked-details';
import { LinkRecordService } from '../link-record.service';
import { LinksRepository } from '../links.repository';
import { linkState, type PaymentLink } from '../payment-link';
import { PAYER } from '../visitor';

export const MIN_SCALE = 2;

/** As many choices of one link may be open for payers at one address: enough to compare, too few to block others. */
const OPEN_CHOICES_PER_ADDRESS = 5;

/** A payer's choice for a single-use link: of an asset, and of an amount where the link has none. */
@Injectable()
export class LinkChoiceService {
  constructor(
    private readonly repository: LinksRepository,
    private readonly choices: LinkChoicesRepository,
    private readonly keys: LinkChoiceKeysService,
    private readonly standing: StandingTermsService,
    private readonly children: LinkInvoicesService,
    private readonly pricing: LinkPricingService,
    private readonly record: LinkRecordService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /**
   * The invoice to pay, good for as long as its quote, whatever others choose meanwhile: the first choice that is paid
   * ends the others. The same choice at the same address gets the same invoice while it can be paid.
   * Throws `link_choice_closed`, `checkout_limit_reached` and what `LinkPricingService.price` throws.
   */
  async chooseFor(
    link: PaymentLink,
    choice: CheckoutChoice,
    payerAddress: string,
    key: ChoiceKey | null,
  ): Promise<Invoice> {
    const born = await this.bornInvoice(link);
    if (born !== null) {
      if (choice.asset === link.currency && this.isPayable(born)) return born;
      throw closed(`It is paid in ${link.currency}`);
    }
    this.assertOpen(link);
    // Checked exactly below; here it saves a quote for a payer who is refused anyway.
    const known = await this.sameOrRoom(link, choice, payerAddress);
    if (known !== null) return known;
    const said = assertDetails(link, choice);
    const details = link.period?.details ?? said;
    const priced = await this.pricing.price(link, choice);
    return this.transactions.run(() => this.add(link, choice, priced, details, payerAddress, key));
  }

  /** Born with its link: there is nothing to choose. */
  private async bornInvoice(link: PaymentLink): Promise<Invoice | null> {
    if (link.invoiceId === null || (await this.choices.find(link.merchantId, link.invoiceId)) !== null) return null;
    return this.children.get(link, link.invoiceId);
  }

  private assertOpen(
    link: Pick<PaymentLink, 'kind' | 'status' | 'invoiceId' | 'maxPayments' | 'slotsUsed' | 'expiresAt'>,
  ): void {
    const over = link.expiresAt !== null && link.expiresAt <= this.clock.now();
    if (link.status !== 'active' || over) throw closed(`Its status is ${over ? 'expired' : linkState(link)}`);
  }

  private isPayable({ status, expiresAt }: Invoice): boolean {
    return PAYABLE_STATUSES.includes(status) && (expiresAt === null || expiresAt > this.clock.now());
  }

  /** The invoice of the same choice at the same address; null when there is none, and room for one more. Throws `checkout_limit_reached`. */
  private async sameOrRoom(link: PaymentLink, choice: CheckoutChoice, payerAddress: string): Promise<Invoice | null> {
    const now = this.clock.now();
    const own = await this.choices.listOwn(link, payerAddress, now);
    const same = own.filter((known) => isSameChoice(link, choice, known)).map(({ invoiceId }) => invoiceId);
    const invoices = await this.children.listByIds(link, same);
    const [known] = invoices.filter((invoice) => isSamePayer(link, choice, invoice));
    if (known !== undefined) return known;
    if (own.length >= OPEN_CHOICES_PER_ADDRESS) throw crowded(own, now);
    return null;
  }

  /** Holding the link, so that the second of two clicks gets what the first one got. */
  private async add(
    link: PaymentLink,
    choice: CheckoutChoice,
    priced: PricedChoice,
    details: PayerDetails,
    payerAddress: string,
    key: ChoiceKey | null,
  ): Promise<Invoice> {
    const { merchantId, network, period } = link;
    const now = await this.repository.lock(merchantId, link.id);
    const repeated = await this.keys.find(link, choice, key);
    if (repeated !== null) return repeated;
    if (now.status !== 'active') throw closed(`Its status is ${linkState({ ...link, ...now })}`);
    await this.standing.assert(link, now.version);
    const known = await this.sameOrRoom(link, choice, payerAddress);
    if (known !== null) return known;
    const invoice = await this.children.create(
      {
        merchantId,
        network,
        actor: PAYER,
        ...(period === null ? {} : { period: { subscriptionId: period.subscriptionId, index: period.index } }),
      },
      { ...link, expiresAt: priced.expiresAt },
      { ...priced, scale: MIN_SCALE },
      details,
    );
    await this.choices.choose(
      link,
      { ...priced, invoiceId: invoice.id, createdAt: invoice.createdAt, ...this.keys.digests(choice, key) },
      payerAddress,
      this.clock.now(),
    );
    await this.record.announce('link.chosen', { ...link, invoiceId: invoice.id }, invoice);
    await this.record.chosen({ ...link, ...now }, priced.payCurrency, invoice.id);
    return invoice;
  }
}

/** What was promised is kept, so the oldest does not make room: it makes room when its time is over. */
function crowded(own: readonly OwnChoice[], now: Date): DomainError {
  const soonest = Math.min(...own.map(({ expiresAt }) => expiresAt.getTime()));
  const detail = `${own.length} choices of this payment link are open for your network address already. Pay one of them, or choose again when one has lapsed`;
  return new DomainError('checkout_limit_reached', {
    detail,
    retryAfterSeconds: Math.max(1, Math.ceil((soonest - now.getTime()) / 1000)),
  });
}

function closed(detail: string): DomainError {
  return new DomainError('link_choice_closed', {
    detail: `No asset can be chosen for this payment link any more. ${detail}`,
  });
}
