import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock';
import { DomainError, type InputFault, isDomainError } from '../../../common/errors';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { isStillReferenced } from '../../../database/database-errors';
import { Settings } from '../../../env';
import type { Change } from '../../../http/change.decorator';
import { type SentBody, validationFailed } from '../../../http/sent-body';
import { LinkChangesService } from '../../../links/link-changes.service';
import { LinkOpeningService } from '../../../links/link-opening.service';
import { LinksService } from '../../../links/links.service';
import { LinkProductsService } from '../../../links/offers/link-products.service';
import { LinkSalesService } from '../../../links/offers/link-sales.service';
import type { PaymentLink } from '../../../links/payment-link';
import type { LinkChange } from '../../../links/terms/link-change';
import type { TermFault } from '../../../links/terms/link-request';
import { MerchantHandlesService } from '../../../merchants/merchant-handles.service';
import type { Span } from '../list-query';
import type { CreatePaymentLinkDto, UpdatePaymentLinkDto } from './payment-link.dto';
import { PaymentLinkRequestsService } from './payment-link-requests.service';
import { type LinkSurroundings, paymentLinkDetails, paymentLinkView, toldMembers } from './payment-link.presenter';
import { productView } from '../products/product.presenter';
import { taxView } from '../taxes/tax.dto';
import { namedNotFound } from '../named-not-found';

type View = Record<string, unknown>;

/** A shop's links, in its own words. */
@Injectable()
export class PaymentLinksService {
  constructor(
    private readonly requests: PaymentLinkRequestsService,
    private readonly links: LinksService,
    private readonly opening: LinkOpeningService,
    private readonly changes: LinkChangesService,
    private readonly sold: LinkProductsService,
    private readonly sales: LinkSalesService,
    private readonly handles: MerchantHandlesService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Throws `validation_failed` with every fault, `slug_taken`, `recovering`. */
  async create(author: ChangingPrincipal, sent: SentBody<CreatePaymentLinkDto>): Promise<View> {
    const order = await this.requests.order(author, sent);
    const { link } = await stillThere(() => this.opening.open(author, order));
    return paymentLinkView(link, await this.around([link]));
  }

  /** The newest first. */
  async list(caller: Principal, { skip, take }: Span): Promise<View[]> {
    const links = await this.links.listNewest(caller, skip, take);
    const around = await this.around(links);
    return links.map((link) => paymentLinkView(link, around));
  }

  /** Throws `resource_not_found`, for another merchant's link too. */
  async read(caller: Principal, id: string): Promise<View> {
    const link = await this.get(caller, id);
    const { merchantId, productIds, taxRateId } = link;
    const [around, products, tax] = await Promise.all([
      this.around([link]),
      productIds.length === 0 ? [] : this.sold.productsOf(merchantId, productIds),
      taxRateId === null ? null : this.sold.taxRate(merchantId, taxRateId),
    ]);
    const views = new Map(products.map((product) => [product.id, productView(product)]));
    return paymentLinkDetails(link, around, views, tax === null ? null : taxView(tax));
  }

  /** Changes the members that are sent. Throws `resource_not_found`, `validation_failed` with every fault, `link_final`, `link_priced`. */
  async update(author: ChangingPrincipal, id: string, sent: Change<UpdatePaymentLinkDto>): Promise<View> {
    const around = await this.around([await this.get(author, id)]);
    const changed = await stillThere(() =>
      this.changes.updateHeld(author, id, (link) =>
        this.requests.change(link, sent(toldMembers(link, around)), (change) => this.judged(link, change)),
      ),
    );
    if ('faults' in changed) throw validationFailed(changed.faults.map(inOurWords));
    return paymentLinkView(changed.link, await this.around([changed.link]));
  }

  private get(caller: Principal, id: string): Promise<PaymentLink> {
    return namedNotFound('Payment link', this.links.get(caller, id));
  }

  /** What does not change any more is said here where nothing is wrong with what was sent. */
  private judged(link: PaymentLink, change: LinkChange): InputFault[] {
    try {
      return this.changes.faults(link, change).map(inOurWords);
    } catch (error) {
      if (isDomainError(error, 'link_final') || isDomainError(error, 'link_priced')) return [];
      throw error;
    }
  }

  private async around(links: readonly PaymentLink[]): Promise<LinkSurroundings> {
    const named = links.find(({ slug }) => slug !== null);
    return {
      publicUrl: this.settings.publicUrl,
      handle: named === undefined ? null : await this.handles.use(named.merchantId),
      soldOff: await this.sales.soldOff(links),
      now: this.clock.now(),
    };
  }
}

const PRICED =
  'Somebody has been given an invoice of this payment link, so what it says does not change while that can be paid: only status does';
const FINAL =
  'This payment link has ended and does not change any more, except that a higher maxPayments opens one again whose payments were all made before its expiration_date';

/** What does not change any more, in our words. Something that was named went between our look and our write. */
async function stillThere<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isDomainError(error, 'link_priced')) throw new DomainError('link_priced', { detail: PRICED, cause: error });
    if (isDomainError(error, 'link_final')) throw new DomainError('link_final', { detail: FINAL, cause: error });
    if (!isStillReferenced(error) && !isDomainError(error, 'related_resource_not_found')) throw error;
    throw new DomainError('validation_failed', {
      detail: 'A product, the tax or the customer that is named does not exist any more',
      cause: error,
    });
  }
}

function inOurWords({ attribute, detail }: TermFault): InputFault {
  return { path: attribute === 'expiresAt' ? 'expiration_date' : attribute, message: detail };
}
