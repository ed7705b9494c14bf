import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { DEFAULT_PASSPHRASES } from '../common/network';
import type { Asset } from '../common/money';
import type { Invoice } from '../invoices/invoice';
import { InvoicesService } from '../invoices/invoices.service';
import type { LedgerSource } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import {
  checkExchange,
  checkPayment,
  EnvelopeUnreadable,
  inspectPayment,
  type PaymentDifference,
  type PaymentFacts,
} from '../stellar/transactions';
import { IntentsRepository } from './intents.repository';
import { asDomainFailure } from './ledger-failure';
import { refusal } from './network-refusal';
import { INTENT_SECONDS } from './pay-intents.service';
import { amountOwed, assertPayable, assetOf, memoOf, paymentKinds } from './payable';
import { PaymentsService } from './payments.service';

export type SubmissionResult =
  | { readonly alreadyPaid: true }
  | { readonly alreadyPaid: false; readonly transactionHash: string; readonly ledger: number };

/** Wallets that build their own transaction set their own clock: this much beyond our own limit is accepted. */
const MAX_TIME_SLACK_SECONDS = 300;

/** Relays a signed payment, and only a payment of exactly this invoice: no open relay, no second payment. */
@Injectable()
export class SubmissionService {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly intents: IntentsRepository,
    private readonly payments: PaymentsService,
    private readonly sources: LedgerSources,
    private readonly clock: Clock,
  ) {}

  /**
   * Refuses anything that is not this invoice's payment before the network hears of it. A lost answer is
   * `ledger_unavailable`: nothing is concluded, reconciliation finds the money, and repeating is safe.
   */
  async submit(publicId: string, signedXdr: string): Promise<SubmissionResult> {
    const invoice = await this.invoices.getPublic(publicId);
    if (invoice.status === 'PAID') return { alreadyPaid: true };
    assertPayable(invoice, this.clock.now());
    const source = this.sources.of(invoice.network);
    const facts = this.check(invoice, source, signedXdr);
    await this.checkPrepared(invoice, facts);
    await this.intents.markSubmitted(invoice.merchantId, invoice.id, facts.innerHash ?? facts.hash);
    const outcome = await source.submit(signedXdr).catch((error: unknown) => {
      throw asDomainFailure(error);
    });
    if (outcome.kind !== 'applied') throw refusal(outcome, givenIn(facts)?.code ?? null);
    await this.recordNow(source, invoice, outcome.hash);
    return { alreadyPaid: false, transactionHash: outcome.hash, ledger: outcome.ledger };
  }

  private check(invoice: Invoice, source: LedgerSource, signedXdr: string): PaymentFacts {
    const facts = readEnvelope(
      signedXdr,
      source.passphrase,
      this.sources.all.map((each) => each.passphrase),
    );
    if (facts.source === invoice.destination) throw new DomainError('own_invoice');
    const differences = checkPayment(facts, {
      destination: invoice.destination,
      muxedId: null,
      asset: assetOf(invoice),
      // What was owed when the transaction was prepared counts as well: a stranger's dust must not spoil a payment that is being signed.
      amount: amountOwed(invoice),
      atMost: invoice.total,
      memo: memoOf(invoice),
      latestMaxTime: new Date(this.clock.now().getTime() + (INTENT_SECONDS + MAX_TIME_SLACK_SECONDS) * 1000),
      kinds: paymentKinds(invoice),
    });
    if (differences.length > 0) throw mismatch(differences, facts, source.passphrase);
    return facts;
  }

  /**
   * A sender that had path payments prepared pays by one of them to the letter: what the payer gives and at most how
   * much of it is as much a part of the agreement as what arrives. Wallets that find their own path ask for none.
   */
  private async checkPrepared(invoice: Invoice, facts: PaymentFacts): Promise<void> {
    if (givenIn(facts) === null) return;
    const prepared = await this.intents.exchangesFor(
      invoice.merchantId,
      invoice.id,
      facts.source,
      facts.innerHash ?? facts.hash,
    );
    const [closest] = prepared.map((each) => checkExchange(facts, each)).toSorted((a, b) => a.length - b.length);
    if (closest !== undefined && closest.length > 0) throw differs(closest);
  }

  /** The network has it; if we cannot read it back at once, reconciliation will. */
  private async recordNow(source: LedgerSource, invoice: Invoice, hash: string): Promise<void> {
    const transaction = await source.transaction(hash).catch((error: unknown) => {
      if (asDomainFailure(error) === error) throw error;
      return null;
    });
    if (transaction?.successful === true)
      await this.payments.record(invoice.network, transaction.credits, transaction.unreadable);
  }
}

function readEnvelope(signedXdr: string, passphrase: string, known: readonly string[]): PaymentFacts {
  try {
    return inspectPayment(signedXdr, passphrase, [...known, ...Object.values(DEFAULT_PASSPHRASES)]);
  } catch (error) {
    if (error instanceof EnvelopeUnreadable)
      throw new DomainError('transaction_malformed', {
        detail: `The signed transaction cannot be read: ${error.message}`,
      });
    throw error;
  }
}

function mismatch(differences: readonly PaymentDifference[], facts: PaymentFacts, passphrase: string): DomainError {
  const [first] = differences;
  if (first === 'network')
    return new DomainError('transaction_network_mismatch', {
      detail: `Network mismatch: Transaction signed for '${facts.signedFor}' but invoice requires '${passphrase}'`,
    });
  if (first === 'signature')
    return new DomainError('transaction_unsigned', {
      detail: 'Transaction authorization failed. Please reconnect your wallet and sign again.',
    });
  return differs(differences);
}

function differs(differences: readonly PaymentDifference[]): DomainError {
  return new DomainError('transaction_mismatch', {
    detail: `Transaction does not match invoice payment details: ${differences.join(', ')}`,
  });
}

/** The asset that a path payment takes from its sender; null for every other payment. */
function givenIn(facts: PaymentFacts): Asset | null {
  return facts.operations[0]?.exchange?.asset ?? null;
}
