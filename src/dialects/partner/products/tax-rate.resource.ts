import { choiceFilter, textFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import { percentageText } from '../../../common/percentage';
import { CATALOG_STATUSES, type TaxRate } from '../../../products/tax-rate';

export const taxRates = defineResource({
  type: 'taxRates',
  path: 'tax_rates',
  readScope: 'tax_rates:read',
  typeAliases: ['tax_rates'],
  id: (rate: TaxRate) => rate.id,
  version: ({ version }) => version,
  attributes: {
    name: 'name',
    description: 'description',
    percentage: (rate) => percentageText(rate.percentage),
    inclusive: 'inclusive',
    status: 'status',
    createdAt: 'createdAt',
    updatedAt: 'updatedAt',
  },
  filters: { status: choiceFilter(CATALOG_STATUSES), name: textFilter() },
  sorts: { createdAt: (rate) => rate.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
