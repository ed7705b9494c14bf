import { Injectable } from '@nestjs/common';
import { type DomainError, isDomainError } from '../common/errors';
import { InvoiceExchangeRoutesService } from '../payments/invoice-exchange-routes.service';
import { type AssetPrices, assetPrices } from './asset-prices';
import { CheckoutService } from './checkout.service';
import { choosePage, endedPage } from './choose-page';
import {
  type ChoiceFault,
  type ChoiceValues,
  choiceValues,
  faultOf,
  formKey,
  readChoice,
  sentToken,
} from './choice-form';
import type { OfferView } from './offer-view';
import { OffersService } from './offers.service';
import { notFoundPage } from './page-document';
import { imageHostsOf } from './pictures';
import type { PageAnswer } from './page-answer';
import { payPage } from './pay-page';
import { isPayable } from './payment-facts';

/** Query of a payer's page, as it was sent. */
export type PageQuery = Readonly<Record<string, unknown>>;

export const MISSING: PageAnswer = { status: 404, page: notFoundPage() };

/** Which page a payer gets to see. */
@Injectable()
export class PayPagesService {
  constructor(
    private readonly checkout: CheckoutService,
    private readonly offers: OffersService,
    private readonly routes: InvoiceExchangeRoutesService,
  ) {}

  /** The invoice's page with what it costs in other assets. Asks the network, unless a request has just done so. */
  async prices(publicId: string): Promise<PageAnswer> {
    try {
      const view = await this.checkout.view(publicId);
      return { status: 200, page: payPage(view, isPayable(view.state) ? await this.pricesOf(publicId) : null) };
    } catch (error) {
      if (isDomainError(error, 'invoice_not_found')) return MISSING;
      throw error;
    }
  }

  /** The invoice's page; that of a link leads to what was chosen at this address, or is for choosing. `choose` in the query asks to choose anew. */
  async open(publicId: string, query: PageQuery, payerAddress: string): Promise<PageAnswer> {
    try {
      return { status: 200, page: payPage(await this.checkout.view(publicId)) };
    } catch (error) {
      if (!isDomainError(error, 'invoice_not_found')) throw error;
    }
    const view = await this.offer(publicId, payerAddress);
    if (view === null) return MISSING;
    // A choice is shown to the payer who made it: the next payer must not see an amount that a stranger made up.
    const current = view.state === 'open' || view.state === 'inactive' ? view.own : view.current;
    if (current !== null && !(view.state === 'open' && Object.hasOwn(query, 'choose'))) return chosen(view, current);
    const values = choiceValues(query, view, this.offers.token());
    return offerPage(await this.offers.withCatalogue(view, values.shop), values, null);
  }

  /** The form once more, on another page of what is on sale. */
  async turn(publicId: string, form: unknown): Promise<PageAnswer> {
    const view = await this.offer(publicId);
    if (view === null) return MISSING;
    const values = choiceValues(form, view, sentToken(form) ?? this.offers.token());
    return offerPage(await this.offers.withCatalogue(view, values.shop), values, null);
  }

  /** What the payer sent with the form; a refusal is the form once more, with the reason. Sent twice, it leads to where it led first. */
  async choose(publicId: string, form: unknown, payerAddress: string): Promise<PageAnswer> {
    const view = await this.offer(publicId);
    if (view === null) return MISSING;
    const token = sentToken(form);
    const values = choiceValues(form, view, token ?? this.offers.token());
    const key = formKey(form);
    const repeated = key === null ? null : await this.offers.repeated(publicId, { asset: values.asset }, key);
    if (repeated !== null) return { location: `/pay/${repeated.publicId}` };
    if (view.state !== 'open') return offerPage(view, values, null, 409);
    const choice = readChoice(values, view);
    if ('message' in choice) return offerPage(await this.offers.withCatalogue(view, values.shop), values, choice);
    try {
      return { location: `/pay/${(await this.offers.choose(publicId, choice, payerAddress, key)).publicId}` };
    } catch (error) {
      if (!isDomainError(error) || isDomainError(error, 'internal_error')) throw error;
      return await this.refused(publicId, values, error);
    }
  }

  private async pricesOf(publicId: string): Promise<AssetPrices> {
    try {
      return assetPrices(await this.routes.list(publicId));
    } catch (error) {
      // The page says so; how to pay does not depend on it. Any other error, such as an end at this very moment, is reported as usual.
      if (isDomainError(error) && error.status === 503) return 'unavailable';
      throw error;
    }
  }

  /** The link may have ended or been chosen for meanwhile, so the page is made of what it is now. */
  private async refused(publicId: string, values: ChoiceValues, error: DomainError): Promise<PageAnswer> {
    const view = await this.offer(publicId);
    if (view === null) return MISSING;
    const status = error.status;
    const page = offerPage(
      await this.offers.withCatalogue(view, values.shop),
      values,
      faultOf(error, view),
      status < 500 && error.faults.length > 0 ? 422 : status,
    );
    return error.retryAfterSeconds === undefined ? page : { ...page, retryAfterSeconds: error.retryAfterSeconds };
  }

  private async offer(publicId: string, payerAddress: string | null = null): Promise<OfferView | null> {
    try {
      return await this.offers.view(publicId, payerAddress);
    } catch (error) {
      if (isDomainError(error, 'link_not_found')) return null;
      throw error;
    }
  }
}

/** A link that names itself has lost its invoice: sending its payer there would go round in circles. */
function chosen({ publicId }: OfferView, current: string): PageAnswer {
  return current === publicId ? MISSING : { location: `/pay/${current}` };
}

/** Gone is what cannot come back; what is paused or sold out may. */
const STATUS: Readonly<Record<OfferView['state'], number>> = {
  open: 200,
  inactive: 200,
  sold_out: 200,
  completed: 200,
  expired: 410,
  cancelled: 410,
};

function offerPage(
  view: OfferView,
  values: ChoiceValues,
  fault: ChoiceFault | null,
  status = fault === null ? STATUS[view.state] : 422,
): PageAnswer & { readonly status: number } {
  const { state } = view;
  if (state !== 'open') return { status, page: endedPage({ ...view, state }) };
  return { status, page: choosePage(view, values, fault), imageHosts: imageHostsOf(view) };
}
