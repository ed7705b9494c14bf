import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids } from '../common/ids';
import type { Amount, Asset } from '../common/money';
import type { Invoice } from '../invoices/invoice';
import { InvoicesService } from '../invoices/invoices.service';
import { ReceivabilityService } from '../merchants/receivability.service';
import { type ExchangeRoute, ExchangeRoutesService } from '../rates/exchange-routes.service';
import { type LedgerAccount, type LedgerSource, LedgerUnavailable } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import type { Memo } from '../stellar/memo';
import { receivingFault, type ReceivingFault } from '../stellar/receiving';
import { buildPayment, type PaymentPlan, type UnsignedTransaction } from '../stellar/transactions';
import type { NewIntent } from './intents.repository';
import { asDomainFailure } from './ledger-failure';
import { amountOwed, assertPayable, assetOf, memoOf, notPayable } from './payable';
import { cannotGive } from './payer-means';
import { PreparedPaymentsService } from './prepared-payments.service';

/** How long a prepared payment may be signed and sent. */
export const INTENT_SECONDS = 300;
/** The most a payer offers for inclusion; the network charges the clearing price, 100 stroops on a quiet day. */
const MAX_FEE_STROOPS = 10_000n;
const FEES = { least: 100n, offered: MAX_FEE_STROOPS };
/** How long the ledger may take to return two accounts. After that the intent is made without them. */
const LOOK_MS = 4_000;

/** Everything a wallet needs to pay an invoice. */
export interface PayIntent {
  readonly invoice: Invoice;
  /** Unsigned envelope, when the sender is known. */
  readonly transactionXdr: string | null;
  /** What is still owed. */
  readonly amount: Amount;
  /** What it is paid with where that is another asset; the envelope is then a path payment that delivers `amount`. */
  readonly exchange: ExchangeRoute | null;
  readonly asset: Asset;
  readonly memo: Memo;
  readonly timeoutSeconds: number;
}

