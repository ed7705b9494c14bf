import { Controller, Get, Query } from '@nestjs/common';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import { isoInstant } from '../../../common/clock';
import { DomainError } from '../../../common/errors';
import type { Principal } from '../../../common/principal';
import { RatesService } from '../../../rates/rates.service';
import { MerchantContextService } from '../merchant-context.service';
import { COIN_OF, type MerchantCurrency, rateTexts } from './exchange-rate';
import { ExchangeRateQuery } from './exchange-rate.dto';

@Controller('api/v0/exchange-rate')
@Requires('rates:read')
export class MerchantRatesController {
  constructor(
    private readonly rates: RatesService,
    private readonly context: MerchantContextService,
  ) {}

  @Get()
  read(@Caller() caller: Principal, @Query() { from, to }: ExchangeRateQuery): Promise<unknown> {
    return this.between(caller, from.toLowerCase() as MerchantCurrency, to.toLowerCase() as MerchantCurrency);
  }

  @Get('usd-to-eur')
  dollarsToEuros(@Caller() caller: Principal): Promise<unknown> {
    return this.between(caller, 'usd', 'eur');
  }

  @Get('eur-to-usd')
  eurosToDollars(@Caller() caller: Principal): Promise<unknown> {
    return this.between(caller, 'eur', 'usd');
  }

  private async between(caller: Principal, from: MerchantCurrency, to: MerchantCurrency): Promise<unknown> {
    if (from === to)
      throw new DomainError('currency_unsupported', {
        detail: `There is no rate between ${from} and itself: ask for usd and eur`,
      });
    const network = await this.context.networkOf(caller);
    const rate = await this.rates.rate({ network, asset: COIN_OF[from], fiat: to.toUpperCase() });
    return { from, to, ...rateTexts(rate), timestamp: isoInstant(rate.observedAt) };
  }
}
