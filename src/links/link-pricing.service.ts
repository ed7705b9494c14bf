import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import { CurrenciesService } from '../rates/currencies.service';
import type { Quote } from '../rates/quote';
import { QuotesService } from '../rates/quotes.service';
import type { PaymentLink } from './payment-link';

/** What a link that is priced in fiat costs in an asset. */
@Injectable()
export class LinkPricing {
  constructor(
    private readonly quotes: QuotesService,
    private readonly currencies: CurrenciesService,
  ) {}

  /**
   * In the asset that the merchant settles in where that was said, otherwise in the one the payer names; who holds
   * another asset pays by path. Asks the network. Throws `unsupported_pay_currency`, `link_choice_closed` for a link
   * that is priced in an asset, and what `QuotesService.quote` throws.
   */
  async quote(link: PaymentLink, payCurrency: string): Promise<Quote> {
    const { merchantId, network, amount, currency, accountCurrency, expiresAt } = link;
    if (this.currencies.get(currency).kind !== 'fiat') throw new DomainError('link_choice_closed', { detail: `This payment link is paid in ${currency}` });
    if (!(link.payCurrencies ?? this.currencies.payableOn(network)).includes(payCurrency)) throw new DomainError('unsupported_pay_currency');
    const asset = (accountCurrency === null ? null : this.currencies.get(accountCurrency).settlementAsset) ?? payCurrency;
    return this.quotes.quote({ merchantId, network, amount, currency, asset, ...(expiresAt === null ? {} : { notAfter: expiresAt }) });
  }
}
