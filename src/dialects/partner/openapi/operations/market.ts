import { CreateQuoteDto } from '../../rates/quote.dto';
import type { Noun } from '../nouns';

export const MARKET: readonly Noun[] = [
  {
    type: 'currencies',
    singular: 'currency',
    plural: 'currencies',
    about: 'What a price may be written in, and what may be paid with. The code is the id.',
    operations: { GET: { summary: 'List currencies' }, 'GET /:id': { summary: 'Read a currency' } },
  },
  {
    type: 'exchangeRates',
    singular: 'exchange rate',
    plural: 'exchange rates',
    about: 'What a currency is worth in an asset of a network now; the id is `network.asset.currency`.',
    operations: {
      GET: { summary: 'List exchange rates' },
      'GET /:id': { summary: 'Read an exchange rate' },
    },
  },
  {
    type: 'quotes',
    singular: 'quote',
    plural: 'quotes',
    about:
      'What an amount in one currency costs in an asset until a moment that is near. A quote that nobody chose is deleted 30 days after its end.',
    operations: {
      GET: { summary: 'List quotes' },
      POST: {
        summary: 'Ask for a quote',
        dto: CreateQuoteDto,
        example: { attributes: { amount: '100.00', currency: 'EUR', payCurrency: 'XLM' } },
      },
      'GET /:id': { summary: 'Read a quote' },
    },
  },
];
