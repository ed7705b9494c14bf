import type { AuditValue } from '../audit-log/audit-entry';
import type { Amount } from '../common/money';
import { priceText } from './price';
import type { CatalogStatus } from './tax-rate';

/** What a shop tells of a product besides what it costs. Nothing is counted down and nothing is computed from it. */
export interface ProductTraits {
  /** https addresses of pictures, the first one first; shown by browsers and never fetched here. */
  readonly images: readonly string[];
  readonly type: string | null;
  readonly productType: string | null;
  readonly unit: string | null;
  /** Decimal texts in their shortest spelling. */
  readonly weight: string | null;
  readonly quantity: string | null;
  readonly stockCount: string | null;
}

export const NO_TRAITS: ProductTraits = {
  images: [],
  type: null,
  productType: null,
  unit: null,
  weight: null,
  quantity: null,
  stockCount: null,
};

/** Something a merchant sells. */
export interface Product extends ProductTraits {
  readonly merchantId: string;
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** The merchant's own number for it; unique among its products, archived ones too. */
  readonly sku: string | null;
  /** Stroops of the currency, whether it is an asset or not. */
  readonly price: Amount;
  /** Code of an asset of this deployment or of ISO 4217. */
  readonly currency: string;
  readonly taxRateId: string | null;
  readonly status: CatalogStatus;
  readonly metadata: Readonly<Record<string, string>>;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a merchant says of a product. */
export type ProductDetails = Pick<
  Product,
  'name' | 'description' | 'sku' | 'price' | 'currency' | 'taxRateId' | 'status' | 'metadata' | keyof ProductTraits
>;

/** What the audit log keeps of it. */
export function productFacts({ price, ...details }: ProductDetails): Record<string, AuditValue> {
  const { name, description, sku, currency, taxRateId, status, metadata } = details;
  const { images, type, productType, unit, weight, quantity, stockCount } = details;
  return {
    name,
    description,
    sku,
    price: priceText(price, currency),
    currency,
    taxRateId,
    status,
    metadata,
    images,
    type,
    productType,
    unit,
    weight,
    quantity,
    stockCount,
  };
}
