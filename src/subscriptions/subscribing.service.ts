import { Injectable } from '@nestjs/common';
import { AuditLogService } from '../audit-log/audit-log.service';
import { Clock } from '../common/clock';
import { DomainError, isDomainError } from '../common/errors';
import { Ids } from '../common/ids';
import type { ChangingPrincipal } from '../common/principal';
import { CustomerRecordsService } from '../customers/customer-records.service';
import { violatedUnique } from '../database/database-errors';
import { Transactions } from '../database/transactions';
import { LinksService } from '../links/links.service';
import { LinkPricingService } from '../links/offers/link-pricing.service';
import { LinkSlotsService } from '../links/slots/link-slots.service';
import { SlotHoldingService } from '../links/slots/slot-holding.service';
import { CurrenciesService } from '../rates/currencies.service';
import { EventsService } from '../webhooks/events.service';
import { newSubscription } from './new-subscription';
import { PeriodsRepository } from './periods.repository';
import { RemindersService } from './reminders.service';
import { subscriptionEvent } from './subscription-event';
import { SubscriptionInvoicesService } from './subscription-invoices.service';
import { SubscriptionsRepository } from './subscriptions.repository';

/** What a merchant asks for in the name of a customer. */
export interface SubscribingOrder {
  readonly linkId: string;
  readonly customerId: string;
  readonly reference: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** So long the first invoice that a merchant has sent can be paid. */
const FIRST_DAYS = 7;
const DAY_MS = 86_400_000;

/** Merchants subscribe their customers; nothing begins before the customer has paid. */
@Injectable()
export class SubscribingService {
  constructor(
    private readonly repository: SubscriptionsRepository,
    private readonly periods: PeriodsRepository,
    private readonly invoices: SubscriptionInvoicesService,
    private readonly reminders: RemindersService,
    private readonly links: LinksService,
    private readonly pricing: LinkPricingService,
    private readonly currencies: CurrenciesService,
    private readonly slots: LinkSlotsService,
    private readonly holding: SlotHoldingService,
    private readonly customers: CustomerRecordsService,
    private readonly events: EventsService,
    private readonly audit: AuditLogService,
    private readonly transactions: Transactions,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Throws `resource_not_found` for a link or customer that is not the merchant's, `link_not_open`, `link_sold_out`, `reference_duplicate`. Returns the id. */
  async subscribe(author: ChangingPrincipal, order: SubscribingOrder): Promise<string> {
    const link = await missing('link', () => this.links.get(author, order.linkId));
    if (link.recurrence === null)
      throw new DomainError('link_not_open', { detail: 'Nobody can subscribe to this payment link' });
    if (this.currencies.get(link.currency).kind === 'fiat')
      throw new DomainError('link_not_open', {
        detail: `A price in ${link.currency} is quoted to the payer: send the customer to /pay/${link.publicId} to subscribe`,
      });
    const customer = await missing('customer', () => this.customers.get(author.merchantId, order.customerId));
    const price = await this.pricing.one(link);
    const [item] = price?.items ?? [];
    if (price === null || item === undefined) throw new DomainError('link_not_open');
    try {
      return await this.transactions.run(async () => {
        if (!(await this.slots.take(link)))
          throw new DomainError(
            link.maxPayments === null || link.status !== 'active' ? 'link_not_open' : 'link_sold_out',
          );
        const subscription = newSubscription({
          id: this.ids.row(),
          publicId: this.ids.publicId(),
          link,
          item,
          total: price.worth.total,
          payCurrency: link.currency,
          customerId: customer.id,
          billsCustomer: true,
          remindsCustomer: true,
          email: null,
          payerName: null,
          payerAddress: null,
          answers: {},
          reference: order.reference,
          metadata: order.metadata,
          createdBy: author.actor,
          createdAt: this.clock.now(),
        });
        await this.repository.insert(subscription);
        const deadline = new Date(this.clock.now().getTime() + FIRST_DAYS * DAY_MS);
        const invoice = await this.invoices.first(subscription, deadline, customer);
        await this.holding.hold(link, invoice, subscription.currency, subscription.total);
        const period = this.invoices.periodOf(subscription, 0, invoice);
        await this.periods.write([period], invoice.createdAt);
        await this.events.record([
          subscriptionEvent(subscription, { type: 'subscription.created', period }, invoice.publicId),
        ]);
        await this.reminders.send([
          { subscription, period, kind: 'opening', invoicePublicId: invoice.publicId, deadline: invoice.expiresAt },
        ]);
        await this.note(author, subscription.id, order);
        return subscription.id;
      });
    } catch (error) {
      if (violatedUnique(error) !== 'subscriptions_reference_unique') throw error;
      throw new DomainError('reference_duplicate', { detail: order.reference ?? '', cause: error });
    }
  }

  private note(
    author: ChangingPrincipal,
    id: string,
    { linkId, customerId, reference }: SubscribingOrder,
  ): Promise<void> {
    const { merchantId, network, actor, requestId } = author;
    return this.audit.record({
      merchantId,
      network,
      actor,
      requestId,
      action: 'subscription.created',
      subjectType: 'subscriptions',
      subjectId: id,
      before: null,
      after: { linkId, customerId, reference },
    });
  }
}

/** Says which of the two it is. */
async function missing<T>(name: string, find: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    throw isDomainError(error, 'resource_not_found')
      ? new DomainError('resource_not_found', { detail: name, cause: error })
      : error;
  }
}
