import { NETWORKS } from '../../../common/network';
import { choiceFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import type { ReceivingAccount } from '../../../merchants/receiving-account';

export const receivingAccounts = defineResource({
  type: 'receivingAccounts',
  path: 'receiving_accounts',
  readScope: 'accounts:read',
  typeAliases: ['receiving_accounts'],
  id: (account: ReceivingAccount) => account.id,
  version: ({ version }) => version,
  attributes: { network: 'network', address: 'address', isDefault: 'isDefault', createdAt: 'createdAt' },
  filters: { network: choiceFilter(NETWORKS) },
  sorts: { createdAt: (account) => account.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
