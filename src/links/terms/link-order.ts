import type { Network } from '../../common/network';
import type { Product } from '../../products/product';
import type { TaxRate } from '../../products/tax-rate';
import type { ShopTerms } from '../shop-terms';
import type { LinkTerms } from './link-terms';

/** What a link is made of. */
export interface LinkOrder {
  readonly network: Network;
  readonly terms: LinkTerms;
  readonly products: readonly Product[];
  readonly taxRate: TaxRate | null;
  /** How many of each product; one where it is left out. */
  readonly quantities?: readonly number[];
  /** Nothing where it is left out. */
  readonly shop?: ShopTerms;
}
