import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public, RateLimited } from '../auth/policy';
import { sendReceipt } from '../receipts/receipt-file';
import { ReceiptsService } from '../receipts/receipts.service';

/** Printing costs more than reading a page does. */
const RECEIPT_LIMIT = {
  name: 'receipt',
  limit: (limits: { payIntentsPer5Minutes: number }) => limits.payIntentsPer5Minutes * 3,
  windowSeconds: 300,
  message: 'Too many receipts, please try again later',
};

/** What a payer keeps. */
@Controller('pay')
export class PayReceiptController {
  constructor(private readonly receipts: ReceiptsService) {}

  @Get(':publicId/receipt.pdf')
  @Public()
  @RateLimited(RECEIPT_LIMIT)
  async receipt(
    @Param('publicId') publicId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendReceipt(await this.receipts.forPayer(publicId), request, reply);
  }
}
