import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import type { Amount, Asset } from '../common/money';
import { Randomness } from '../common/secrets';
import { Settings } from '../env';
import type { Invoice } from '../invoices/invoice';
import { InvoicesService } from '../invoices/invoices.service';
import { ConfirmationService } from '../payments/confirmation.service';
import { amountOwed, assertPayable, assetOf, memoOf } from '../payments/payable';
import { ExchangeRoutesService } from '../rates/exchange-routes.service';
import { sandboxHorizonUrl } from '../sandbox/sandbox-url';
import { Networks } from '../stellar/networks';

interface Exchange {
  readonly asset: Asset;
  readonly maxAmount: Amount;
  readonly path: readonly Asset[];
}

/** Pays invoices on the sandbox, where money is play and the whole way of a payment is public. */
@Injectable()
export class TestPaymentsService {
  /** A second click joins the payment that is under way instead of paying twice. */
  private readonly underWay = new Map<string, Promise<string>>();

  constructor(
    private readonly invoices: InvoicesService,
    private readonly confirmations: ConfirmationService,
    private readonly routes: ExchangeRoutesService,
    private readonly networks: Networks,
    private readonly randomness: Randomness,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Pays what is owed and resolves with the transaction's hash once it is recorded. With `sendAsset`, the code of
   * another listed asset, the wallet gives that one and the market exchanges it. Throws `invoice_not_found`
   * (on every network but the sandbox, too), `invoice_not_payable`, `payer_cannot_pay`, what `ExchangeRoutesService.route` throws.
   */
  async pay(publicId: string, sendAsset?: string): Promise<string> {
    const running = this.underWay.get(publicId);
    if (running !== undefined) return running;
    const payment = this.payOnce(publicId, sendAsset).finally(() => this.underWay.delete(publicId));
    this.underWay.set(publicId, payment);
    return payment;
  }

  private async payOnce(publicId: string, sendAsset?: string): Promise<string> {
    const invoice = await this.invoices.getPublic(publicId);
    if (invoice.network !== 'sandbox')
      throw new DomainError('invoice_not_found', { detail: 'Test wallets exist on the sandbox only' });
    const now = this.clock.now();
    assertPayable(invoice, now);
    const from = sendAsset === undefined ? undefined : await this.exchange(invoice, sendAsset);
    const hash = await this.send(invoice, now, from);
    // Recorded before the answer, so that the page that asked sees it at once.
    await this.confirmations.confirm(publicId, hash);
    return hash;
  }

  private async exchange(invoice: Invoice, sendAsset: string): Promise<Exchange> {
    const { source, sendMax, path } = await this.routes.route({
      network: invoice.network,
      from: sendAsset,
      to: invoice.assetCode,
      amount: amountOwed(invoice),
    });
    return { asset: source, maxAmount: sendMax, path };
  }

  private async send(invoice: Invoice, now: Date, from: Exchange | undefined): Promise<string> {
    // Loaded with the first test payment: it builds and signs, which takes most of the Stellar SDK.
    const { payWithTestWallet, TestPaymentRefused } =
      require('../sandbox/test-payer') as typeof import('../sandbox/test-payer');
    try {
      return await payWithTestWallet({
        horizonUrl: sandboxHorizonUrl(this.settings),
        passphrase: this.networks.of('sandbox').passphrase,
        seed: () => this.randomness.bytes(32),
        now,
        destination: invoice.destination,
        asset: assetOf(invoice),
        amount: amountOwed(invoice),
        ...(from === undefined ? {} : { from }),
        memo: memoOf(invoice),
        mayOpenAccount: invoice.activateNewAccounts,
      });
    } catch (error) {
      if (error instanceof TestPaymentRefused)
        throw new DomainError('payer_cannot_pay', { detail: error.message, cause: error });
      throw error;
    }
  }
}
