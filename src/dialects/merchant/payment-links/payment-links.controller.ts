import { Controller, Get, Param, Post, Put, Query } from '@nestjs/common';
import { Author, Caller } from '../../../auth/caller.decorator';
import { AsksTill, Requires } from '../../../auth/policy';
import { isDomainError } from '../../../common/errors';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { type Change, ChangeBody } from '../../../http/change.decorator';
import { NewBody } from '../../../http/new-body.decorator';
import { type SentBody, validationFailed } from '../../../http/sent-body';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { LinkStatisticsService } from '../../../links/statistics/link-statistics.service';
import { spanOf } from '../list-query';
import { namedNotFound } from '../named-not-found';
import { linkStatisticsView } from './link-statistics.presenter';
import { CreatePaymentLinkDto, LinkStatisticsQuery, PaymentLinksQuery, UpdatePaymentLinkDto } from './payment-link.dto';
import { PaymentLinksService } from './payment-links.service';

@Controller('api/v0/payment-links')
export class PaymentLinksController {
  constructor(
    private readonly links: PaymentLinksService,
    private readonly figures: LinkStatisticsService,
  ) {}

  @Post()
  @Requires('links:write')
  @AsksTill()
  @Idempotent()
  create(
    @Author() author: ChangingPrincipal,
    @NewBody(CreatePaymentLinkDto) sent: SentBody<CreatePaymentLinkDto>,
  ): Promise<unknown> {
    return this.links.create(author, sent);
  }

  @Get()
  @Requires('links:read')
  list(@Caller() caller: Principal, @Query() query: PaymentLinksQuery): Promise<unknown> {
    return this.links.list(caller, spanOf(query));
  }

  @Get(':id')
  @Requires('links:read')
  read(@Caller() caller: Principal, @Param('id') id: string): Promise<unknown> {
    return this.links.read(caller, id);
  }

  /** The last 30 days, or those from `from` to `to`, in UTC. */
  @Get(':id/statistics')
  @Requires('links:read')
  async statistics(
    @Caller() caller: Principal,
    @Param('id') id: string,
    @Query() query: LinkStatisticsQuery,
  ): Promise<unknown> {
    try {
      return linkStatisticsView(await namedNotFound('Payment link', this.figures.read(caller, id, query)));
    } catch (error) {
      if (!isDomainError(error, 'parameter_invalid')) throw error;
      throw validationFailed(error.faults.map(({ path, message }) => ({ path: bare(path), message: bare(message) })));
    }
  }

  /** Members that are left out stay as they are. */
  @Put(':id')
  @Requires('links:write')
  update(
    @Author() author: ChangingPrincipal,
    @Param('id') id: string,
    @ChangeBody(UpdatePaymentLinkDto) change: Change<UpdatePaymentLinkDto>,
  ): Promise<unknown> {
    return this.links.update(author, id, change);
  }
}

/** The partner API asks with `filter[from]`, this one with `from`. */
function bare(text: string): string {
  return text.replaceAll(/filter\[(\w+)\]/g, '$1');
}
