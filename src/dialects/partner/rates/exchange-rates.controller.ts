import { Controller, Get, Param } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import { DomainError } from '../../../common/errors';
import type { Principal } from '../../../common/principal';
import type { ExchangeRate } from '../../../rates/exchange-rate';
import { ExchangeRatesService } from '../../../rates/exchange-rates.service';
import { Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { exchangeRates } from './exchange-rate.resource';

@DocumentsOf(exchangeRates)
@Controller('api/public/v1/exchange_rates')
export class ExchangeRatesController {
  constructor(private readonly service: ExchangeRatesService) {}

  @Get()
  @Refuses('rate_unavailable')
  @Requires('rates:read')
  list(
    @Caller() { network }: Principal,
    @Listing() { filter, page }: ListingOf<typeof exchangeRates>,
  ): Promise<ExchangeRate[]> {
    return this.service.list(network, filter, page);
  }

  @Get(':id')
  @Refuses('rate_unavailable')
  @Requires('rates:read')
  async read(@Caller() { network }: Principal, @Param('id') id: string): Promise<ExchangeRate> {
    const found = await this.service.find(network, id);
    if (found === null) throw new DomainError('resource_not_found');
    return found;
  }
}
