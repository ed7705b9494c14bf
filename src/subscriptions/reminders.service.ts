import { Injectable } from '@nestjs/common';
import { isoInstant } from '../common/clock';
import { formatAmount } from '../common/money';
import { Clock } from '../common/clock';
import type { Customer } from '../customers/customer';
import { CustomerRecordsService } from '../customers/customer-records.service';
import { DEFAULT_TITLE } from '../links/offers/link-products.service';
import { type MailEntry, MailOutbox } from '../mail/mail-outbox.service';
import { MerchantsService } from '../merchants/merchants.service';
import type { EventDraft } from '../webhooks/event-types';
import { EventsService } from '../webhooks/events.service';
import { PortalTokensService } from './portal-tokens.service';
import type { ReminderKind } from './reminder-plan';
import { RemindersRepository } from './reminders.repository';
import { mailAddressOf, type Period, type Subscription } from './subscription';
import { subscriptionEvent } from './subscription-event';
import type { OpenedPeriod } from './due-period';
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

  /** Periods of one merchant whose invoices have just been opened: their first message goes out with them. However many, each step is one statement. */
  async begin(opened: readonly OpenedPeriod[]): Promise<void> {
    const [first] = opened;
    if (first === undefined) return;
    await this.repository.insert(
      first.subscription.merchantId,
      opened.map(({ period, plan }) => ({ period, planned: plan })),
      this.clock.now(),
    );
    await this.send(
      opened.map(({ subscription, period, invoice }) => ({
        subscription,
        period,
        kind: 'opening' as const,
        invoicePublicId: invoice?.publicId ?? null,
      })),
    );
  }

  /** Of one merchant. */
  async send(reminders: readonly Reminder[]): Promise<void> {
    const [first] = reminders;
    if (first === undefined) return;
    const { merchantId } = first.subscription;
    const customers = await this.customersOf(merchantId, reminders);
    const addressed = reminders.map((reminder) => ({
      reminder,
      to: this.outbox.configured
        ? mailAddressOf(reminder.subscription, customers.get(reminder.subscription.customerId ?? ''))
        : null,
    }));
    await this.events.record(addressed.flatMap(({ reminder, to }) => (to === null ? [eventOf(reminder)] : [])));
    await this.write(
      merchantId,
      addressed.flatMap(({ reminder, to }) => (to === null ? [] : [{ reminder, to }])),
    );
  }

  private async customersOf(merchantId: string, reminders: readonly Reminder[]): Promise<Map<string, Customer>> {
    const named = reminders.filter(({ subscription }) => subscription.remindsCustomer);
    const ids = [...new Set(named.flatMap(({ subscription }) => subscription.customerId ?? []))];
    const found = ids.length === 0 ? [] : await this.customers.listByIds(merchantId, ids);
    return new Map(found.map((customer) => [customer.id, customer]));
  }

  private async write(
    merchantId: string,
    mails: readonly { readonly reminder: Reminder; readonly to: string }[],
  ): Promise<void> {
    if (mails.length === 0) return;
    const { name } = await this.merchants.settings(merchantId);
    const urls = await this.tokens.issueAll(
      merchantId,
      mails.map(({ reminder: { subscription, period } }) => ({
        subscriptionId: subscription.id,
        expiresAt: new Date((period.endsAt ?? this.clock.now()).getTime() + TOKEN_DAYS * DAY_MS),
      })),
    );
    await this.outbox.write(
      { merchantId },
      mails.map(({ reminder, to }, at) => mailOf(reminder, to, name, urls[at] ?? '')),
    );
  }
}

function eventOf({ subscription, period, kind, invoicePublicId }: Reminder): EventDraft {
  const happening = { type: 'subscription.reminder' as const, period, more: { reminder: kind } };
  return subscriptionEvent(subscription, happening, invoicePublicId);
}

function mailOf(
  { subscription, period, kind, deadline: first }: Reminder,
  to: string,
  merchant: string,
  url: string,
): MailEntry {
  const day = (instant: Date | null): string => (instant === null ? '' : `${isoInstant(instant).slice(0, 10)} (UTC)`);
  const deadline =
    period.startsAt === null ? (first ?? null) : deadlineOf(subscription, period.index, period.createdAt);
  return {
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
    dedupeKey: `subscription.${subscription.id}.${period.index}.${kind}`,
  };
}
