import { Controller, Get, Param } from '@nestjs/common';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import type { LinkStatistics } from '../../../links/statistics/link-statistics';
import { LinkStatisticsService } from '../../../links/statistics/link-statistics.service';
import { Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { linkStatistics } from './link-statistics.resource';

type Asked = Pick<ListingOf<typeof linkStatistics>, 'filter'>;

/** How a link does. */
@DocumentsOf(linkStatistics, 'merchant', 'filtered')
@Controller('api/public/v1/payment_links')
export class StatisticsOfLinkController {
  constructor(private readonly statistics: LinkStatisticsService) {}

  @Get(':id/statistics')
  @Requires('links:read')
  read(@Caller() caller: Principal, @Param('id') id: string, @Listing() { filter }: Asked): Promise<LinkStatistics> {
    return this.statistics.read(caller, id, filter);
  }
}

/** The same at the address that the resource names as its own. */
@DocumentsOf(linkStatistics, 'merchant', 'filtered')
@Controller('api/public/v1/payment_link_statistics')
export class LinkStatisticsController {
  constructor(private readonly statistics: LinkStatisticsService) {}

  @Get(':id')
  @Requires('links:read')
  read(@Caller() caller: Principal, @Param('id') id: string, @Listing() { filter }: Asked): Promise<LinkStatistics> {
    return this.statistics.read(caller, id, filter);
  }
}
