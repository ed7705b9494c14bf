import { Injectable } from '@nestjs/common';
import type { Amount } from '../common/money';
import { Transactions } from '../database/transactions';
import { forgetSql } from '../database/deadline-sql';
import { invoiceColumns } from './invoice-columns';
import { invoiceSources, type InvoiceStatus } from './invoice-states';
import type { Invoice } from './invoice';
import type { InvoiceKey } from './invoices.repository';

/** An invoice as it is now, with what it was before. */
export interface EndedInvoice extends Invoice {
  readonly previous: InvoiceStatus;
  readonly paidBefore: Amount;
}

/** The one order in which invoices are locked; rows that another transaction holds are left out. */
const free = (condition: string): string =>
  `select i.merchant_id, i.id, i.network, i.expires_at, i.status, i.received, i.version from invoices i where (i.merchant_id, i.id) in (select * from unnest($1::uuid[], $2::uuid[])) and ${condition}
   order by i.merchant_id, i.id for no key update skip locked`;

/** The row of `held` as it was when the statement began: what has changed since is left out, like what another transaction holds (ADR 19). */
const unchanged = (held: string): string =>
  `i.merchant_id = ${held}.merchant_id and i.id = ${held}.id and i.version = ${held}.version`;

/** Reminders of those of `held` that were moved, by the deadline that they had. */
const forgotten = (held: string): string =>
  forgetSql(
    'invoice',
    `(select ${held}.* from ${held} join moved on moved."merchantId" = ${held}.merchant_id and moved.id = ${held}.id)`,
  );

@Injectable()
export class InvoiceEndingsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Ends the time to pay of the open ones among those that no other transaction holds. */
  expireOpen(keys: readonly InvoiceKey[], at: Date): Promise<EndedInvoice[]> {
    return this.transactions.rows(
      `with open as (${free('i.status = any($3)')}), moved as (
         update invoices i set status = 'EXPIRED', expires_at = least(i.expires_at, $4), closed_at = $4, updated_at = $4, version = i.version + 1
         from open where ${unchanged('open')}
         returning ${invoiceColumns('i')}, open.status as previous, open.received as "paidBefore"
       ), forgotten as (${forgotten('open')})
       select * from moved`,
      [...columns(keys), invoiceSources('EXPIRED'), at],
    );
  }

  /** Cancels the open ones among those that no other transaction holds. */
  withdraw(keys: readonly InvoiceKey[], at: Date): Promise<EndedInvoice[]> {
    return this.transactions.rows(
      `with open as (${free('i.status = any($3)')}), moved as (
         update invoices i set status = 'CANCELLED', closed_at = $4, updated_at = $4, version = i.version + 1
         from open where ${unchanged('open')}
         returning ${invoiceColumns('i')}, open.status as previous, open.received as "paidBefore"
       ), forgotten as (${forgotten('open')})
       select * from moved`,
      [...columns(keys), invoiceSources('CANCELLED'), at],
    );
  }

  /** Ends the open ones among those that no other transaction holds, and takes off what was received. */
  takeOff(keys: readonly InvoiceKey[], at: Date): Promise<EndedInvoice[]> {
    return this.transactions.rows(
      `with lost as (${free(`(i.status = any($3) or (i.status = 'EXPIRED' and i.received > 0))`)}), moved as (
         update invoices i set status = 'EXPIRED', received = 0, closed_at = coalesce(i.closed_at, $4), updated_at = $4, version = i.version + 1
         from lost where ${unchanged('lost')}
         returning ${invoiceColumns('i')}, lost.status as previous, lost.received as "paidBefore"
       ), forgotten as (${forgotten('lost')})
       select * from moved`,
      [...columns(keys), invoiceSources('EXPIRED'), at],
    );
  }

  /** Takes off what was received, among those that ended without being paid and that no other transaction holds. */
  takeOffEnded(keys: readonly InvoiceKey[], at: Date): Promise<EndedInvoice[]> {
    return this.transactions.rows(
      `with ended as (${free(`i.status in ('CANCELLED', 'EXPIRED') and i.received > 0`)})
       update invoices i set received = 0, updated_at = $3, version = i.version + 1
       from ended where ${unchanged('ended')}
       returning ${invoiceColumns('i')}, ended.status as previous, ended.received as "paidBefore"`,
      [...columns(keys), at],
    );
  }
}

function columns(keys: readonly InvoiceKey[]): [string[], string[]] {
  return [keys.map(({ merchantId }) => merchantId), keys.map(({ id }) => id)];
}
