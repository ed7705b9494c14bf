import { Injectable } from '@nestjs/common';
import { Settings } from '../../env';
import type { Invoice } from '../../invoices/invoice';
import type { PaymentLink } from '../../links/payment-link';
import type { HostedInvoice } from './invoices/invoice.resource';
import type { HostedLink } from './links/link.resource';

/** Invoices and links with the address of the page on which they are paid. */
@Injectable()
export class PageAddressesService {
  constructor(private readonly settings: Settings) {}

  readonly ofInvoice = (invoice: Readonly<Invoice>): HostedInvoice => ({
    ...invoice,
    hostedPageUrl: this.pageOf(invoice),
  });

  readonly ofLink = (link: PaymentLink): HostedLink => ({ ...link, hostedPageUrl: this.pageOf(link) });

  private pageOf({ publicId }: { readonly publicId: string }): string {
    return `${this.settings.publicUrl}/pay/${publicId}`;
  }
}
