import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { isHeld, TransactionConflict } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import {
  type Holding,
  type InvoiceKey,
  InvoiceSettlementService,
  type ReferencedInvoice,
  type ReferenceKey,
} from '../invoices/invoice-settlement.service';
import { LinkLocksService } from '../links/link-locks.service';
import type { Credit } from '../stellar/ledger-source';
import { chooseInvoice, type CreditReference, referencesOf } from './payment-matcher';
import { QuarantineRepository } from './quarantine.repository';

/**
 * What is done about an invoice or a link that somebody else holds: the work begins again, it is waited for a moment, or its
 * money is put aside, to be settled apart.
 */
export type Patience = 'none' | 'short' | 'aside';

/** Longest that a transaction waits for everything that its credits name. */
const SHORT_MS = 1_000;
const HELD = 'somebody else holds the invoice or its link';

/** Credits whose invoices are held until the transaction ends, with all that waited for them, and those invoices. */
export interface Judgeable {
  readonly credits: readonly Credit[];
  readonly find: (credit: Credit, reference: CreditReference) => ReferencedInvoice | undefined;
}

/**
 * The invoices that credits name, held before they are judged: first the invoices, then their links, each in one order. So
 * nobody's changes can make a page begin again and again, and nobody who holds a row can keep others' money waiting.
 */
@Injectable()
export class NamedInvoicesService {
  constructor(
    private readonly settlement: InvoiceSettlementService,
    private readonly links: LinkLocksService,
    private readonly quarantine: QuarantineRepository,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Inside the caller's transaction. Throws `TransactionConflict` when its patience is over. */
  async hold(network: Network, credits: readonly Credit[], patience: Patience): Promise<Judgeable> {
    const held =
      patience === 'short'
        ? await this.shortly(() => this.take(network, credits, 'wait'))
        : await this.take(network, credits, 'skip');
    const found = await this.find(network, credits);
    const busy = credits.filter((credit) =>
      isBusy(
        chooseInvoice(credit, (reference) => found(credit, reference)),
        held,
      ),
    );
    if (busy.length > 0) await this.putAside(network, busy, found, patience);
    const free = busy.length === 0 ? credits : credits.filter((credit) => !busy.includes(credit));
    const waiting = await this.quarantine.waitingFor(network, [...held.values()]);
    if (waiting.length === 0) return { credits: free, find: found };
    // Anyone who holds an invoice takes along what waits for it, so that it is judged in the order of the ledger.
    const all = [
      ...new Map([...free, ...waiting].map((credit) => [`${credit.operationId}/${credit.index}`, credit])).values(),
    ];
    return { credits: all, find: await this.find(network, all) };
  }

  /** The invoice that a credit names, looked up without any lock; null when it names none. */
  async findFor(network: Network, credit: Credit): Promise<InvoiceKey | null> {
    const found = await this.find(network, [credit]);
    const chosen = chooseInvoice(credit, (reference) => found(credit, reference));
    return typeof chosen === 'string' ? null : { merchantId: chosen.merchantId, id: chosen.id };
  }

  /** The invoices that are held now, with their links, by id. */
  private async take(network: Network, credits: readonly Credit[], holding: Holding): Promise<Map<string, InvoiceKey>> {
    const invoices = await this.settlement.holdReferenced(network, keysOf(credits), holding);
    const busy = await this.links.hold(invoices, holding);
    return new Map(invoices.filter(({ id }) => !busy.has(id)).map((key) => [key.id, key]));
  }

  private async find(network: Network, credits: readonly Credit[]): Promise<Judgeable['find']> {
    const rows = await this.settlement.findReferenced(network, keysOf(credits));
    const byReference = new Map(rows.map((row) => [nameOf(row), row]));
    return ({ account }, reference) => byReference.get(nameOf({ account, ...reference }));
  }

  private async putAside(
    network: Network,
    busy: readonly Credit[],
    find: Judgeable['find'],
    patience: Patience,
  ): Promise<void> {
    const aside = busy.flatMap((credit) => {
      const invoice = chooseInvoice(credit, (reference) => find(credit, reference));
      return typeof invoice === 'string'
        ? []
        : [{ credit, invoice: { merchantId: invoice.merchantId, id: invoice.id } }];
    });
    if (patience !== 'aside') throw new TransactionConflict(HELD);
    await this.quarantine.keep(network, aside, HELD, this.clock.now());
  }

  private async shortly<T>(wait: () => Promise<T>): Promise<T> {
    try {
      await this.transactions.affected(`set local statement_timeout to ${SHORT_MS}`);
      const held = await wait();
      await this.transactions.affected('set local statement_timeout to default');
      return held;
    } catch (error) {
      throw isHeld(error) ? new TransactionConflict(HELD) : error;
    }
  }
}

function isBusy(chosen: ReferencedInvoice | string, held: ReadonlyMap<string, InvoiceKey>): boolean {
  return typeof chosen !== 'string' && !held.has(chosen.id);
}

const nameOf = (reference: ReferenceKey): string => `${reference.account} ${reference.kind} ${reference.value}`;

/** Every way in which credits name invoices, once. */
function keysOf(credits: readonly Credit[]): ReferenceKey[] {
  const asked = new Map<string, ReferenceKey>();
  for (const credit of credits) {
    const { muxed, memo } = referencesOf(credit);
    for (const reference of [...(muxed === null ? [] : [muxed]), ...memo]) {
      const key = { account: credit.account, ...reference };
      asked.set(nameOf(key), key);
    }
  }
  return [...asked.values()];
}
