import { Body, Controller, Get, Headers, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerAddress } from '../../auth/caller.decorator';
import { Public, RateLimited } from '../../auth/policy';
import { TakesForm } from '../../http/form-body';
import { CHOICE_LIMIT } from '../choice-limit';
import { HTML_TYPE, PAGE_HEADERS } from '../page-security';
import type { PageAnswer } from '../pay-pages.service';
import { PortalPagesService } from './portal-pages.service';

/** The key is in the address: nobody who is linked to may learn it, and no cache keeps the page. */
const PORTAL_HEADERS = { ...PAGE_HEADERS, 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' };

/** Subscribing and looking after a subscription, in a browser. GET changes nothing: scanners of mail follow every link. */
@Controller()
export class PortalPageController {
  constructor(private readonly pages: PortalPagesService) {}

  @Post('pay/:publicId/subscription')
  @Public()
  @RateLimited(CHOICE_LIMIT)
  @TakesForm('only')
  async subscribe(
    @Param('publicId') publicId: string,
    @Body() form: unknown,
    @Headers('sec-fetch-site') site: unknown,
    @CallerAddress() address: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const own = `/pay/${encodeURIComponent(publicId)}`;
    send(reply, isForeign(site) ? { location: own } : await this.pages.subscribe(publicId, form, address));
  }

  @Get('s/:token')
  @Public()
  async open(@Param('token') token: string, @Res() reply: FastifyReply): Promise<void> {
    send(reply, await this.pages.open(token));
  }

  @Post('s/:token')
  @Public()
  @RateLimited(CHOICE_LIMIT)
  @TakesForm('only')
  async act(
    @Param('token') token: string,
    @Body() form: unknown,
    @Headers('sec-fetch-site') site: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    send(reply, isForeign(site) ? await this.pages.open(token) : await this.pages.act(token, request.id, form));
  }
}

function isForeign(site: unknown): boolean {
  return site === 'cross-site' || site === 'same-site';
}

function send(reply: FastifyReply, answer: PageAnswer): void {
  void reply.headers(PORTAL_HEADERS);
  if ('location' in answer) return void reply.status(303).header('location', answer.location).send();
  if (answer.retryAfterSeconds !== undefined) void reply.header('retry-after', String(answer.retryAfterSeconds));
  return void reply.status(answer.status).type(HTML_TYPE).send(answer.page);
}
