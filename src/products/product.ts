import type { Amount } from '../common/money';
import { priceText } from './price';
import type { CatalogStatus } from './tax-rate';

/** Something a merchant sells. */
export interface Product {
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
  'name' | 'description' | 'sku' | 'price' | 'currency' | 'taxRateId' | 'status' | 'metadata'
>;

/** What the audit log keeps of it. */
export function productFacts({
  price,
  ...details
}: ProductDetails): Record<string, string | Readonly<Record<string, string>> | null> {
  const { name, description, sku, currency, taxRateId, status, metadata } = details;
  return { name, description, sku, price: priceText(price, currency), currency, taxRateId, status, metadata };
}
