import { isoInstant } from '../../../common/clock';
import { jsonNumber } from '../../../http/json-number';
import { priceText } from '../../../products/price';
import type { Product } from '../../../products/product';

/** As the merchant API tells it: the price as text, measures as numbers. */
export function productView(product: Product): Record<string, unknown> {
  const { id, name, description, currency, type, productType, unit, images } = product;
  return {
    id,
    name,
    description,
    price: priceText(product.price, currency),
    currency,
    type,
    productType,
    weight: measure(product.weight),
    unit,
    quantity: measure(product.quantity),
    stockCount: measure(product.stockCount),
    status: product.status === 'active' ? 'ACTIVE' : 'ARCHIVED',
    images,
    createdAt: isoInstant(product.createdAt),
    updatedAt: isoInstant(product.updatedAt),
  };
}

function measure(decimal: string | null): unknown {
  return decimal === null ? null : jsonNumber(decimal);
}
