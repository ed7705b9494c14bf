import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public, RateLimited } from '../../../auth/policy';
import type { RateLimitRule } from '../../../auth/rate-limit';
import { DomainError } from '../../../common/errors';
import { isPublicId } from '../../../common/ids';
import { conditional } from '../../../http/conditional';
import { FailsWith } from '../../../http/route-failure';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { InvoiceStatusService, statusTag } from '../../../invoices/invoice-status.service';
import { ConfirmationService } from '../../../payments/confirmation.service';
import { InvoiceExchangeRoutesService } from '../../../payments/invoice-exchange-routes.service';
import { SubmissionService } from '../../../payments/submission.service';
import {
  confirmationView,
  payIntentView,
  paymentStatusView,
  routesView,
  submissionView,
  verifiedTransactionView,
} from './payment.presenter';
import { ConfirmDto, PayIntentDto, SubmitDto, VerifyDto } from './payments.dto';
import { WalletPaymentsService } from './wallet-payments.service';

const PAY_INTENT_LIMIT = {
  name: 'pay-intent',
  limit: (limits: { payIntentsPer5Minutes: number }) => limits.payIntentsPer5Minutes,
  windowSeconds: 300,
  message: 'Too many pay intent requests',
};
const ROUTES_LIMIT: RateLimitRule = {
  name: 'payment-routes',
  limit: (limits) => limits.pricesPerMinute,
  windowSeconds: 60,
  message: 'Too many price requests',
};

@Controller('api/payments')
export class WalletPaymentsController {
  constructor(
    private readonly payments: WalletPaymentsService,
    private readonly submissions: SubmissionService,
    private readonly confirmations: ConfirmationService,
    private readonly statuses: InvoiceStatusService,
    private readonly routes: InvoiceExchangeRoutesService,
  ) {}

  @Post(':invoiceId/pay-intent')
  @HttpCode(200)
  @Public()
  @RateLimited(PAY_INTENT_LIMIT)
  @Idempotent({ lease: true })
  @FailsWith('Payment processing failed. Please try again.')
  async prepare(@Param('invoiceId') invoiceId: string, @Body() body: PayIntentDto): Promise<unknown> {
    const { intent, sep7Uri, networkPassphrase } = await this.payments.prepare(invoiceId, body);
    return payIntentView(intent, sep7Uri, networkPassphrase);
  }

  @Post('submit')
  @HttpCode(200)
  @Public()
  @Idempotent({ lease: true })
  @FailsWith('Payment processing failed. Please try again.')
  async submit(@Body() body: SubmitDto): Promise<unknown> {
    return submissionView(await this.submissions.submit(body.invoiceId, body.signedTransactionXdr));
  }

  @Post('confirm')
  @HttpCode(200)
  @Public()
  @Idempotent({ lease: true })
  @FailsWith('Payment processing failed. Please try again.')
  async confirm(@Body() body: ConfirmDto): Promise<unknown> {
    return confirmationView(await this.confirmations.confirm(body.invoiceId, body.transactionHash));
  }

  @Post('verify-tx')
  @HttpCode(200)
  @Public()
  @FailsWith('Failed to verify transaction')
  async verify(@Body() body: VerifyDto): Promise<unknown> {
    const { transactionHash } = body;
    if (typeof transactionHash !== 'string' || transactionHash === '')
      throw new DomainError('validation_failed', { detail: 'transactionHash required' });
    return verifiedTransactionView(await this.confirmations.verify(transactionHash));
  }

  @Get(':invoiceId/routes')
  @Public()
  @RateLimited(ROUTES_LIMIT)
  @FailsWith('Failed to fetch payment routes')
  async otherAssets(@Param('invoiceId') invoiceId: string): Promise<unknown> {
    return routesView(invoiceId, await this.routes.list(invoiceId));
  }

  @Get(':invoiceId/status')
  @Public()
  @FailsWith('Failed to fetch payment status')
  async status(
    @Param('invoiceId') invoiceId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const view = isPublicId(invoiceId) ? await this.statuses.read(invoiceId) : null;
    if (view === null) throw new DomainError('invoice_not_found');
    return conditional(request, reply, statusTag(view), () => paymentStatusView(view));
  }
}
