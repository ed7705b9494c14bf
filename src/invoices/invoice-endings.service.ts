import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { InvoiceDoorService } from './invoice-door.service';
import { type EndedInvoice, InvoiceEndingsRepository } from './invoice-endings.repository';
import type { InvoiceReason } from './invoice-states';
import { InvoiceSettlementRepository } from './invoice-settlement.repository';
import type { InvoiceKey } from './invoices.repository';

export type { EndedInvoice };

/** Invoices that end together, for a reason that is not their own: a link is what ends them. Every method expects to be inside the caller's transaction. */
@Injectable()
export class InvoiceEndingsService {
  constructor(
    private readonly repository: InvoiceEndingsRepository,
    private readonly held: InvoiceSettlementRepository,
    private readonly door: InvoiceDoorService,
    private readonly clock: Clock,
  ) {}

  /**
   * The owner's early end of a link: lateness is judged from this instant. Returns the open ones. Waits for each, or leaves
   * out those that another transaction holds.
   */
  async expireOpen(keys: readonly InvoiceKey[], held: 'wait' | 'skip'): Promise<EndedInvoice[]> {
    if (keys.length === 0) return [];
    return this.end('link_ended', async () => {
      // In a statement of its own: the next one sees what it waited for (ADR 19).
      if (held === 'wait') await this.held.hold(keys, 'wait');
      return this.repository.expireOpen(keys, this.clock.now());
    });
  }

  /**
   * Ends invoices that lost against another one; what was paid to them counts no more (`paidBefore`). Never waits: invoices
   * that another transaction holds are not returned. `causes` of the events, by id of the invoice, where the ledger has one.
   */
  async takeOff(
    keys: readonly InvoiceKey[],
    causes?: ReadonlyMap<string, string | undefined>,
  ): Promise<EndedInvoice[]> {
    if (keys.length === 0) return [];
    return this.end('rival_paid', () => this.repository.takeOff(keys, this.clock.now()), causes);
  }

  /** What nobody owes any more, because the subscription has ended. Never waits: invoices that another transaction holds are not returned. */
  async withdraw(keys: readonly InvoiceKey[]): Promise<EndedInvoice[]> {
    if (keys.length === 0) return [];
    const changes = await this.door.change('subscription', async () =>
      (await this.repository.withdraw(keys, this.clock.now())).map((invoice) => ({
        type: 'invoice.cancelled' as const,
        invoice,
        moved: { from: invoice.previous, reason: 'subscription_ended' as const },
      })),
    );
    return changes.map(({ invoice }) => invoice);
  }

  /** Takes off what cancelled and expired invoices have received. Returns them. Never waits: invoices that another transaction holds are not returned. */
  async takeOffEnded(keys: readonly InvoiceKey[]): Promise<EndedInvoice[]> {
    if (keys.length === 0) return [];
    const changes = await this.door.change('link', async () =>
      (await this.repository.takeOffEnded(keys, this.clock.now())).map((invoice) => ({
        type: null,
        invoice,
        moved: null,
      })),
    );
    return changes.map(({ invoice }) => invoice);
  }

  private async end(
    reason: InvoiceReason,
    write: () => Promise<EndedInvoice[]>,
    causes?: ReadonlyMap<string, string | undefined>,
  ): Promise<EndedInvoice[]> {
    const changes = await this.door.change('link', async () =>
      (await write()).map((invoice) => {
        const { previous, id } = invoice;
        const moves = previous !== 'EXPIRED';
        return {
          type: moves ? ('invoice.expired' as const) : null,
          invoice,
          moved: moves ? { from: previous, reason } : null,
          cause: causes?.get(id),
        };
      }),
    );
    return changes.map(({ invoice }) => invoice);
  }
}
