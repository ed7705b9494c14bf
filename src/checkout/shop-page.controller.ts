import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerAddress } from '../auth/caller.decorator';
import { Public } from '../auth/policy';
import { LinkViewsService } from '../links/statistics/link-views.service';
import { OffersService } from './offers.service';
import { shorterSlug } from './page-address';
import { type PageAnswer, sendPage } from './page-answer';
import { MISSING, type PageQuery, PayPagesService } from './pay-pages.service';

/** A shop's own address of a link. Its form is sent to the page of the link's public id. */
@Controller('p')
export class ShopPageController {
  constructor(
    private readonly pages: PayPagesService,
    private readonly offers: OffersService,
    private readonly views: LinkViewsService,
  ) {}

  @Get(':merchant/*')
  @Public()
  async page(
    @Param('merchant') merchant: string,
    @Param('*') slug: string,
    @Query() query: PageQuery,
    @CallerAddress() address: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const publicId = await this.offers.publicIdAt(merchant, slug.replace(/\/+$/, ''));
    if (publicId === null) return sendPage(reply, await this.nearby(merchant, slug, request.originalUrl));
    const answer = await this.pages.open(publicId, query, address);
    if ('location' in answer || answer.status === 200) this.views.opened(publicId, request);
    sendPage(reply, answer);
  }

  /** As people and programs spoil an address: with a full stop or a blank behind it, or with the shop's name in capitals. */
  private async nearby(merchant: string, slug: string, url: string): Promise<PageAnswer> {
    const [handle, path] = [merchant.toLowerCase(), shorterSlug(slug) ?? slug];
    if ((handle === merchant && path === slug) || (await this.offers.publicIdAt(handle, path)) === null) return MISSING;
    const [, ...query] = url.split('?');
    const segments = path.split('/').map(encodeURIComponent).join('/');
    return { location: [`/p/${encodeURIComponent(handle)}/${segments}`, ...query].join('?') };
  }
}
