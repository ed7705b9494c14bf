import { Controller, Get, Param } from '@nestjs/common';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import { DomainError } from '../../../common/errors';
import type { Principal } from '../../../common/principal';
import { CurrenciesService, type Currency } from '../../../rates/currencies.service';
import { pageById } from '../../../rates/row-page';
import { Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { currencies } from './currency.resource';

@DocumentsOf(currencies)
@Controller('api/public/v1/currencies')
export class CurrenciesController {
  constructor(private readonly service: CurrenciesService) {}

  @Get()
  @Requires('rates:read')
  list(@Caller() { network }: Principal, @Listing() { filter, page }: ListingOf<typeof currencies>): Currency[] {
    const rows = this.service.seenFrom(network).filter(({ kind }) => filter.kind?.includes(kind) !== false);
    return pageById(rows, ({ code }) => code, page);
  }

  @Get(':id')
  @Requires('rates:read')
  read(@Caller() { network }: Principal, @Param('id') id: string): Currency {
    const found = this.service.seenFrom(network).find(({ code }) => code === id);
    if (found === undefined) throw new DomainError('resource_not_found');
    return found;
  }
}
