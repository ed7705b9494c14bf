import { Controller, Get, Param, Post } from '@nestjs/common';
import { Refuses } from '../refuses.decorator';
import { Author, Caller } from '../../../auth/caller.decorator';
import { Requires } from '../../../auth/policy';
import { Clock } from '../../../common/clock';
import { DomainError } from '../../../common/errors';
import { amountOf } from '../../../common/money';
import type { ChangingPrincipal, Principal } from '../../../common/principal';
import { Idempotent } from '../../../idempotency/idempotent.decorator';
import type { RequestBody } from '../../../jsonapi/request-body';
import { MerchantsService } from '../../../merchants/merchants.service';
import type { Quote } from '../../../rates/quote';
import { QuotesService } from '../../../rates/quotes.service';
import { DraftDocument, Listing, type ListingOf } from '../documents/document-request';
import { DocumentsOf } from '../documents/documents-of.decorator';
import { CreateQuoteDto, quoteNetwork, quoteRequest } from './quote.dto';
import { quotes, type ShownQuote } from './quote.resource';

/** Which attribute each refusal is about. */
const BLAMED = {
  currency_unsupported: 'currency',
  unsupported_pay_currency: 'payCurrency',
  amount_below_minimum: 'amount',
  amount_above_maximum: 'amount',
  amount_too_precise: 'amount',
} as const;

@DocumentsOf(quotes)
@Controller('api/public/v1/quotes')
export class QuotesController {
  constructor(
    private readonly service: QuotesService,
    private readonly merchants: MerchantsService,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Requires('quotes:read')
  async list(@Caller() principal: Principal, @Listing() { page }: ListingOf<typeof quotes>): Promise<ShownQuote[]> {
    return (await this.service.list(principal, page)).map((quote) => this.shown(quote));
  }

  // Finding a rate asks the network; made twice, a quote promises nothing twice.
  @Post()
  @Refuses(
    'currency_unsupported',
    'unsupported_pay_currency',
    'amount_below_minimum',
    'amount_above_maximum',
    'amount_too_precise',
    'rate_unavailable',
    'route_unavailable',
    'ledger_unavailable',
  )
  @Requires('quotes:write')
  @Idempotent({ lease: true })
  async create(
    @Author() author: ChangingPrincipal,
    @DraftDocument(CreateQuoteDto) body: RequestBody<CreateQuoteDto>,
  ): Promise<ShownQuote> {
    const { defaultNetwork } = await this.merchants.settings(author.merchantId);
    const { amount, currency, payCurrency } = body.attributes;
    await body.assertAll(BLAMED, [
      [['network'], () => quoteNetwork(body, author, defaultNetwork)],
      [['currency'], () => this.service.assertCurrency(currency)],
      [['currency', 'amount'], () => this.service.assertAmount(currency, amountOf(amount))],
      [
        ['payCurrency', 'network'],
        () => this.service.assertPayable(quoteNetwork(body, author, defaultNetwork), payCurrency),
      ],
    ]);
    const wanted = quoteRequest(body, author, defaultNetwork);
    return this.shown(await body.blaming(BLAMED, () => this.service.quote(wanted, author)));
  }

  @Get(':id')
  @Requires('quotes:read')
  async read(@Caller() principal: Principal, @Param('id') id: string): Promise<ShownQuote> {
    const found = await this.service.find(principal, id);
    if (found === null) throw new DomainError('resource_not_found');
    return this.shown(found);
  }

  private shown(quote: Quote): ShownQuote {
    return { ...quote, shownAt: this.clock.now() };
  }
}
