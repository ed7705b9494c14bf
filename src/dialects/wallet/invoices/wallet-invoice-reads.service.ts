import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/principal';
import { Settings } from '../../../env';
import type { Invoice } from '../../../invoices/invoice';
import { InvoicesService } from '../../../invoices/invoices.service';
import { InvoiceSupersessionService, type Supersession } from '../../../links/invoice-supersession.service';
import { Networks } from '../../../stellar/networks';
import type { InvoiceSortField, ListInvoicesQuery } from './invoice.dto';
import { creditView, happeningView, invoiceOwned, invoicePublic, type Surroundings } from './invoice.presenter';
import { InvoiceRecordService } from '../../../payments/invoice-record.service';
import { invoiceStatistics } from './invoice-statistics';
import { WalletInvoicesService } from './wallet-invoices.service';

const DEFAULT_LIMIT = 20;
const RECENT = 10;
const SORT = {
  createdAt: 'created_at',
  dueDate: 'expires_at',
  total: 'total',
  invoiceNumber: 'number',
} as const satisfies Record<InvoiceSortField, string>;

/** Invoices as the wallet API shows them. */
@Injectable()
export class WalletInvoiceReadsService {
  private readonly surroundings: Surroundings;

  constructor(
    private readonly invoices: InvoicesService,
    private readonly own: WalletInvoicesService,
    private readonly record: InvoiceRecordService,
    private readonly supersessions: InvoiceSupersessionService,
    networks: Networks,
    settings: Settings,
  ) {
    this.surroundings = {
      publicUrl: settings.publicUrl,
      passphraseOf: (invoice) => networks.of(invoice.network).passphrase,
    };
  }

  owned(invoice: Invoice): Record<string, unknown> {
    return invoiceOwned(invoice, this.surroundings);
  }

  /** `supersedes` and `supersededBy`, public ids. */
  supersession(invoice: Invoice): Promise<Supersession> {
    return this.supersessions.supersessionOf(invoice);
  }

  async publicly(publicId: string): Promise<Record<string, unknown>> {
    return invoicePublic(await this.invoices.getPublic(publicId), this.surroundings);
  }

  /** Everything that is known of it: the money that named it and what happened to it. */
  async owner(caller: Principal, publicId: string): Promise<Record<string, unknown>> {
    const invoice = await this.own.get(caller, publicId);
    const { merchantId, id } = invoice;
    const [credits, history, supersession] = await Promise.all([
      this.record.credits(merchantId, id),
      this.record.history(merchantId, id),
      this.supersession(invoice),
    ]);
    return {
      ...this.owned(invoice),
      ...supersession,
      payments: credits.map(creditView),
      history: history.map(happeningView),
    };
  }

  async list(caller: Principal, query: ListInvoicesQuery): Promise<Record<string, unknown>> {
    const [field, direction] = (query.sort ?? 'createdAt:desc').split(':') as [InvoiceSortField, string];
    const limit = Number(query.limit ?? DEFAULT_LIMIT);
    const offset = Number(query.offset ?? 0);
    const network = caller.network ?? query.network;
    const { invoices, total } = await this.invoices.list(caller.merchantId, {
      ...(query.status === undefined ? {} : { status: query.status }),
      ...(query.currency === undefined ? {} : { assetCode: query.currency }),
      ...(network === undefined ? {} : { network }),
      ...(query.clientEmail === undefined ? {} : { clientEmail: query.clientEmail }),
      sort: SORT[field],
      descending: direction === 'desc',
      limit,
      offset,
    });
    const items = invoices.map((invoice) => this.owned(invoice));
    return { invoices: items, items, total, limit, offset, hasMore: offset + items.length < total };
  }

  async statistics(caller: Principal): Promise<Record<string, unknown>> {
    const [sums, recent] = await Promise.all([
      this.invoices.statistics(caller.merchantId, caller.network),
      this.record.recent(caller.merchantId, caller.network, RECENT),
    ]);
    return invoiceStatistics(sums, recent);
  }
}
