import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids } from '../common/ids';
import { type Amount, MAX_AMOUNT } from '../common/money';
import type { Network } from '../common/network';
import { Settings } from '../env';
import { CurrenciesService } from './currencies.service';
import { payAmountFor, type Quote, quoteEnd } from './quote';
import { RatesService } from './rates.service';

export interface QuoteRequest {
  readonly merchantId: string;
  readonly network: Network;
  /** What is asked for, in 10^-7 of the fiat currency. */
  readonly amount: Amount;
  /** ISO 4217 code of a currency that may be priced in. */
  readonly currency: string;
  /** Code of the asset that will be paid. */
  readonly asset: string;
  /** Default: the deployment's. */
  readonly seconds?: number;
  /** The quote never outlives this, for example the end of its link. */
  readonly notAfter?: Date;
}

/** What a quote would say at this moment. */
@Injectable()
export class QuoteTermsService {
  constructor(
    private readonly rates: RatesService,
    private readonly currencies: CurrenciesService,
    private readonly settings: Settings,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  assertCurrency(currency: string): void {
    if (this.currencies.get(currency).kind !== 'fiat')
      throw new DomainError('currency_unsupported', {
        detail: `${currency} is an asset: an amount in it needs no quote`,
      });
  }

  assertAmount(currency: string, amount: Amount): void {
    if (this.currencies.find(currency)?.kind === 'fiat') this.currencies.assertAmount(currency, amount);
  }

  assertPayable(network: Network, asset: string): void {
    this.currencies.payable(network, asset);
  }

  /** Stores nothing. Throws what `QuotesService.quote` throws. */
  async fix(request: QuoteRequest): Promise<Quote> {
    const { merchantId, network, amount, currency } = request;
    this.assertCurrency(currency);
    this.currencies.assertAmount(currency, amount);
    const asset = this.currencies.payable(network, request.asset);
    const { rate, evidence } = await this.rates.rate({ network, asset: asset.code, fiat: currency });
    const payAmount = payAmountFor(amount, rate);
    // At a rate this low no payment is possible: it cannot be what was agreed on.
    if (payAmount > MAX_AMOUNT) throw new DomainError('rate_unavailable');
    const createdAt = this.clock.now();
    const expiresAt = quoteEnd(createdAt, request.seconds ?? this.settings.rates.quoteSeconds, request.notAfter);
    if (expiresAt === undefined) throw new DomainError('quote_expired');
    return {
      merchantId,
      id: this.ids.row(),
      network,
      currency,
      amount,
      asset,
      payAmount,
      rate,
      evidence,
      createdAt,
      expiresAt,
    };
  }
}
