import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Invoice } from '../invoices/invoice';
import { InvoicesService } from '../invoices/invoices.service';
import { Remembered } from '../rates/remembered';
import { type ExchangeRoute, ExchangeRoutesService } from '../rates/exchange-routes.service';
import { LedgerSources } from '../stellar/ledger-sources';
import { asDomainFailure } from './ledger-failure';
import { amountOwed, assertPayable } from './payable';

/** An open page asks again and again; the market is asked once in this time for one debt. */
const REMEMBERED_MS = 5_000;
/** Debts that are remembered at the same time; beyond it the oldest is asked anew. */
const MOST_REMEMBERED = 1_000;

/** What an invoice costs at this moment in the assets that it does not ask for. */
@Injectable()
export class InvoiceExchangeRoutesService {
  private readonly remembered = new Map<string, Remembered<readonly ExchangeRoute[]>>();

  constructor(
    private readonly invoices: InvoicesService,
    private readonly routes: ExchangeRoutesService,
    private readonly sources: LedgerSources,
    private readonly clock: Clock,
  ) {}

  /** Throws `invoice_not_found`, `invoice_not_payable`, and what `of` throws. */
  async list(publicId: string): Promise<readonly ExchangeRoute[]> {
    const invoice = await this.invoices.getPublic(publicId);
    assertPayable(invoice, this.clock.now());
    return this.routesFor(invoice);
  }

  /**
   * One route for every other listed asset that has one, a few seconds old at most; what is owed arrives by any of
   * them. Empty while the recipient's account is missing, which no path payment can open. Not within a transaction.
   * Throws `rate_unavailable` when nothing can be said, `ledger_unavailable`.
   */
  routesFor(invoice: Invoice): Promise<readonly ExchangeRoute[]> {
    const key = `${invoice.publicId} ${amountOwed(invoice)}`;
    const known = this.remembered.get(key) ?? new Remembered(() => this.ask(invoice), REMEMBERED_MS, this.clock);
    this.remembered.set(key, known);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > MOST_REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
    return known.get();
  }

  private async ask(invoice: Invoice): Promise<readonly ExchangeRoute[]> {
    const { network, assetCode, destination } = invoice;
    const [recipient, routes] = await Promise.all([
      invoice.activateNewAccounts ? this.sources.of(network).account(destination) : undefined,
      this.routes.routesTo({ network, to: assetCode, amount: amountOwed(invoice) }),
    ]).catch((error: unknown) => {
      throw asDomainFailure(error);
    });
    return recipient === null ? [] : routes;
  }
}
