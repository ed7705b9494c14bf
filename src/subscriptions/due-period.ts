import type { Invoice } from '../invoices/invoice';
import type { InvoiceOrder } from '../links/link-invoices.service';
import type { PlannedReminder } from './reminder-plan';
import type { Period, Subscription } from './subscription';

/** A period whose invoice can be made. */
export interface DuePeriod {
  readonly subscription: Subscription;
  readonly index: number;
  readonly dates: readonly [Date, Date];
  readonly deadline: Date;
  /** Null where the payer chooses first what to pay with. */
  readonly order: InvoiceOrder | null;
}

export interface OpenedPeriod {
  readonly subscription: Subscription;
  readonly period: Period;
  /** Null where the payer chooses first what to pay with. */
  readonly invoice: Invoice | null;
  /** Of what the subscriber is reminded. */
  readonly plan: readonly PlannedReminder[];
}
