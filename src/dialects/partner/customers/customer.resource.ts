import { emailAddress } from '../../../common/email-address';
import { instantRangeFilter, textFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import type { Customer } from '../../../customers/customer';

export const customers = defineResource({
  type: 'customers',
  path: 'customers',
  readScope: 'clients:read',
  id: (customer: Customer) => customer.id,
  version: ({ version }) => version,
  attributes: {
    name: 'name',
    email: 'email',
    company: 'company',
    address: 'address',
    isFavorite: 'isFavorite',
    erasedAt: 'erasedAt',
    createdAt: 'createdAt',
    updatedAt: 'updatedAt',
  },
  filters: { email: textFilter(320, emailAddress), name: textFilter(), createdAt: instantRangeFilter() },
  sorts: { createdAt: (customer) => customer.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
