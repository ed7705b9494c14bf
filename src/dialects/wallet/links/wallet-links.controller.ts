import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Author } from '../../../auth/caller.decorator';
import { AsksTill, CountsItself, Public, Requires } from '../../../auth/policy';
import type { ChangingPrincipal } from '../../../common/principal';
import { rateLimitHeaders } from '../../../http/rate-limit-headers';
import { conditional } from '../../../http/conditional';
import { NewBody } from '../../../http/new-body.decorator';
import type { SentBody } from '../../../http/sent-body';
import { FailsWith } from '../../../http/route-failure';
import type { AnswerKeeper } from '../../../idempotency/answer-keeper';
import { KeepsAnswer } from '../../../idempotency/answer-keeper.decorator';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import { CreateLinkDto } from './create-link.dto';
import { WalletLinkReadsService } from './wallet-link-reads.service';
import { WalletLinksService } from './wallet-links.service';

@Controller('api/links')
export class WalletLinksController {
  constructor(
    private readonly links: WalletLinksService,
    private readonly reads: WalletLinkReadsService,
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
  read(@Param('id') id: string): Promise<unknown> {
    return this.reads.read(id);
  }

  @Get(':id/status')
  @Public()
  @FailsWith('Failed to fetch link status')
  async status(
    @Param('id') id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const { tag, told } = await this.reads.status(id);
    return conditional(request, reply, tag, () => told);
  }
}
