import { Injectable } from '@nestjs/common';
import type { ChangingPrincipal } from '../../../common/principal';
import { Clock } from '../../../common/clock';
import { DomainError } from '../../../common/errors';
import type { RequestBody } from '../../../jsonapi/request-body';
import type { Product } from '../../../products/product';
import type { TaxRate } from '../../../products/tax-rate';
import { CurrenciesService } from '../../../rates/currencies.service';
import type { CreateLinkDto } from './link.dto';
import { LinkProductsService } from '../../../links/offers/link-products.service';
import { amountFault } from '../../../links/terms/link-price-terms';
import type { TermFault } from '../../../links/terms/link-request';
import type { LinkOrder } from '../../../links/terms/link-order';
import { type JudgedTerms, type LinkTerms, linkTerms } from '../../../links/terms/link-terms';
import { Networks } from '../../../stellar/networks';
import { LinkPricingService } from '../../../links/offers/link-pricing.service';

type Body = RequestBody<CreateLinkDto>;
/** What of a link decides about its goods, as far as it is known. */
interface Goods {
  readonly kind: string;
  readonly currency?: string | undefined;
}

const MAX_PRODUCTS = 20;

/** A request document as a link to be made. */
@Injectable()
export class LinkRequestsService {
  constructor(
    private readonly sold: LinkProductsService,
    private readonly pricing: LinkPricingService,
    private readonly currencies: CurrenciesService,
    private readonly networks: Networks,
    private readonly clock: Clock,
  ) {}

  /** Throws 422 for terms that do not fit, and 404 for a product or tax rate that is not the caller's. */
  async read(author: ChangingPrincipal, body: Body): Promise<LinkOrder> {
    // A key makes links on its own network, a session on the deployment's first.
    const network = author.network ?? this.networks.default.network;
    const known = { assets: this.currencies.payableOn(network), find: (code: string) => this.currencies.find(code) };
    const judged = linkTerms(body.attributes, known, this.clock.now(), body.faulty);
    const told =
      'terms' in judged
        ? judged.terms
        : { kind: body.attributes.kind ?? 'standard', currency: body.attributes.currency };
    const goods: { products: readonly Product[]; taxRate: TaxRate | null } = { products: [], taxRate: null };
    await body.assertAll({}, [
      [[], () => assertTerms(body, judged)],
      [['kind', 'currency'], async () => (goods.products = await this.products(author.merchantId, body, told))],
      [['kind'], async () => (goods.taxRate = await this.taxRate(author.merchantId, body, told))],
    ]);
    const { terms, shop } = assertTerms(body, judged);
    const { products, taxRate } = goods;
    if (products.length > 0 || taxRate !== null) await this.assertPrice(author, terms, products, taxRate);
    return { network, terms, products, taxRate, shop };
  }

  private async products(merchantId: string, body: Body, { kind, currency }: Goods): Promise<readonly Product[]> {
    const ids = (body.toMany('products') ?? []).map(({ id }) => id);
    const wrong = (message: string): DomainError =>
      misplaced(body.toMany('products') !== undefined, 'products', message);
    if (kind !== 'product') {
      if (ids.length > 0) throw wrong('belong to links of the kind product');
      return [];
    }
    if (ids.length === 0 || ids.length > MAX_PRODUCTS) throw wrong(`must name 1 to ${MAX_PRODUCTS} products`);
    if (new Set(ids).size < ids.length) throw wrong('must not name a product twice');
    const products = await this.sold.productsOf(merchantId, ids);
    const missing = ids.findIndex((id) => !products.some((product) => product.id === id));
    if (missing >= 0) throw body.relatedNotFound('products', missing);
    if (products.some(({ status }) => status !== 'active')) throw wrong('must all be active');
    if (products.some((product) => product.currency !== currency))
      throw wrong(`must all be priced in ${currency}, the currency of the link`);
    return products;
  }

  private async taxRate(merchantId: string, body: Body, { kind }: Goods): Promise<TaxRate | null> {
    const named = body.toOne('taxRate') ?? null;
    if (named === null) return null;
    if (kind === 'product') throw misplaced(true, 'taxRate', 'belongs to the products themselves');
    const rate = await this.sold.taxRate(merchantId, named.id);
    if (rate === null) throw body.relatedNotFound('taxRate');
    if (rate.status !== 'active') throw misplaced(true, 'taxRate', 'must be active');
    return rate;
  }

  /** One of everything must be something that a payer can pay, tax included. An open amount contains it. */
  private async assertPrice(
    { merchantId }: ChangingPrincipal,
    terms: LinkTerms,
    products: readonly Product[],
    taxRate: TaxRate | null,
  ): Promise<void> {
    const { kind, amount, openAmount, currency, title } = terms;
    if (openAmount !== null) return;
    const items = await this.sold.items(
      { merchantId, kind, currency, title, productIds: products.map(({ id }) => id), taxRateId: taxRate?.id ?? null },
      amount,
      false,
    );
    const worth = items === null ? undefined : this.pricing.worth(items, 1, currency);
    const fault =
      worth === undefined
        ? { code: 'amount_above_maximum' as const, detail: 'is more than one payment can hold' }
        : amountFault(worth.total, currency, this.currencies.get(currency));
    // Several together may be enough: the payer is then asked for as many.
    if (
      fault?.code === 'amount_below_minimum' &&
      items !== null &&
      this.pricing.leastQuantity(items, currency) <= (terms.maxQuantity ?? 1)
    )
      return;
    const [path, pointer] =
      kind === 'product' ? ['products', '/data/relationships/products'] : ['amount', '/data/attributes/amount'];
    if (fault !== undefined)
      throw new DomainError(fault.code, { status: 422, faults: [{ path, message: fault.detail, pointer }] });
  }
}

function assertTerms(body: Body, judged: JudgedTerms | { readonly faults: readonly TermFault[] }): JudgedTerms {
  if ('terms' in judged) return judged;
  throw body.conditions(judged.faults);
}

/** A pointer leads to what was sent. */
function misplaced(sent: boolean, relationship: string, message: string): DomainError {
  return new DomainError('attributes_invalid', {
    faults: [{ path: relationship, message, pointer: sent ? `/data/relationships/${relationship}` : '/data' }],
  });
}
