import { Injectable } from '@nestjs/common';
import type { ChangingPrincipal } from '../common/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isStillReferenced, violatedUnique } from '../database/database-errors';
import type { InvoiceDraft } from '../invoices/invoices.service';
import { MerchantHandlesService } from '../merchants/merchant-handles.service';
import { MerchantsService } from '../merchants/merchants.service';
import { ReceivabilityService, type ReceivingWarning } from '../merchants/receivability.service';
import { CurrenciesService } from '../rates/currencies.service';
import { type LinkFacts, LinkBirthService } from './link-birth.service';
import { DEFAULT_TITLE } from './offers/link-products.service';
import { LinkInvoicesService } from './link-invoices.service';
import type { LinkOrder } from './terms/link-order';
import type { PaymentLink } from './payment-link';
import { asksPayer, NO_SHOP } from './shop-terms';

export interface OpenedLink {
  readonly link: PaymentLink;
  /** What its merchant should know at once: of each asset that it may be paid in. */
  readonly warnings: readonly ReceivingWarning[];
}

/** Opens links that their owner's program asked for. */
@Injectable()
export class LinkOpeningService {
  constructor(
    private readonly birth: LinkBirthService,
    private readonly invoices: LinkInvoicesService,
    private readonly merchants: MerchantsService,
    private readonly handles: MerchantHandlesService,
    private readonly receivability: ReceivabilityService,
    private readonly currencies: CurrenciesService,
    private readonly clock: Clock,
  ) {}

  /**
   * A single-use link with a fixed price in an asset gets its invoice at once; others when a payer has chosen. Throws
   * `reference_duplicate`, with the reference as its detail, when the merchant has used it on this network,
   * `recovering` while no reference may be given out.
   */
  async open(author: ChangingPrincipal, order: LinkOrder): Promise<OpenedLink> {
    const { network, terms, taxRate, shop = NO_SHOP } = order;
    const draft = asksPayer(shop) ? null : await this.invoices.atBirth({ ...author, network }, terms, taxRate);
    if (shop.slug !== null) await this.handles.use(author.merchantId);
    const link = await this.write(author, order, draft);
    const { destination } = draft ?? (await this.merchants.till(author, network));
    return { link, warnings: await this.warnings(link, destination) };
  }

  private async write(author: ChangingPrincipal, order: LinkOrder, draft: InvoiceDraft | null): Promise<PaymentLink> {
    const facts = factsOf(author, order);
    try {
      if (draft === null) return await this.birth.alone(author, facts, this.clock.now());
      return await this.birth.withInvoice(author, { ...facts, title: facts.title ?? DEFAULT_TITLE }, draft);
    } catch (error) {
      // A product or the tax rate went between our look and our write.
      if (isStillReferenced(error)) throw new DomainError('related_resource_not_found', { cause: error });
      const taken = violatedUnique(error);
      if (taken === 'payment_links_slug_unique')
        throw new DomainError('slug_taken', {
          detail: `Another payment link has the slug ${facts.slug}`,
          cause: error,
        });
      if (taken !== 'payment_links_reference_unique') throw error;
      throw new DomainError('reference_duplicate', { detail: order.terms.reference ?? '', cause: error });
    }
  }

  /** Nothing is asked of the network. */
  private warnings(link: PaymentLink, destination: string): Promise<ReceivingWarning[]> {
    const { network, currency, accountCurrency } = link;
    const settled = accountCurrency === null ? null : this.currencies.get(accountCurrency).settlementAsset;
    const isFiat = this.currencies.get(currency).kind === 'fiat';
    const codes = isFiat && settled !== null ? [settled] : this.currencies.offeredFor(link);
    const assets = codes.map((code) => this.currencies.payable(network, code));
    return this.receivability.warnings(network, destination, assets);
  }
}

function factsOf(
  { merchantId, actor }: ChangingPrincipal,
  { network, terms, products, quantities, taxRate, shop = NO_SHOP }: LinkOrder,
): LinkFacts {
  const { openAmount, payCurrencies, paymentMethods, metadata, ...rest } = terms;
  return {
    ...rest,
    ...shop,
    merchantId,
    network,
    payCurrencies: payCurrencies === null ? null : [...payCurrencies],
    paymentMethods: [...paymentMethods],
    metadata: { ...metadata },
    minimum: openAmount?.minimum ?? null,
    maximum: openAmount?.maximum ?? null,
    presets: openAmount === null ? null : [...openAmount.presets],
    productIds: products.map(({ id }) => id),
    productQuantities: products.map((_product, at) => quantities?.[at] ?? 1),
    taxRateId: taxRate?.id ?? null,
    createdBy: actor,
  };
}
