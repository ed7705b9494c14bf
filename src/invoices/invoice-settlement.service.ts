import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { meanwhile } from '../common/meanwhile';
import type { Network } from '../common/network';
import { TransactionConflict } from '../database/database-errors';
import type { EventDraft } from '../webhooks/event-types';
import { readyEvent } from '../webhooks/event-append';
import type { ChangedInvoice, InvoiceChange } from './invoice-change';
import { InvoiceDoorService } from './invoice-door.service';
import { invoiceEvent } from './invoice-event';
import {
  type Holding,
  type InvoiceKey,
  InvoiceSettlementRepository,
  type JudgedInvoice,
  type ReferencedInvoice,
  type Settlement,
  type SubscriptionKey,
} from './invoice-settlement.repository';
import { type InvoiceReason, type InvoiceStatus, PAYABLE_STATUSES } from './invoice-states';

export type { Holding, InvoiceKey, JudgedInvoice, ReferencedInvoice, Settlement };

/** A way money may name its invoice on one account. */
export interface ReferenceKey {
  readonly account: string;
  readonly kind: 'id' | 'text';
  readonly value: string;
}

/** The events of a settlement; causes by id of the invoice. */
export interface Telling {
  readonly causes?: ReadonlyMap<string, string>;
  readonly alongside?: readonly EventDraft[];
}

/** What money and time do to invoices, by set. Every method expects to be inside the caller's transaction. */
@Injectable()
export class InvoiceSettlementService {
  constructor(
    private readonly repository: InvoiceSettlementRepository,
    private readonly door: InvoiceDoorService,
    private readonly clock: Clock,
  ) {}

  /**
   * Holds the invoices behind the references until the caller's transaction ends, so that no change comes between judging
   * and writing. Returns those that are held, as they are now: all of them, unless rows of other transactions are left out.
   */
  async holdReferenced(
    network: Network,
    references: readonly ReferenceKey[],
    holding: Holding,
  ): Promise<ReferencedInvoice[]> {
    if (references.length === 0) return [];
    return this.repository.holdReferenced(
      network,
      references.map((each) => each.account),
      references.map((each) => each.kind),
      references.map((each) => each.value),
      holding,
    );
  }

  /** Waits for the invoice and holds it until the caller's transaction ends. Throws `invoice_not_found`. */
  async hold(key: InvoiceKey): Promise<void> {
    if ((await this.repository.hold([key], 'wait')).length === 0) throw new DomainError('invoice_not_found');
  }

  /** The same for several, in the one order. */
  async holdEach(keys: readonly InvoiceKey[]): Promise<void> {
    if (keys.length > 0) await this.repository.hold(keys, 'wait');
  }

  /** Those of several that no other transaction holds. */
  async holdFree(keys: readonly InvoiceKey[]): Promise<InvoiceKey[]> {
    return keys.length === 0 ? [] : this.repository.hold(keys, 'skip');
  }

  /** The invoices behind the references as they are now. Unknown references are absent. */
  async findReferenced(network: Network, references: readonly ReferenceKey[]): Promise<ReferencedInvoice[]> {
    if (references.length === 0) return [];
    return this.repository.findReferenced(
      network,
      references.map((each) => each.account),
      references.map((each) => each.kind),
      references.map((each) => each.value),
    );
  }

  /**
   * The open invoices of subscriptions whose paid periods money has named. The caller holds invoices and links already, so these are not
   * waited for: `busy` is true when another transaction holds one.
   */
  async holdOpenOf(
    keys: readonly SubscriptionKey[],
  ): Promise<{ readonly open: JudgedInvoice[]; readonly busy: boolean }> {
    const open = await this.repository.holdOpenOf(keys);
    const busy = open.length < keys.length && (await this.repository.findOpenOf(keys)).length > open.length;
    return { open, busy };
  }

  /** One invoice as it is now, to be judged. Throws `invoice_not_found`. */
  async get(key: InvoiceKey): Promise<JudgedInvoice> {
    const found = await this.repository.find(key);
    if (found === null) throw new DomainError('invoice_not_found');
    return found;
  }

