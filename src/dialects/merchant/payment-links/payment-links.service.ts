import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/clock';
import { DomainError, type InputFault, isDomainError } from '../../../common/errors';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { isStillReferenced } from '../../../database/database-errors';
import { Settings } from '../../../env';
import type { Change } from '../../../http/change.decorator';
import { entityTag } from '../../../http/preconditions';
import { type SentBody, validationFailed } from '../../../http/sent-body';
import { LinkChangesService } from '../../../links/link-changes.service';
import { LinkOpeningService } from '../../../links/link-opening.service';
import { LinksService } from '../../../links/links.service';
import { LinkProductsService } from '../../../links/offers/link-products.service';
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

/** A payer who takes a slot moves the version of the link; three in the time of one change are many. */
const ATTEMPTS = 3;

/** A shop's links, in its own words. */
@Injectable()
export class PaymentLinksService {
  constructor(
    private readonly requests: PaymentLinkRequestsService,
    private readonly links: LinksService,
    private readonly opening: LinkOpeningService,
    private readonly changes: LinkChangesService,
    private readonly sold: LinkProductsService,
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
    for (let attempt = 1; ; attempt += 1) {
      const link = await this.get(author, id);
      const around = await this.around([link]);
      const change = await this.requests.change(link, sent(toldMembers(link, around)), (each) =>
        this.judged(link, each),
      );
      const changed = await this.changed(author, link, change);
      if (changed !== null) return paymentLinkView(changed, around);
      if (attempt === ATTEMPTS)
        throw new DomainError('database_busy', {
          detail: 'The payment link is being paid so often that it could not be changed: please try again',
          retryAfterSeconds: 1,
        });
    }
  }

  private get(caller: Principal, id: string): Promise<PaymentLink> {
    return namedNotFound('Payment link', this.links.get(caller, id));
  }

  /** Null when the link has moved since it was read. */
  private async changed(author: ChangingPrincipal, link: PaymentLink, change: LinkChange): Promise<PaymentLink | null> {
    try {
      const changed = await stillThere(() => this.changes.update(author, link.id, change, entityTag(link.version)));
      if ('faults' in changed) throw validationFailed(changed.faults.map(inOurWords));
      return changed.link;
    } catch (error) {
      if (isDomainError(error, 'precondition_failed')) return null;
      throw error;
    }
  }

  private judged(link: PaymentLink, change: LinkChange): InputFault[] {
    try {
      return this.changes.faults(link, change).map(inOurWords);
    } catch (error) {
      // That the link has ended is said where nothing is wrong with what was sent.
      if (isDomainError(error, 'link_final') || isDomainError(error, 'link_priced')) return [];
      throw error;
    }
  }

  private async around(links: readonly PaymentLink[]): Promise<LinkSurroundings> {
    const named = links.find(({ slug }) => slug !== null);
    return {
      publicUrl: this.settings.publicUrl,
      handle: named === undefined ? null : await this.handles.use(named.merchantId),
      now: this.clock.now(),
    };
  }
}

/** Something that was named went between our look and our write. */
async function stillThere<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
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
