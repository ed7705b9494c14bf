import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/principal';
import { InvoiceReadsService } from '../../invoices/invoice-reads.service';
import type { Loaders } from '../../jsonapi/loaders';
import { LinksService } from '../../links/links.service';
import { PaymentReadsService } from '../../payments/payment-reads.service';
import { PageAddressesService } from './page-addresses.service';

/** How documents come to include what is paid, and what paid it. */
@Injectable()
export class MoneyLoadersService {
  constructor(
    private readonly invoices: InvoiceReadsService,
    private readonly links: LinksService,
    private readonly payments: PaymentReadsService,
    private readonly addresses: PageAddressesService,
  ) {}

  loadersFor(reader: Principal): Required<Loaders> {
    return {
      byId: {
        invoices: async (ids) => (await this.invoices.listByIds(reader, ids)).map(this.addresses.ofInvoice),
        paymentLinks: async (ids) => (await this.links.listByIds(reader, ids)).map(this.addresses.ofLink),
        payments: (ids) => this.payments.listByIds(reader, ids),
        paymentResolutions: (ids) => this.payments.listResolutionsByIds(reader, ids),
      },
      children: { 'invoices.payments': (ids) => this.payments.mapByInvoice(reader, ids) },
    };
  }
}
