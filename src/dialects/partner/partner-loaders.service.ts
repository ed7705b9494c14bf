import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/principal';
import { CustomerRecordsService } from '../../customers/customer-records.service';
import type { Loaders } from '../../jsonapi/loaders';
import { ProductsService } from '../../products/products.service';
import { TaxRatesService } from '../../products/tax-rates.service';
import { EventReadsService } from '../../webhooks/event-reads.service';
import { WebhookEndpointsService } from '../../webhooks/webhook-endpoints.service';
import { SubscriptionReadsService } from '../../subscriptions/subscription-reads.service';
import { MoneyLoadersService } from './money-loaders.service';

/** How documents come to include related resources: one line for each type that another may lead to. */
@Injectable()
export class PartnerLoadersService {
  constructor(
    private readonly money: MoneyLoadersService,
    private readonly customers: CustomerRecordsService,
    private readonly products: ProductsService,
    private readonly taxRates: TaxRatesService,
    private readonly events: EventReadsService,
    private readonly subscriptions: SubscriptionReadsService,
    private readonly endpoints: WebhookEndpointsService,
  ) {}

  /** Everything that this reader may be shown. */
  loadersFor(reader: Principal): Loaders {
    const { byId, children } = this.money.loadersFor(reader);
    return {
      byId: {
        ...byId,
        customers: (ids) => this.customers.listByIds(reader.merchantId, ids),
        products: (ids) => this.products.listByIds(reader.merchantId, ids),
        taxRates: (ids) => this.taxRates.listByIds(reader.merchantId, ids),
        subscriptions: (ids) => this.subscriptions.listByIds(reader, ids),
        subscriptionPeriods: (ids) => this.subscriptions.listPeriodsByIds(reader, ids),
        events: (ids) => this.events.listByIds(reader, ids),
        webhookEndpoints: (ids) => this.endpoints.listByIds(reader, ids),
      },
      children,
    };
  }
}
