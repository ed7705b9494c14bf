import { Injectable } from '@nestjs/common';
import type { ChangingPrincipal } from '../auth/principal';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids } from '../common/ids';
import { isStillReferenced, violatedUnique } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import type { Invoice } from '../invoices/invoice.entity';
import { LivesService } from '../lives/lives.service';
import { LinkInvoices } from './link-invoices.service';
import { LinkRecord } from './link-record.service';
import type { LinkOrder } from './link-requests.service';
import { type NewLink, LinksRepository } from './links.repository';
import type { PaymentLink } from './payment-link';

/** Opens links with terms of their own. */
@Injectable()
export class LinkOpening {
  constructor(
    private readonly repository: LinksRepository,
    private readonly invoices: LinkInvoices,
    private readonly record: LinkRecord,
    private readonly lives: LivesService,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * A single-use link with a fixed price in an asset gets its invoice at once; others when a payer has chosen. Throws
   * `reference_duplicate`, with the reference as its detail, when the merchant has used it on this network,
   * `recovering` while no reference may be given out.
   */
  async open(author: ChangingPrincipal, order: LinkOrder): Promise<PaymentLink> {
    const { merchantId, actor } = author;
    const { network, terms, taxRate } = order;
    try {
      return await this.transactions.run(async () => {
        const invoice = await this.invoices.atBirth({ merchantId, actor, network }, terms, taxRate);
        if (invoice === null) await this.lives.assertOpen(network);
        const link = await this.insert(author, order, invoice);
        await this.record.announce('link.created', link, invoice);
        await this.record.created(link, author);
        return link;
      });
    } catch (error) {
      // A product or the tax rate went between our look and our write.
      if (isStillReferenced(error)) throw new DomainError('related_resource_not_found', { cause: error });
      if (violatedUnique(error) !== 'payment_links_reference_unique') throw error;
      throw new DomainError('reference_duplicate', { detail: terms.reference ?? '', cause: error });
    }
  }

  private async insert({ merchantId, actor }: ChangingPrincipal, order: LinkOrder, invoice: Invoice | null): Promise<PaymentLink> {
    const { network, terms, products, taxRate } = order;
    const { payCurrencies, paymentMethods, metadata, openAmount } = terms;
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
      minimum: openAmount?.minimum ?? null,
      maximum: openAmount?.maximum ?? null,
      presets: openAmount === null ? null : [...openAmount.presets],
      productIds: products.map(({ id: productId }) => productId),
      taxRateId: taxRate?.id ?? null,
      createdBy: actor,
      createdAt: now,
    };
    await this.repository.insert(link);
    const opened = await this.repository.find({ merchantId, network }, id);
    if (opened === null) throw new Error(`payment link ${id} vanished`);
    return opened;
  }
}
