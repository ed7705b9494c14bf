import { Injectable } from '@nestjs/common';
import { isoInstant } from '../common/clock';
import { formatAmount } from '../common/money';
import { Clock } from '../common/clock';
import type { Customer } from '../customers/customer';
import { CustomerRecordsService } from '../customers/customer-records.service';
import { DEFAULT_TITLE } from '../links/offers/link-products.service';
import { MailOutbox } from '../mail/mail-outbox.service';
import { MerchantsService } from '../merchants/merchants.service';
import { EventsService } from '../webhooks/events.service';
import { PortalTokensService } from './portal-tokens.service';
import { type ReminderKind, reminderPlan } from './reminder-plan';
import { RemindersRepository } from './reminders.repository';
import type { Period, Subscription } from './subscription';
import { subscriptionEvent } from './subscription-event';
import { deadlineOf } from './subscription-plan';

/** The key in a mail works so long after its period. */
const TOKEN_DAYS = 40;
const DAY_MS = 86_400_000;

/** One message about one period. */
export interface Reminder {
  readonly subscription: Subscription;
  readonly period: Period;
  readonly kind: ReminderKind;
  readonly invoicePublicId: string | null;
  /** Until when the invoice of a first period can be paid, which has no dates yet. */
  readonly deadline?: Date | null;
}

/** Tells subscribers what is to be paid: by mail, or where there is none or no address, as an event for the merchant to pass on. Inside the caller's transaction. */
@Injectable()
export class RemindersService {
  constructor(
    private readonly repository: RemindersRepository,
    private readonly customers: CustomerRecordsService,
    private readonly merchants: MerchantsService,
    private readonly tokens: PortalTokensService,
    private readonly outbox: MailOutbox,
    private readonly events: EventsService,
    private readonly clock: Clock,
  ) {}

  /** A period whose invoice has just been opened: its first message goes out with it. */
  async begin(subscription: Subscription, period: Period, invoicePublicId: string | null): Promise<void> {
    if (period.startsAt === null) return;
    const deadline = deadlineOf(subscription, period.index, period.createdAt);
    await this.repository.insert(
      period,
      reminderPlan(subscription, period.startsAt, period.createdAt, deadline),
      this.clock.now(),
    );
    await this.send([{ subscription, period, kind: 'opening', invoicePublicId }]);
  }

  /** Of one merchant. */
  async send(reminders: readonly Reminder[]): Promise<void> {
    const [first] = reminders;
    if (first === undefined) return;
    const { merchantId } = first.subscription;
    const customers = await this.customersOf(merchantId, reminders);
    const named = this.outbox.configured ? (await this.merchants.settings(merchantId)).name : '';
    for (const reminder of reminders) {
      const email = customers.get(reminder.subscription.customerId ?? '')?.email ?? null;
      if (email === null || !this.outbox.configured) await this.tell(reminder);
      else await this.write(reminder, email, named);
    }
  }

  private async customersOf(merchantId: string, reminders: readonly Reminder[]): Promise<Map<string, Customer>> {
    const ids = [...new Set(reminders.flatMap(({ subscription }) => subscription.customerId ?? []))];
    const found = ids.length === 0 ? [] : await this.customers.listByIds(merchantId, ids);
    return new Map(found.map((customer) => [customer.id, customer]));
  }

  private async tell({ subscription, period, kind, invoicePublicId }: Reminder): Promise<void> {
    const happening = { type: 'subscription.reminder' as const, period, more: { reminder: kind } };
    await this.events.record([subscriptionEvent(subscription, happening, invoicePublicId)]);
  }

  private async write(
    { subscription, period, kind, deadline: first }: Reminder,
    to: string,
    merchant: string,
  ): Promise<void> {
    const { merchantId, id } = subscription;
    const lapsesAt = new Date((period.endsAt ?? this.clock.now()).getTime() + TOKEN_DAYS * DAY_MS);
    const url = await this.tokens.issue({ merchantId, subscriptionId: id }, lapsesAt);
    const day = (instant: Date | null): string => (instant === null ? '' : `${isoInstant(instant).slice(0, 10)} (UTC)`);
    const deadline =
      period.startsAt === null ? (first ?? null) : deadlineOf(subscription, period.index, period.createdAt);
    await this.outbox.write({ merchantId }, [
      {
        to,
        template: period.startsAt === null ? 'subscription.first' : `subscription.${kind}`,
        locale: 'en',
        data: {
          merchant,
          title: subscription.title ?? DEFAULT_TITLE,
          amount: `${formatAmount(subscription.total, subscription.scale)} ${subscription.currency}`,
          start: day(period.startsAt),
          deadline: day(deadline),
          url,
          unsubscribeUrl: url,
        },
        dedupeKey: `subscription.${id}.${period.index}.${kind}`,
      },
    ]);
  }
}
