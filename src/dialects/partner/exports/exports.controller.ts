import { Readable } from 'node:stream';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccountingService } from '../../../accounting/accounting.service';
import { Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import { DomainError } from '../../../common/errors';
import type { Principal } from '../../../common/principal';
import { Produces } from '../../../jsonapi/produces.decorator';

const KNOWN = ['from', 'to'];

/** Tables for other programs. */
@Controller('api/public/v1/exports')
export class ExportsController {
  constructor(private readonly accounting: AccountingService) {}

  @Get('accounting')
  @Requires('payments:read')
  @Produces('text/csv')
  async accountingTable(
    @Caller() caller: Principal,
    @Query() query: Readonly<Record<string, unknown>>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const unknown = Object.keys(query).filter((name) => !KNOWN.includes(name));
    if (unknown.length > 0)
      throw new DomainError('parameter_unknown', {
        faults: unknown.map((name) => ({ path: name, message: 'is not a known parameter', parameter: name })),
      });
    const lines = await this.accounting.export(caller, { from: query['from'], to: query['to'] });
    void reply.headers({
      'content-disposition': 'attachment; filename="accounting.csv"',
      'cache-control': 'private, no-store',
    });
    reply.type('text/csv; charset=utf-8');
    return void reply.send(request.method === 'HEAD' ? '' : Readable.from(lines));
  }
}