  /**
   * Writes what was decided about the judged invoices, and passes on those that became PAID by it. `causes` of their events, by id
   * of the invoice; the events of `alongside` come before. Throws `TransactionConflict` when an invoice has changed since it was
   * judged: the caller's transaction is then run again. A caller that holds the invoices never meets it.
   */
  async settle(
    judged: readonly JudgedInvoice[],
    settlements: readonly Settlement[],
    { causes, alongside }: Telling = {},
  ): Promise<void> {
    await this.door.change(
      'ledger',
      async () => {
        if (settlements.length === 0) return [];
        const [written, changes] = await meanwhile(this.repository.settle(settlements, this.clock.now()), () =>
          newlyPaid(judged, settlements, causes),
        );
        if (written !== settlements.length)
          throw new TransactionConflict('an invoice changed while its money was judged');
        return changes;
      },
      alongside,
    );
  }

  /**
   * Holds those of one merchant's invoices that were due before everything up to `ingestedThrough` had been read, and that no
   * other transaction holds.
   */
  holdDue(merchantId: string, ids: readonly string[], ingestedThrough: Date): Promise<InvoiceKey[]> {
    return this.repository.holdDue(merchantId, ids, ingestedThrough);
  }

  /** Those of one merchant's invoices that have nothing to end before then: they are closed, or due later. */
  listNotDue(merchantId: string, ids: readonly string[], ingestedThrough: Date): Promise<string[]> {
    return this.repository.listNotDue(merchantId, ids, ingestedThrough);
  }

  /** Expires invoices that the caller holds. */
  async expire(keys: readonly InvoiceKey[]): Promise<number> {
    if (keys.length === 0) return 0;
    const expired = await this.door.change('time', async () =>
      (await this.repository.expire(keys, this.clock.now())).map(({ previous, ...invoice }) =>
        changeOf('invoice.expired', invoice, previous, 'deadline_passed'),
      ),
    );
    return expired.length;
  }

  /** Lets PROCESSING invoices without an open intent fall back to PENDING; the caller holds them. */
  async reopenIdle(keys: readonly InvoiceKey[]): Promise<number> {
    if (keys.length === 0) return 0;
    const reopened = await this.door.change('time', async () =>
      (await this.repository.reopenIdle(keys, this.clock.now())).map((invoice) =>
        changeOf('invoice.reopened', invoice, 'PROCESSING', 'preparation_lapsed'),
      ),
    );
    return reopened.length;
  }

  /**
   * A prepared payment moves DRAFT or PENDING to PROCESSING. False when the invoice is no longer payable, whatever it was when
   * the caller read it.
   */
  async startProcessing(key: InvoiceKey): Promise<boolean> {
    const status = await this.repository.lockStatus(key);
    if (status === null || !PAYABLE_STATUSES.includes(status)) return false;
    if (status === 'PROCESSING') return true;
    await this.door.change('payer', async () => [
      changeOf(
        'invoice.processing',
        await this.repository.startProcessing(key, status, this.clock.now()),
        status,
        'payment_prepared',
      ),
    ]);
    return true;
  }
}

function changeOf(
  type: InvoiceChange['type'],
  invoice: ChangedInvoice,
  from: InvoiceStatus,
  reason: InvoiceReason,
): InvoiceChange {
  return { type, invoice, moved: { from, reason } };
}

/** The rows as they are after settling, for those that became PAID by it, with their events. */
function newlyPaid(
  judged: readonly JudgedInvoice[],
  settlements: readonly Settlement[],
  causes: Telling['causes'],
): InvoiceChange[] {
  const before = new Map(judged.map((invoice) => [invoice.id, invoice]));
  return settlements.flatMap((settlement) => {
    const invoice = before.get(settlement.id);
    if (invoice === undefined || settlement.status !== 'PAID' || invoice.status === 'PAID') return [];
    const paid = { ...invoice, ...settlement };
    const cause = causes?.get(invoice.id);
    const reason = invoice.status === 'EXPIRED' ? 'paid_late' : 'paid_in_full';
    return {
      ...changeOf('invoice.paid', paid, invoice.status, reason),
      cause,
      event: readyEvent(invoiceEvent('invoice.paid', paid, invoice.status, cause)),
    };
  });
}
