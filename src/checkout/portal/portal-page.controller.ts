import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerAddress } from '../../auth/caller.decorator';
import { Public, RateLimited } from '../../auth/policy';
import { Settings } from '../../env';
import { TakesForm } from '../../http/form-body';
import { CHOICE_LIMIT } from '../choice-limit';
import { isForeign, sendPage } from '../page-answer';
import { PortalPagesService } from './portal-pages.service';

/** The key is in the address: nobody who is linked to may learn it, and no cache keeps the page. */
const PORTAL_HEADERS = { 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' };

/** Subscribing and looking after a subscription, in a browser. GET changes nothing: scanners of mail follow every link. */
@Controller()
export class PortalPageController {
  constructor(
    private readonly pages: PortalPagesService,
    private readonly settings: Settings,
  ) {}

  @Post('pay/:publicId/subscription')
  @Public()
  @RateLimited(CHOICE_LIMIT)
  @TakesForm('only')
  async subscribe(
    @Param('publicId') publicId: string,
    @Body() form: unknown,
    @CallerAddress() address: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const own = `/pay/${encodeURIComponent(publicId)}`;
    const answer = isForeign(request, this.settings.publicUrl)
      ? { location: own }
      : await this.pages.subscribe(publicId, form, address);
    sendPage(reply, answer, PORTAL_HEADERS);
  }

  @Get('s/:token')
  @Public()
  async open(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    sendPage(reply, await this.pages.open(token), PORTAL_HEADERS);
  }

  @Post('s/:token')
  @Public()
  @RateLimited(CHOICE_LIMIT)
  @TakesForm('only')
  async act(
    @Param('token') token: string,
    @Body() form: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const answer = isForeign(request, this.settings.publicUrl)
      ? this.pages.open(token)
      : this.pages.act(token, request.id, form);
    sendPage(reply, await answer, PORTAL_HEADERS);
  }
}
