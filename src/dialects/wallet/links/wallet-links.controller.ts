import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Author } from '../../../auth/caller.decorator';
import { AsksTill, CountsItself, Public, Requires } from '../../../auth/policy';
import type { ChangingPrincipal } from '../../../common/principal';
import { rateLimitHeaders } from '../../../http/rate-limit-headers';
import { DomainError, isDomainError } from '../../../common/errors';
import { isPublicId } from '../../../common/ids';
import { Settings } from '../../../env';
import { conditional } from '../../../http/conditional';
import { NewBody } from '../../../http/new-body.decorator';
import type { SentBody } from '../../../http/sent-body';
import { FailsWith } from '../../../http/route-failure';
import type { AnswerKeeper } from '../../../idempotency/answer-keeper';
import { KeepsAnswer } from '../../../idempotency/answer-keeper.decorator';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { InvoiceStatusService, statusTag } from '../../../invoices/invoice-status.service';
import { InvoicesService } from '../../../invoices/invoices.service';
import { CreateLinkDto } from './create-link.dto';
import { linkPublic, linkStatusView } from './link.presenter';
import { WalletLinksService } from './wallet-links.service';

@Controller('api/links')
export class WalletLinksController {
  constructor(
    private readonly links: WalletLinksService,
    private readonly invoices: InvoicesService,
    private readonly statuses: InvoiceStatusService,
    private readonly settings: Settings,
  ) {}

  @Post()
  @HttpCode(201)
  @Requires('links:write')
  @AsksTill()
  @CountsItself()
  @Idempotent({ composed: true })
  @FailsWith('Failed to create payment link')
  async create(
    @Author() author: ChangingPrincipal,
    @NewBody(CreateLinkDto) body: SentBody<CreateLinkDto>,
    @KeepsAnswer() keep: AnswerKeeper | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { told, limit } = await this.links.create(author, body, keep);
    void reply.headers(rateLimitHeaders(limit));
    return told;
  }

  @Get(':id')
  @Public()
  @FailsWith('Failed to fetch link')
  async read(@Param('id') id: string): Promise<unknown> {
    const invoice = await this.invoices.getPublic(id).catch((error: unknown) => {
      throw isDomainError(error, 'invoice_not_found') ? new DomainError('link_not_found') : error;
    });
    return linkPublic(invoice, this.settings.publicUrl);
  }

  @Get(':id/status')
  @Public()
  @FailsWith('Failed to fetch link status')
  async status(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const view = isPublicId(id) ? await this.statuses.read(id) : null;
    if (view === null) throw new DomainError('link_not_found');
    return conditional(request, reply, statusTag(view), () => linkStatusView(view));
  }
}
