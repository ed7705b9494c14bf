import { createHash } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallerAddress } from '../auth/caller.decorator';
import { Public, RateLimited } from '../auth/policy';
import { isoInstantOrNull } from '../common/clock';
import { knowsTag } from '../common/entity-tag';
import { Settings } from '../env';
import { FailsWith } from '../http/route-failure';
import { CheckoutService } from './checkout.service';
import { ChoiceDto, choiceOf, TestPaymentDto } from './choice.dto';
import { choiceKey } from './choice-key';
import { CHOICE_LIMIT } from './choice-limit';
import { offerAnswer } from './offer-view';
import { OffersService } from './offers.service';
import { statusView } from './payment-facts';
import { TestPaymentsService } from './test-payments.service';

const TEST_PAYMENT_LIMIT = {
  name: 'test-payment',
  limit: (limits: { payIntentsPer5Minutes: number }) => limits.payIntentsPer5Minutes,
  windowSeconds: 300,
  message: 'Too many test payments, please try again later',
};

interface ChoiceAnswer {
  readonly publicId: string;
  readonly url: string;
  readonly expiresAt: string | null;
}

/** What the payer's page asks for while it is open. */
@Controller('checkout')
export class CheckoutController {
  constructor(
    private readonly checkout: CheckoutService,
    private readonly offers: OffersService,
    private readonly settings: Settings,
    private readonly testPayments: TestPaymentsService,
  ) {}

  /** 304 while nothing has changed: an open page costs a few bytes a poll (RFC 9110 section 13.1.2). */
  @Get(':publicId/status')
  @Public()
  @FailsWith('Failed to fetch payment status')
  async status(
    @Param('publicId') publicId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const body = JSON.stringify(statusView(await this.checkout.facts(publicId)));
    const tag = `"${createHash('sha256').update(body, 'utf8').digest('base64url').slice(0, 22)}"`;
    void reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
    if (knowsTag(request.headers['if-none-match'], tag)) void reply.status(304).send();
    else void reply.type('application/json; charset=utf-8').send(body);
  }

  @Get(':publicId/offer')
  @Public()
  @FailsWith('Failed to fetch the offer')
  async offer(@Param('publicId') publicId: string): Promise<Record<string, unknown>> {
    return offerAnswer(await this.offers.view(publicId));
  }

  /** The invoice for this choice, and the page where it is paid. */
  @Post(':publicId/choice')
  @HttpCode(200)
  @Public()
  @RateLimited(CHOICE_LIMIT)
  @FailsWith('Failed to choose')
  async choose(
    @Param('publicId') publicId: string,
    @Body() body: ChoiceDto,
    @CallerAddress() address: string,
    @Req() request: FastifyRequest,
  ): Promise<ChoiceAnswer> {
    const { publicId: id, expiresAt } = await this.offers.choose(publicId, choiceOf(body), address, choiceKey(request));
    return { publicId: id, url: `${this.settings.publicUrl}/pay/${id}`, expiresAt: isoInstantOrNull(expiresAt) };
  }

  /** Sandbox only. Pays what is owed with a wallet made for the occasion; with `sendAsset`, in that asset, exchanged on the way. */
  @Post(':publicId/test-payment')
  @HttpCode(200)
  @Public()
  @RateLimited(TEST_PAYMENT_LIMIT)
  @FailsWith('The test wallet could not pay. Please try again.')
  async payForTest(
    @Param('publicId') publicId: string,
    @Query() { sendAsset }: TestPaymentDto,
  ): Promise<{ transactionHash: string }> {
    return { transactionHash: await this.testPayments.pay(publicId, sendAsset) };
  }
}
