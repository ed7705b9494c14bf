import { choiceFilter, codeFilter, instantRangeFilter, textFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import { priceText } from '../../../products/price';
import type { Product } from '../../../products/product';
import { CATALOG_STATUSES } from '../../../products/tax-rate';

export const products = defineResource({
  type: 'products',
  path: 'products',
  readScope: 'products:read',
  id: (product: Product) => product.id,
  version: ({ version }) => version,
  attributes: {
    name: 'name',
    description: 'description',
    sku: 'sku',
    price: (product) => priceText(product.price, product.currency),
    currency: 'currency',
    status: 'status',
    metadata: (product) => product.metadata,
    createdAt: 'createdAt',
    updatedAt: 'updatedAt',
  },
  relationships: {
    taxRate: {
      to: 'one',
      types: ['taxRates'],
      linkage: ({ taxRateId }) => (taxRateId === null ? null : { type: 'taxRates', id: taxRateId }),
      writable: true,
    },
  },
  aliases: { tax_rate: 'taxRate' },
  filters: {
    status: choiceFilter(CATALOG_STATUSES),
    sku: textFilter(),
    name: textFilter(),
    currency: codeFilter(),
    createdAt: instantRangeFilter(),
  },
  sorts: { createdAt: (product) => product.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
