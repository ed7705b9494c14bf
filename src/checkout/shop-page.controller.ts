import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CallerAddress } from '../auth/caller.decorator';
import { Public } from '../auth/policy';
import { sendPage } from './pay-page.controller';
import { type PageQuery, PayPagesService } from './pay-pages.service';

/** A shop's own address of a link. Its form is sent to the page of the link's public id. */
@Controller('p')
export class ShopPageController {
  constructor(private readonly pages: PayPagesService) {}

  @Get(':merchant/*')
  @Public()
  async page(
    @Param('merchant') merchant: string,
    @Param('*') slug: string,
    @Query() query: PageQuery,
    @CallerAddress() address: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPage(reply, await this.pages.openAt(merchant, slug.replace(/\/+$/, ''), query, address));
  }
}
