import { Injectable } from '@nestjs/common';
import type { ChangingPrincipal } from '../auth/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids } from '../common/ids';
import type { Network } from '../common/network';
import { violatedUnique } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import type { Invoice } from '../invoices/invoice.entity';
import { LinkInvoices } from './link-invoices.service';
import { LinkRecord } from './link-record.service';
import type { LinkTerms } from './link-terms';
import { type NewLink, LinksRepository } from './links.repository';
import type { PaymentLink } from './payment-link';

/** Opens single-use links with terms of their own. */
@Injectable()
export class LinkOpening {
  constructor(
    private readonly repository: LinksRepository,
    private readonly invoices: LinkInvoices,
    private readonly record: LinkRecord,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Priced in an asset, the link gets its invoice at once; otherwise when a payer has chosen an asset. Throws
   * `reference_duplicate`, with the reference as its detail, when the merchant has used it on this network.
   */
  async open(author: ChangingPrincipal, network: Network, terms: LinkTerms): Promise<PaymentLink> {
    const { merchantId, actor } = author;
    try {
      return await this.transactions.run(async () => {
        const invoice = await this.invoices.atBirth({ merchantId, actor, network }, terms);
        const link = await this.insert(author, network, terms, invoice);
        await this.record.announce('link.created', link, invoice);
        await this.record.created(link, author);
        return link;
      });
    } catch (error) {
      if (violatedUnique(error) !== 'payment_links_reference_unique') throw error;
      throw new DomainError('reference_duplicate', { detail: terms.reference ?? '', cause: error });
    }
  }

  private async insert({ merchantId, actor }: ChangingPrincipal, network: Network, terms: LinkTerms, invoice: Invoice | null): Promise<PaymentLink> {
    const { payCurrencies, paymentMethods, metadata } = terms;
    const now = this.clock.now();
    const id = this.ids.row();
    const link: NewLink = {
      ...terms,
      merchantId,
      id,
      network,
      publicId: invoice?.publicId ?? this.ids.publicId(),
      invoiceId: invoice?.id ?? null,
      payCurrencies: payCurrencies === null ? null : [...payCurrencies],
      paymentMethods: [...paymentMethods],
      metadata: metadata === null ? null : { ...metadata },
      createdBy: actor,
      createdAt: now,
    };
    await this.repository.insert(link);
    const opened = await this.repository.find({ merchantId, network }, id);
    if (opened === null) throw new Error(`payment link ${id} vanished`);
    return opened;
  }
}
