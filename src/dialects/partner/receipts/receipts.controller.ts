import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { Principal } from '../../../common/principal';
import { JsonApi } from '../../../jsonapi/json-api';
import { Produces } from '../../../jsonapi/produces.decorator';
import { sendReceipt } from '../../../receipts/receipt-file';
import { ReceiptsService } from '../../../receipts/receipts.service';

@Controller('api/public/v1/invoices')
export class ReceiptsController {
  constructor(
    private readonly api: JsonApi,
    private readonly receipts: ReceiptsService,
  ) {}

  @Get(':id/receipt')
  @Refuses('nothing_received', 'receipts_busy')
  @Requires('invoices:read')
  @Produces('application/pdf')
  async receipt(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @Param('id') id: string,
  ): Promise<void> {
    this.api.noQuery(request);
    await sendReceipt(await this.receipts.forOwner(caller, id), request, reply);
  }
}
