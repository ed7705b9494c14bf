import { createHash } from 'node:crypto';
import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public, RateLimited } from '../auth/policy';
import { FailsWith } from '../http/route-failure';
import { CheckoutService } from './checkout.service';
import { statusView } from './payment-facts';
import { TestPaymentsService } from './test-payments.service';

const TEST_PAYMENT_LIMIT = { name: 'test-payment', limit: (limits: { payIntentsPer5Minutes: number }) => limits.payIntentsPer5Minutes, windowSeconds: 300, message: 'Too many test payments, please try again later' };

/** What the payer's page asks for while it is open. */
@Controller('checkout')
export class CheckoutController {
  constructor(
    private readonly checkout: CheckoutService,
    private readonly testPayments: TestPaymentsService,
  ) {}

  /** 304 while nothing has changed: an open page costs a few bytes a poll (RFC 9110 section 13.1.2). */
  @Get(':publicId/status')
  @Public()
  @FailsWith('Failed to fetch payment status')
  async status(@Param('publicId') publicId: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = JSON.stringify(statusView(await this.checkout.facts(publicId)));
    const tag = `"${createHash('sha256').update(body, 'utf8').digest('base64url').slice(0, 22)}"`;
    void reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
    if (matches(request.headers['if-none-match'], tag)) void reply.status(304).send();
    else void reply.type('application/json; charset=utf-8').send(body);
  }

  /** Sandbox only. Pays what is owed with a wallet made for the occasion. */
  @Post(':publicId/test-payment')
  @HttpCode(200)
  @Public()
  @RateLimited(TEST_PAYMENT_LIMIT)
  @FailsWith('The test wallet could not pay. Please try again.')
  async payForTest(@Param('publicId') publicId: string): Promise<{ transactionHash: string }> {
    return { transactionHash: await this.testPayments.pay(publicId) };
  }
}

/** Weak comparison: a proxy may have marked our tag as weak. */
function matches(given: string | undefined, tag: string): boolean {
  return given !== undefined && given.split(',').some((each) => each.trim() === '*' || each.trim().replace(/^W\//, '') === tag);
}
