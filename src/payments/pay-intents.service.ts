import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids } from '../common/ids';
import type { Amount, Asset } from '../common/money';
import { Transactions } from '../database/transactions';
import type { Invoice } from '../invoices/invoice.entity';
import { InvoicesService } from '../invoices/invoices.service';
import { type Route, RoutesService } from '../rates/routes.service';
import type { LedgerAccount } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import type { Memo } from '../stellar/memo';
import { buildPayment, type PaymentPlan, type UnsignedTransaction } from '../stellar/transactions';
import { IntentsRepository, type NewIntent } from './intents.repository';
import { asDomainFailure } from './ledger-failure';
import { amountOwed, assertPayable, assetOf, memoOf, notPayable } from './payable';
import { cannotGive } from './payer-means';

/** How long a prepared payment may be signed and sent. */
export const INTENT_SECONDS = 300;
/** The most a payer offers for inclusion; the network charges the clearing price, 100 stroops on a quiet day. */
const MAX_FEE_STROOPS = 10_000n;

/** Everything a wallet needs to pay an invoice. */
export interface PayIntent {
  readonly invoice: Invoice;
  /** Unsigned envelope, when the sender is known. */
  readonly transactionXdr: string | null;
  /** What is still owed. */
  readonly amount: Amount;
  /** What it is paid with where that is another asset; the envelope is then a path payment that delivers `amount`. */
  readonly exchange: Route | null;
  readonly asset: Asset;
  readonly memo: Memo;
  readonly timeoutSeconds: number;
}

@Injectable()
export class PayIntentsService {
  constructor(
    private readonly intents: IntentsRepository,
    private readonly invoices: InvoicesService,
    private readonly sources: LedgerSources,
    private readonly routes: RoutesService,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Prepares one way to pay. It blocks nobody: any number of intents live side by side. Throws
   * `invoice_not_found`, `invoice_not_payable`, `own_invoice`, `payer_cannot_pay`, `ledger_unavailable`; with
   * `sendAsset` (code of another listed asset, which needs a sender) also what `RoutesService.route` throws.
   */
  async prepare(publicId: string, sender: string | null, assertNetwork: (invoice: Invoice) => void, sendAsset: string | null = null): Promise<PayIntent> {
    const invoice = await this.invoices.getPublic(publicId);
    const now = this.clock.now();
    assertPayable(invoice, now);
    if (sender === invoice.destination) throw new DomainError('own_invoice');
    assertNetwork(invoice);
    const expiresAt = this.intentEnd(invoice, now);
    const facts = { invoice, amount: amountOwed(invoice), asset: assetOf(invoice), memo: memoOf(invoice), timeoutSeconds: Math.max(1, Math.floor((expiresAt.getTime() - now.getTime()) / 1000)) };
    const prepared = sender === null ? null : await this.build(invoice, sender, expiresAt, sendAsset);
    const exchange = prepared?.exchange ?? null;
    await this.transactions.run(async () => {
      if (!(await this.invoices.markProcessing(invoice))) throw notPayable(await this.invoices.getPublic(publicId));
      const { merchantId, id: invoiceId } = invoice;
      await this.intents.insert({ merchantId, invoiceId, id: this.ids.row(), sender, transactionHash: prepared?.unsigned.hash ?? null, exchange: exchange && exchangeOf(exchange), createdAt: now, expiresAt });
    });
    return { ...facts, exchange, transactionXdr: prepared?.unsigned.envelopeXdr ?? null };
  }

  /** 300 s from now, but never past the deadline: the network itself then refuses a late payment. */
  private intentEnd(invoice: Invoice, now: Date): Date {
    const end = now.getTime() + INTENT_SECONDS * 1000;
    return new Date(invoice.expiresAt === null ? end : Math.min(end, invoice.expiresAt.getTime()));
  }

  private async build(invoice: Invoice, sender: string, maxTime: Date, sendAsset: string | null): Promise<Prepared> {
    const source = this.sources.of(invoice.network);
    const [payer, recipient, exchange] = await Promise.all([source.account(sender), invoice.activateNewAccounts ? source.account(invoice.destination) : undefined, sendAsset === null ? null : this.route(invoice, sendAsset)]).catch((error: unknown) => {
      throw asDomainFailure(error);
    });
    if (payer === null) throw new DomainError('payer_cannot_pay', { detail: 'Sender wallet is not activated on this network. It must be funded first.' });
    const unsigned = buildPayment({
      passphrase: source.passphrase,
      sender: { address: sender, sequence: payer.sequence },
      ...operationOf(recipient === null, payer, exchange),
      destination: invoice.destination,
      muxedId: null,
      asset: assetOf(invoice),
      amount: amountOwed(invoice),
      memo: memoOf(invoice),
      maxTime,
      feeStroops: MAX_FEE_STROOPS,
    });
    return { unsigned, exchange };
  }

  private route(invoice: Invoice, from: string): Promise<Route> {
    return this.routes.route({ network: invoice.network, from, to: invoice.assetCode, amount: amountOwed(invoice) });
  }
}

interface Prepared {
  readonly unsigned: UnsignedTransaction;
  readonly exchange: Route | null;
}

/** Refuses what the network would refuse for certain, before anything is signed. */
function operationOf(opensAccount: boolean, payer: LedgerAccount, exchange: Route | null): Pick<PaymentPlan, 'kind' | 'from'> {
  if (exchange === null) return { kind: opensAccount ? 'create_account' : 'payment' };
  if (opensAccount) throw new DomainError('unsupported_pay_currency', { detail: 'Unsupported pay currency: the recipient account does not exist yet, and only a payment in XLM can open it' });
  const reason = cannotGive(payer, exchange.source, exchange.sourceAmount);
  if (reason !== null) throw new DomainError('payer_cannot_pay', { detail: reason });
  return { kind: 'path_payment_strict_receive', from: { asset: exchange.source, maxAmount: exchange.sendMax, path: exchange.path } };
}

function exchangeOf({ source, sendMax, path, destinationAmount }: Route): NewIntent['exchange'] {
  return { sendAsset: source, sendMax, path, amount: destinationAmount };
}
