import { NETWORKS } from '../../../common/network';
import { choiceFilter, codeFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import { type ExchangeRate, exchangeRateId } from '../../../rates/exchange-rate';

export const exchangeRates = defineResource({
  type: 'exchangeRates',
  path: 'exchange_rates',
  readScope: 'rates:read',
  typeAliases: ['exchange_rates'],
  id: (row: ExchangeRate) => exchangeRateId(row),
  attributes: {
    network: 'network',
    currency: 'fiat',
    payCurrency: 'asset',
    rate: 'rate',
    observedAt: 'observedAt',
    sources: ({ evidence }) => evidence.map(({ source, rate, observedAt }) => ({ source, rate, observedAt })),
  },
  filters: { network: choiceFilter(NETWORKS), currency: codeFilter(12), payCurrency: codeFilter(12) },
  // Every row of a page is a question to the sources.
  page: { defaultSize: 20, maxSize: 20 },
});
