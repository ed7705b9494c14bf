import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Clock } from '../../../common/clock';
import { DomainError } from '../../../common/errors';
import { amountOf } from '../../../common/money';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { FinishedAnswer } from '../../../http/finished-answer';
import { JsonApi } from '../../../jsonapi/json-api';
import { MerchantsService } from '../../../merchants/merchants.service';
import type { Quote } from '../../../rates/quote';
import { CreateQuoteDto, quoteNetwork, quoteRequest } from './quote.dto';
import { quotes, type ShownQuote } from './quote.resource';
import { QuotesService } from '../../../rates/quotes.service';

/** Which attribute each refusal is about. */
const BLAMED = {
  currency_unsupported: 'currency',
  unsupported_pay_currency: 'payCurrency',
  amount_below_minimum: 'amount',
  amount_above_maximum: 'amount',
  amount_too_precise: 'amount',
} as const;

@Controller('api/public/v1/quotes')
export class QuotesController {
  constructor(
    private readonly api: JsonApi,
    private readonly service: QuotesService,
    private readonly merchants: MerchantsService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('quotes:read')
  async list(@Caller() principal: Principal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.listQuery(quotes, request, principal.merchantId);
    const found = await this.service.list(principal, query.page);
    return this.api.list(quotes, query, found.map((quote) => this.shown(quote)));
  }

  // Finding a rate asks the network; made twice, a quote promises nothing twice.
  @Post()
  @Requires('quotes:write')
  @Idempotent({ lease: true })
  async create(@Author() author: ChangingPrincipal, @Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const query = this.api.query(quotes, request);
    const body = this.api.createDraft(quotes, request, CreateQuoteDto);
    const { defaultNetwork } = await this.merchants.settings(author.merchantId);
    const { amount, currency, payCurrency } = body.attributes;
    await body.assertAll(BLAMED, [
      [['network'], () => quoteNetwork(body, author, defaultNetwork)],
      [['currency'], () => this.service.assertCurrency(currency)],
      [['currency', 'amount'], () => this.service.assertAmount(currency, amountOf(amount))],
      [['payCurrency', 'network'], () => this.service.assertPayable(quoteNetwork(body, author, defaultNetwork), payCurrency)],
    ]);
    const wanted = quoteRequest(body, author, defaultNetwork);
    const quote = await body.blaming(BLAMED, () => this.service.quote(wanted, author));
    return this.api.created(quotes, query, this.shown(quote));
  }

  @Get(':id')
  @Requires('quotes:read')
  async read(@Caller() principal: Principal, @Req() request: FastifyRequest, @Param('id') id: string): Promise<FinishedAnswer> {
    const query = this.api.query(quotes, request);
    const found = await this.service.find(principal, id);
    if (found === null) throw new DomainError('resource_not_found');
    return this.api.one(quotes, query, this.shown(found));
  }

  private shown(quote: Quote): ShownQuote {
    return { ...quote, shownAt: this.clock.now() };
  }
}
