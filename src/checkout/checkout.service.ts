import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Invoice } from '../invoices/invoice.entity';
import { InvoicesService } from '../invoices/invoices.service';
import { MerchantsService } from '../merchants/merchants.service';
import { amountOwed } from '../payments/payable';
import { PaymentUriService } from '../payments/payment-uri.service';
import { type CheckoutView, checkoutView } from './checkout-view';
import { type PaymentFacts, paymentFacts } from './payment-facts';
import { paymentRequest } from './payment-request';

/** What the holder of a public id may see of an invoice. Throws `invoice_not_found`. */
@Injectable()
export class CheckoutService {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly merchants: MerchantsService,
    private readonly uris: PaymentUriService,
    private readonly clock: Clock,
  ) {}

  async view(publicId: string): Promise<CheckoutView> {
    const invoice = await this.invoices.getPublic(publicId);
    const { name } = await this.merchants.settings(invoice.merchantId);
    const now = this.clock.now();
    return checkoutView(this.factsOf(invoice, now), invoice, name, now);
  }

  async facts(publicId: string): Promise<PaymentFacts> {
    return this.factsOf(await this.invoices.getPublic(publicId), this.clock.now());
  }

  private factsOf(invoice: Invoice, now: Date): PaymentFacts {
    return paymentFacts(invoice, now, () => paymentRequest(invoice.title, (title) => this.uris.of(Object.assign({}, invoice, { title }), amountOwed(invoice))));
  }
}
