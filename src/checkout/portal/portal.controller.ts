import { Body, Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Public, RateLimited } from '../../auth/policy';
import { FailsWith } from '../../http/route-failure';
import { CHOICE_LIMIT } from '../choice-limit';
import { CancellationDto, EmailDto } from './enrolment.dto';
import { portalAnswer } from './portal-view';
import { PortalService } from './portal.service';

type Answer = Record<string, unknown>;

/** The subscriber's own subscription, for programs. */
@Controller('checkout/subscriptions')
@Public()
export class PortalController {
  constructor(private readonly portal: PortalService) {}

  @Get(':token')
  @FailsWith('Failed to fetch the subscription')
  async read(@Param('token') token: string): Promise<Answer> {
    return portalAnswer(await this.portal.view(token));
  }

  @Post(':token/cancellation')
  @HttpCode(200)
  @RateLimited(CHOICE_LIMIT)
  @FailsWith('Failed to cancel')
  async cancel(
    @Param('token') token: string,
    @Body() { atPeriodEnd }: CancellationDto,
    @Req() { id }: FastifyRequest,
  ): Promise<Answer> {
    await this.portal.cancel(token, id, atPeriodEnd);
    return portalAnswer(await this.portal.view(token));
  }

  @Post(':token/resumption')
  @HttpCode(200)
  @RateLimited(CHOICE_LIMIT)
  @FailsWith('Failed to resume')
  async resume(@Param('token') token: string, @Req() { id }: FastifyRequest): Promise<Answer> {
    await this.portal.resume(token, id);
    return portalAnswer(await this.portal.view(token));
  }

  @Post(':token/email')
  @HttpCode(200)
  @RateLimited(CHOICE_LIMIT)
  @FailsWith('Failed to change the address')
  async email(
    @Param('token') token: string,
    @Body() { email }: EmailDto,
    @Req() { id }: FastifyRequest,
  ): Promise<Answer> {
    await this.portal.changeEmail(token, id, email ?? null);
    return portalAnswer(await this.portal.view(token));
  }
}