@Injectable()
export class PayIntentsService {
  constructor(
    private readonly prepared: PreparedPaymentsService,
    private readonly invoices: InvoicesService,
    private readonly sources: LedgerSources,
    private readonly routes: ExchangeRoutesService,
    private readonly receivability: ReceivabilityService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Prepares one way to pay. It blocks no other: any number of intents live side by side. Throws `invoice_not_found`,
   * `invoice_not_payable`, `own_invoice`, and with a sender `payer_cannot_pay` and `recipient_cannot_receive`, before
   * anything is signed. While the ledger is away the intent has no envelope, as without a sender. With `sendAsset` (code of
   * another listed asset, which needs a sender) it throws what `ExchangeRoutesService.route` throws.
   */
  async prepare(
    publicId: string,
    sender: string | null,
    assertNetwork: (invoice: Invoice) => void,
    sendAsset: string | null = null,
  ): Promise<PayIntent> {
    const invoice = await this.invoices.getPublic(publicId);
    const now = this.clock.now();
    assertPayable(invoice, now);
    if (sender === invoice.destination) throw new DomainError('own_invoice');
    assertNetwork(invoice);
    const expiresAt = this.intentEnd(invoice, now);
    const facts = {
      invoice,
      amount: amountOwed(invoice),
      asset: assetOf(invoice),
      memo: memoOf(invoice),
      timeoutSeconds: Math.max(1, Math.floor((expiresAt.getTime() - now.getTime()) / 1000)),
    };
    const prepared = sender === null ? null : await this.build(invoice, sender, expiresAt, sendAsset);
    const exchange = prepared?.exchange ?? null;
    const { merchantId, id: invoiceId, network } = invoice;
    const intent = {
      merchantId,
      invoiceId,
      network,
      id: this.ids.row(),
      sender,
      transactionHash: prepared?.unsigned.hash ?? null,
      exchange: exchange && exchangeOf(exchange),
      createdAt: now,
      expiresAt,
    };
    if (!(await this.prepared.add(intent))) throw notPayable(await this.invoices.getPublic(publicId));
    return { ...facts, exchange, transactionXdr: prepared?.unsigned.envelopeXdr ?? null };
  }

  /** 300 s from now, but never past the deadline: the network itself then refuses a late payment. */
  private intentEnd(invoice: Invoice, now: Date): Date {
    const end = now.getTime() + INTENT_SECONDS * 1000;
    return new Date(invoice.expiresAt === null ? end : Math.min(end, invoice.expiresAt.getTime()));
  }

  /** Null when the ledger does not return the accounts now. */
  private async build(
    invoice: Invoice,
    sender: string,
    maxTime: Date,
    sendAsset: string | null,
  ): Promise<Prepared | null> {
    const source = this.sources.of(invoice.network);
    const exchange = sendAsset === null ? null : await this.route(invoice, sendAsset);
    const accounts = await this.look(source, sender, invoice.destination).catch((error: unknown) => {
      if (exchange === null && error instanceof LedgerUnavailable) return null;
      throw asDomainFailure(error);
    });
    if (accounts === null) return null;
    const { payer, recipient } = accounts;
    await this.receivability.notice(invoice.network, invoice.destination, recipient);
    if (payer === null)
      throw new DomainError('payer_cannot_pay', {
        detail: 'Sender wallet is not activated on this network. It must be funded first.',
      });
    const operation = operationOf(recipient === null && invoice.activateNewAccounts, exchange);
    assertArrives(invoice, recipient);
    const [given, amount] =
      exchange === null ? [assetOf(invoice), amountOwed(invoice)] : [exchange.source, exchange.sourceAmount];
    const reason = cannotGive(payer, given, amount, FEES);
    if (reason !== null) throw new DomainError('payer_cannot_pay', { detail: reason });
    const unsigned = buildPayment({
      passphrase: source.passphrase,
      sender: { address: sender, sequence: payer.sequence },
      ...operation,
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

  /** Both accounts as they are now. Throws `LedgerUnavailable`, also when it takes too long. */
  private async look(
    source: LedgerSource,
    sender: string,
    destination: string,
  ): Promise<{ payer: LedgerAccount | null; recipient: LedgerAccount | null }> {
    const patience = new AbortController();
    const tooLong = this.clock.sleep(LOOK_MS, patience.signal).then(() => {
      throw new LedgerUnavailable('the ledger took too long to tell of two accounts');
    });
    tooLong.catch(() => undefined); // the race reports it, or nobody waits for it any more
    try {
      const [payer, recipient] = await Promise.race([
        Promise.all([source.account(sender), source.account(destination)]),
        tooLong,
      ]);
      return { payer, recipient };
    } finally {
      patience.abort();
    }
  }

  private route(invoice: Invoice, from: string): Promise<ExchangeRoute> {
    return this.routes.route({ network: invoice.network, from, to: invoice.assetCode, amount: amountOwed(invoice) });
  }
}

interface Prepared {
  readonly unsigned: UnsignedTransaction;
  readonly exchange: ExchangeRoute | null;
}

function operationOf(opensAccount: boolean, exchange: ExchangeRoute | null): Pick<PaymentPlan, 'kind' | 'from'> {
  if (exchange === null) return { kind: opensAccount ? 'create_account' : 'payment' };
  if (opensAccount)
    throw new DomainError('unsupported_pay_currency', {
      detail:
        'Unsupported pay currency: the recipient account does not exist yet, and only a payment in XLM can open it',
    });
  return {
    kind: 'path_payment_strict_receive',
    from: { asset: exchange.source, maxAmount: exchange.sendMax, path: exchange.path },
  };
}

/** With the same errors as the network's own refusal. */
function assertArrives(invoice: Invoice, recipient: LedgerAccount | null): void {
  const asset = assetOf(invoice);
  const fault = receivingFault(recipient, invoice.destination, asset, amountOwed(invoice), invoice.activateNewAccounts);
  if (fault !== null) throw new DomainError('recipient_cannot_receive', { detail: REFUSED_BY[fault](asset.code) });
}

const REFUSED_BY: Readonly<Record<ReceivingFault, (code: string) => string>> = {
  no_account: () => 'Recipient wallet is not activated on this network. It must be funded first.',
  no_trustline: (code) => `The recipient wallet does not have a trustline for ${code} yet. Ask the merchant to add it.`,
  not_authorized: (code) =>
    `The recipient wallet is not authorized to hold ${code}. Ask the merchant, or pay with another request.`,
  line_full: (code) => `The recipient wallet cannot receive more ${code} (limit reached). Ask the merchant.`,
};

function exchangeOf({ source, sendMax, path, destinationAmount }: ExchangeRoute): NewIntent['exchange'] {
  return { sendAsset: source, sendMax, path, amount: destinationAmount };
}
