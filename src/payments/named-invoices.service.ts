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
import { type LinkHolds, LinkLocksService, NO_RIVALS, type Rivalry } from '../links/link-locks.service';
import type { Credit } from '../stellar/ledger-source';
import { HeldSurplusRepository, type SubscriptionKey } from './held-surplus.repository';
import { chooseInvoice, type CreditReference, referencesOf } from './payment-matcher';
import { QuarantineRepository } from './quarantine.repository';

/**
 * How to meet an invoice or a link that another transaction holds: begin the work again, wait a moment, or put the money
 * aside, to be settled apart.
 */
export type Patience = 'none' | 'short' | 'aside';

/** Longest that a transaction waits for everything that its credits name. */
const SHORT_MS = 1_000;
const HELD = 'somebody else holds the invoice or its link';

/** An invoice that money names, with what its link says of it. */
export type NamedInvoice = ReferencedInvoice & Rivalry;

/** Credits whose invoices are held until the transaction ends, with all that waited for them, and those invoices. */
export interface Judgeable {
  readonly credits: readonly Credit[];
  readonly find: (credit: Credit, reference: CreditReference) => NamedInvoice | undefined;
  /** The open period of a subscription that takes money for its paid ones, held like the others. */
  readonly forward: (paid: NamedInvoice) => NamedInvoice | undefined;
}

/** What was looked for, by name, and which of it is held with its links, by id of the invoice. */
interface Taken {
  readonly named: ReadonlyMap<string, NamedInvoice>;
  readonly held: ReadonlyMap<string, InvoiceKey>;
  readonly links: LinkHolds;
  readonly forward: Judgeable['forward'];
}

/** Where money for paid periods goes, and the invoices of which that cannot be said now. */
interface Forwarding {
  readonly forward: Judgeable['forward'];
  readonly busy: readonly NamedInvoice[];
}

/**
 * The invoices that credits name, held before they are judged: first the invoices, then their links, each in one order. So
 * no change can make a page begin again and again, and no holder of a row can keep others' money waiting.
 */
