import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerAddress } from '../auth/caller.decorator';
import { Public, RateLimited } from '../auth/policy';
import { DomainError } from '../common/errors';
import { Settings } from '../env';
import { TakesForm } from '../http/form-body';
import { LinkViewsService } from '../links/statistics/link-views.service';
import { CheckoutService } from './checkout.service';
import { CHOICE_LIMIT, PRICES_LIMIT } from './choice-limit';
import { pageAddress } from './page-address';
import { ASSETS } from './page-assets';
import { isForeign, sendPage } from './page-answer';
import { PAGE_HEADERS } from './page-security';
import { type PageQuery, PayPagesService } from './pay-pages.service';
import { NO_CODE, qrSvg } from './qr-svg';

/** The page a payer opens, and the three files it loads. */
@Controller('pay')
export class PayPageController {
  constructor(
    private readonly pages: PayPagesService,
    private readonly checkout: CheckoutService,
    private readonly views: LinkViewsService,
    private readonly settings: Settings,
  ) {}

  @Get('assets/:name')
  @Public()
  asset(@Param('name') name: string, @Query('v') version: unknown, @Res() reply: FastifyReply): void {
    const asset = ASSETS.get(name);
    if (asset === undefined) throw new DomainError('route_not_found');
    // An older page may ask for a version that is gone: it gets today's, and no cache keeps it under that name.
    const caching = version === asset.version ? 'public, max-age=31536000, immutable' : 'no-cache';
    void reply.headers(PAGE_HEADERS).header('cache-control', caching).type(asset.contentType).send(asset.body);
  }

  /** An empty picture where there is nothing to pay any more: the page that asks for it may have been made a moment before the deadline. */
  @Get(':publicId/qr.svg')
  @Public()
  async code(@Param('publicId') publicId: string, @Res() reply: FastifyReply): Promise<void> {
    const uri = await this.checkout.request(publicId);
    void reply
      .headers(PAGE_HEADERS)
      .type('image/svg+xml')
      .send(uri === null ? NO_CODE : qrSvg(uri));
  }

  @Get(':publicId/prices')
  @Public()
  @RateLimited(PRICES_LIMIT)
  async prices(@Param('publicId') publicId: string, @Res() reply: FastifyReply): Promise<void> {
    sendPage(reply, await this.pages.prices(publicId));
  }

  /** Also as people and programs spoil it: with a slash, a full stop or a blank behind it, or in capitals. */
  @Get(':publicId')
  @Public()
  async page(
    @Param('publicId') publicId: string,
    @Query() query: PageQuery,
    @CallerAddress() address: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const location = pageAddress(publicId, request.originalUrl);
    if (location !== undefined) return sendPage(reply, { location });
    const answer = await this.pages.open(publicId, query, address);
    if ('location' in answer || answer.status === 200) this.views.opened(publicId, request);
    sendPage(reply, answer);
  }

  /** Another page of what is on sale, with what was typed so far. */
  @Post(':publicId/catalogue')
  @Public()
  @RateLimited(PRICES_LIMIT)
  @TakesForm('only')
  async turn(@Param('publicId') publicId: string, @Body() form: unknown, @Res() reply: FastifyReply): Promise<void> {
    sendPage(reply, await this.pages.turn(publicId, form));
  }

  /** A choice without a script. Sent from another site, it is not the payer's choice: the page asks anew. */
  @Post(':publicId')
  @Public()
  @RateLimited(CHOICE_LIMIT)
  @TakesForm('only')
  async choose(
    @Param('publicId') publicId: string,
    @Body() form: unknown,
    @CallerAddress() address: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    sendPage(
      reply,
      isForeign(request, this.settings.publicUrl)
        ? { location: `/pay/${encodeURIComponent(publicId)}` }
        : await this.pages.choose(publicId, form, address),
    );
  }
}
