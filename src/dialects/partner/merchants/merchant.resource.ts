import { defineResource } from '../../../jsonapi/resource';
import type { Merchant } from '../../../merchants/merchant';

export const merchants = defineResource({
  type: 'merchants',
  path: 'merchants',
  readScope: 'merchant:read',
  id: (merchant: Merchant) => merchant.id,
  version: ({ version }) => version,
  attributes: {
    name: 'name',
    defaultNetwork: 'defaultNetwork',
    toleranceBp: 'toleranceBp',
    lateGraceSeconds: 'lateGraceSeconds',
    timeZone: 'timeZone',
    handle: 'handle',
    createdAt: 'createdAt',
    updatedAt: 'updatedAt',
  },
});