@Injectable()
export class NamedInvoicesService {
  constructor(
    private readonly settlement: InvoiceSettlementService,
    private readonly links: LinkLocksService,
    private readonly quarantine: QuarantineRepository,
    private readonly surplus: HeldSurplusRepository,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Inside the caller's transaction. Throws `TransactionConflict` when its patience is over. */
  async hold(network: Network, credits: readonly Credit[], patience: Patience): Promise<Judgeable> {
    const asked = keysOf(credits);
    const { named, held, links, forward } =
      patience === 'short'
        ? await this.shortly(() => this.take(network, asked, 'wait'))
        : await this.take(network, asked, 'skip');
    const found = finder(named);
    const whole = [...named.values()].every(({ id }) => held.has(id));
    const busy = whole ? [] : credits.filter((credit) => isBusy(chosenBy(credit, found), held));
    if (busy.length > 0) await this.putAside(network, busy, found, patience);
    const free = busy.length === 0 ? credits : credits.filter((credit) => !busy.includes(credit));
    const waiting = await this.quarantine.waitingFor(network, [...held.values()]);
    if (waiting.length === 0) return { credits: free, find: found, forward };
    // A caller that holds an invoice takes along the credits that wait for it: they are judged in the order of the ledger.
    const all = [
      ...new Map([...free, ...waiting].map((credit) => [`${credit.operationId}/${credit.index}`, credit])).values(),
    ];
    const rows = await this.settlement.findReferenced(network, [...keysOf(all).values()]);
    return { credits: all, find: finder(byName(rows, links)), forward };
  }

  /**
   * Where money goes that names a period which is paid already. The subscriptions are held before anybody looks for what is open: time,
   * which opens periods and counts held money for them, has committed by then, or comes after this money. All that the settlement
   * will hold are held, and at once, so that no two transactions wait for each other.
   */
  private async forwardOf(named: readonly NamedInvoice[], holding: Holding): Promise<Forwarding> {
    const periods = named.filter(({ subscriptionId }) => subscriptionId !== null);
    const paid = periods.filter(({ status }) => status === 'PAID');
    if (paid.length === 0) return { forward: () => undefined, busy: [] };
    const free = await this.surplus.hold(keysOfSubscriptions(periods), holding);
    const isFree = ({ subscriptionId }: NamedInvoice): boolean => free.has(subscriptionId ?? '');
    const { open, busy } = await this.settlement.holdOpenOf(keysOfSubscriptions(paid.filter(isFree)));
    const bySubscription = new Map(open.map((invoice) => [invoice.subscriptionId, invoice]));
    return {
      forward: ({ subscriptionId, account, kind, value }) => {
        const invoice = bySubscription.get(subscriptionId);
        // Whichever of the merchant's accounts it names: a standing order keeps its first one, whatever is the default today.
        return invoice === undefined ? undefined : { ...invoice, ...NO_RIVALS, account, kind, value };
      },
      busy: periods.filter(
        (each) => !isFree(each) || (busy && paid.includes(each) && !bySubscription.has(each.subscriptionId)),
      ),
    };
  }

  /** The invoice that a credit names, looked up without any lock; null when it names none. */
  async findFor(network: Network, credit: Credit): Promise<InvoiceKey | null> {
    const rows = await this.settlement.findReferenced(network, [...keysOf([credit]).values()]);
    const chosen = chosenBy(credit, finder(byName(rows)));
    return typeof chosen === 'string' ? null : { merchantId: chosen.merchantId, id: chosen.id };
  }

  /** Holds the invoices, then their links, then subscriptions. Invoices that no credit names, or that another transaction holds, are looked up without any lock. */
  private async take(network: Network, asked: ReadonlyMap<string, ReferenceKey>, holding: Holding): Promise<Taken> {
    const rows = await this.settlement.holdReferenced(network, [...asked.values()], holding);
    const held = new Map(rows.map(({ merchantId, id }) => [id, { merchantId, id }]));
    const links = await this.links.hold([...held.values()], holding);
    for (const id of links.busy) held.delete(id);
    const named = byName(rows, links);
    const open = [...asked].flatMap(([name, reference]) => (named.has(name) ? [] : [reference]));
    for (const [name, row] of byName(await this.settlement.findReferenced(network, open), links)) named.set(name, row);
    const { forward, busy } = await this.forwardOf(
      [...named.values()].filter(({ id }) => held.has(id)),
      holding,
    );
    for (const { id } of busy) held.delete(id);
    return { named, held, links, forward };
  }

  private async putAside(
    network: Network,
    busy: readonly Credit[],
    find: Judgeable['find'],
    patience: Patience,
  ): Promise<void> {
    const aside = busy.flatMap((credit) => {
      const invoice = chosenBy(credit, find);
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

const nameOf = (account: string, { kind, value }: CreditReference): string => `${value} ${kind} ${account}`;

function byName(rows: readonly ReferencedInvoice[], links?: LinkHolds): Map<string, NamedInvoice> {
  const rivalryOf = links?.rivalryOf ?? ((): Rivalry => NO_RIVALS);
  return new Map(rows.map((row) => [nameOf(row.account, row), { ...row, ...rivalryOf(row.id) }]));
}

function finder(named: ReadonlyMap<string, NamedInvoice>): Judgeable['find'] {
  return ({ account }, reference) => named.get(nameOf(account, reference));
}

function chosenBy(credit: Credit, find: Judgeable['find']): ReturnType<typeof chooseInvoice<NamedInvoice>> {
  return chooseInvoice(credit, (reference) => find(credit, reference));
}

function isBusy(chosen: InvoiceKey | string, held: ReadonlyMap<string, InvoiceKey>): boolean {
  return typeof chosen !== 'string' && !held.has(chosen.id);
}

function keysOfSubscriptions(periods: readonly NamedInvoice[]): SubscriptionKey[] {
  const keys = periods.flatMap(({ merchantId, subscriptionId }) =>
    subscriptionId === null ? [] : [{ merchantId, subscriptionId }],
  );
  return [...new Map(keys.map((key) => [key.subscriptionId, key])).values()];
}

/** Every way in which credits name invoices, once, by name. */
function keysOf(credits: readonly Credit[]): Map<string, ReferenceKey> {
  const asked = new Map<string, ReferenceKey>();
  for (const credit of credits) {
    const { muxed, memo } = referencesOf(credit);
    for (const reference of [...(muxed === null ? [] : [muxed]), ...memo])
      asked.set(nameOf(credit.account, reference), { account: credit.account, ...reference });
  }
  return asked;
}
