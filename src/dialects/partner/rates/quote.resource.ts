import { FIATS } from '../../../common/currency';
import { formatAmount, formatLedgerAmount } from '../../../common/money';
import { defineResource } from '../../../jsonapi/resource';
import { type Quote, quoteStatus } from '../../../rates/quote';

/** A quote as it is at the time of the answer. */
export interface ShownQuote extends Quote {
  readonly shownAt: Date;
}

export const quotes = defineResource({
  type: 'quotes',
  path: 'quotes',
  readScope: 'quotes:read',
  id: (quote: ShownQuote) => quote.id,
  attributes: {
    network: 'network',
    currency: 'currency',
    amount: ({ amount, currency }) => formatAmount(amount, FIATS[currency]?.scale),
    payCurrency: ({ asset }) => asset.code,
    payIssuer: ({ asset }) => asset.issuer,
    payAmount: ({ payAmount }) => formatLedgerAmount(payAmount),
    rate: 'rate',
    sources: ({ evidence }) => evidence.map(({ source, rate, observedAt }) => ({ source, rate, observedAt })),
    status: (quote) => quoteStatus(quote, quote.shownAt),
    expiresAt: 'expiresAt',
    createdAt: 'createdAt',
  },
  sorts: { createdAt: (quote) => quote.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
