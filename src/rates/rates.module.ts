import { Module } from '@nestjs/common';
import { AuditLogModule } from '../audit-log/audit-log.module';
import { Clock } from '../common/clock';
import { Settings } from '../env';
import { MerchantsModule } from '../merchants/merchants.module';
import { LedgerSources } from '../stellar/ledger-sources';
import { Networks } from '../stellar/networks';
import { CurrenciesService } from './currencies.service';
import { ExchangeRatesService } from './exchange-rates.service';
import { HttpRates } from './http-rates';
import { OrderBookRates } from './order-book-rates';
import { QuoteHousekeepingService } from './quote-housekeeping.service';
import { QuoteTermsService } from './quote-terms.service';
import { QuotesRepository } from './quotes.repository';
import { QuotesService } from './quotes.service';
import { RateSources } from './rate-source';
import { RatesService } from './rates.service';
import { ExchangeRoutesService } from './exchange-routes.service';

@Module({
  imports: [AuditLogModule, MerchantsModule],
  providers: [
    { provide: RateSources, useFactory: rateSources, inject: [Settings, LedgerSources, Networks, Clock] },
    RatesService,
    ExchangeRatesService,
    CurrenciesService,
    QuoteTermsService,
    QuotesRepository,
    QuotesService,
    QuoteHousekeepingService,
    ExchangeRoutesService,
  ],
  exports: [
    RatesService,
    ExchangeRatesService,
    CurrenciesService,
    QuotesService,
    QuoteHousekeepingService,
    ExchangeRoutesService,
  ],
})
export class RatesModule {}

function rateSources({ rates }: Settings, ledgers: LedgerSources, networks: Networks, clock: Clock): RateSources {
  const books = rates.orderBooks
    ? [new OrderBookRates(ledgers, networks, { depth: rates.bookDepth, maxSpreadBp: rates.maxSpreadBp }, clock)]
    : [];
  return { all: [...books, ...rates.http.map((settings) => new HttpRates(settings, clock))] };
}
