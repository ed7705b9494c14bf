import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import type { Author } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import { type Amount, formatLedgerAmount } from '../common/money';
import type { Network } from '../common/network';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { type Quote, quoteStatus } from './quote';
import { type QuoteRequest, QuoteTermsService } from './quote-terms.service';
import { QuotesRepository } from './quotes.repository';

export type { QuoteRequest };

/** Fiat amounts fixed in an asset for a time. */
@Injectable()
export class QuotesService {
  constructor(
    private readonly terms: QuoteTermsService,
    private readonly quotes: QuotesRepository,
    private readonly audit: AuditLogService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /**
   * Fixes and stores a quote; `author` is the caller, absent for a payer. Asks the network, so never within a
   * transaction. Throws `rate_unavailable` (503), `currency_unsupported`, `unsupported_pay_currency`, the conditions
   * of `CurrenciesService.assertAmount` (422), and `quote_expired` (409) when `notAfter` leaves it no time.
   */
  async quote(request: QuoteRequest, author?: Author): Promise<Quote> {
    const quote = await this.terms.fix(request);
    await this.transactions.run(async () => {
      await this.quotes.insert(quote);
      if (author !== undefined) await this.recordCreation(quote, author);
    });
    return quote;
  }

  /** Throws `currency_unsupported`. */
  assertCurrency(currency: string): void {
    this.terms.assertCurrency(currency);
  }

  /** Throws `amount_below_minimum`, `amount_above_maximum`, `amount_too_precise`. An unknown currency is not judged here. */
  assertAmount(currency: string, amount: Amount): void {
    this.terms.assertAmount(currency, amount);
  }

  /** Throws `unsupported_pay_currency`. */
  assertPayable(network: Network, asset: string): void {
    this.terms.assertPayable(network, asset);
  }

  /** Null when it does not exist or is not this owner's. */
  find(owner: Tenant, id: string): Promise<Quote | null> {
    return isRowId(id) ? this.quotes.find(owner, id) : Promise.resolve(null);
  }

  /** For preparing a payment. Throws `resource_not_found`, and `quote_expired` (409) once its time is over. */
  async getOpen(owner: Tenant, id: string): Promise<Quote> {
    const found = await this.find(owner, id);
    if (found === null) throw new DomainError('resource_not_found');
    if (quoteStatus(found, this.clock.now()) === 'expired') throw new DomainError('quote_expired');
    return found;
  }

  list(owner: Tenant, page: Keyset): Promise<Quote[]> {
    return this.quotes.list(owner, page);
  }

  private recordCreation(quote: Quote, { actor, requestId }: Author): Promise<void> {
    const { merchantId, network, id, currency, asset, payAmount, rate, expiresAt } = quote;
    const after = { currency, asset: asset.code, payAmount: formatLedgerAmount(payAmount), rate, expiresAt };
    return this.audit.record({
      merchantId,
      network,
      actor,
      requestId,
      action: 'quote.created',
      subjectType: 'quotes',
      subjectId: id,
      before: null,
      after,
    });
  }
}
