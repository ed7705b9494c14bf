import { Matches } from '../../../http/validators';

const CURRENCY = /^(usd|eur)$/i;
const MESSAGE = { message: 'value must be usd or eur' };

export class ExchangeRateQuery {
  @Matches(CURRENCY, MESSAGE) from: string;
  @Matches(CURRENCY, MESSAGE) to: string;
}
