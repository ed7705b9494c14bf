import { isoInstant } from '../../../common/clock';
import { percentageText } from '../../../common/percentage';
import { jsonNumber } from '../../../http/json-number';
import { priceText } from '../../../products/price';
import type { Product } from '../../../products/product';
import type { TaxRate } from '../../../products/tax-rate';

/** What a link shows of the product behind a line. */
export function productView(product: Product): Record<string, unknown> {
  const { id, name, description, price, currency, status, createdAt, updatedAt } = product;
  return {
    id,
    name,
    description,
    price: priceText(price, currency),
    currency,
    status: status === 'active' ? 'ACTIVE' : 'INACTIVE',
    createdAt: isoInstant(createdAt),
    updatedAt: isoInstant(updatedAt),
  };
}

/** What a link shows of the tax it takes. */
export function taxView(rate: TaxRate): Record<string, unknown> {
  const { id, name, description, percentage, inclusive, status, createdAt, updatedAt } = rate;
  return {
    id,
    name,
    description,
    percentage: jsonNumber(percentageText(percentage)),
    inclusive,
    active: status === 'active',
    created_at: isoInstant(createdAt),
    updated_at: isoInstant(updatedAt),
  };
}
