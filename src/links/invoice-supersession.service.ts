import { Injectable } from '@nestjs/common';
import type { ChangingPrincipal } from '../common/principal';
import { DomainError } from '../common/errors';
import { Transactions } from '../database/transactions';
import { InvoiceActionsService, type InvoiceAddress } from '../invoices/invoice-actions.service';
import type { Invoice } from '../invoices/invoice';
import {
  type CreatedInvoice,
  type CreationAllowance,
  type InvoiceDraft,
  InvoicesService,
} from '../invoices/invoices.service';
import { InvoiceSupersessionsRepository, type Supersession } from './invoice-supersessions.repository';
import type { InvoiceKey } from './slots/link-slots.repository';
import { LinkOriginsService } from './link-origins.service';
import { ReleasedMoneyService } from './choices/released-money.service';

export type { Supersession };

/**
 * The way on for an invoice that cannot change any more, because it was sent or because money has met it: it is cancelled
 * and a new draft, under a new number, takes its place. What was paid is held, to be attached to the new one or returned.
 */
@Injectable()
export class InvoiceSupersessionService {
  constructor(
    private readonly origins: LinkOriginsService,
    private readonly actions: InvoiceActionsService,
    private readonly invoices: InvoicesService,
    private readonly money: ReleasedMoneyService,
    private readonly repository: InvoiceSupersessionsRepository,
    private readonly transactions: Transactions,
  ) {}

  /**
   * One transaction. `draft` says what the new invoice is, from the old one as it is then. Throws `invoice_not_cancellable`
   * for what is paid or closed, `invoice_of_link`, and what `draft` and `InvoicesService.create` throw.
   */
  supersede(
    author: ChangingPrincipal,
    address: InvoiceAddress,
    draft: (old: Invoice) => Promise<InvoiceDraft>,
    allowance: CreationAllowance,
  ): Promise<CreatedInvoice> {
    return this.transactions.run(async () => {
      const old = await this.actions.cancel(author, address);
      if (old.subscriptionId !== null || (await this.origins.originOf(old)) !== null)
        throw new DomainError('invoice_of_link');
      await this.money.releaseEnded([old]);
      const created = await this.invoices.create(author, await draft(old), allowance);
      await this.repository.insert(created.invoice, old.id);
      return created;
    });
  }

  /** Which invoice took the place of which. */
  supersessionOf(invoice: InvoiceKey): Promise<Supersession> {
    return this.repository.find(invoice);
  }
}
