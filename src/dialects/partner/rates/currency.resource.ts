import { formatAmount } from '../../../common/money';
import { choiceFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import type { Currency } from '../../../rates/currencies.service';

/** What a price may be written in and what may be paid with; the code is the id. */
export const currencies = defineResource({
  type: 'currencies',
  path: 'currencies',
  readScope: 'rates:read',
  id: (currency: Currency) => currency.code,
  attributes: {
    kind: 'kind',
    name: 'name',
    decimals: 'scale',
    minimum: ({ minimum, scale }) => formatAmount(minimum, scale),
    maximum: ({ maximum, scale }) => formatAmount(maximum, scale),
    settlementAsset: 'settlementAsset',
    networks: ({ networks }) => networks.map(({ network, issuer }) => ({ network, issuer })),
  },
  filters: { kind: choiceFilter(['fiat', 'asset'] as const) },
  page: { defaultSize: 100, maxSize: 100 },
});
