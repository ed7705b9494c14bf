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

/** The one order in which invoices are locked; `free` leaves out rows that another transaction holds instead of waiting. */
const locked = (condition: string, free = false): string =>
  `select i.merchant_id, i.id, i.network, i.expires_at, i.status, i.received from invoices i where (i.merchant_id, i.id) in (select * from unnest($1::uuid[], $2::uuid[])) and ${condition}
   order by i.merchant_id, i.id for no key update${free ? ' skip locked' : ''}`;

@Injectable()
export class InvoiceEndingsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Ends the time to pay of those that are open. */
  expireOpen(keys: readonly InvoiceKey[], at: Date, free: boolean): Promise<EndedInvoice[]> {
    return this.transactions.rows(
      `with open as (${locked('i.status = any($3)', free)}), forgotten as (${forgetSql('invoice', 'open')})
       update invoices i set status = 'EXPIRED', expires_at = least(i.expires_at, $4), closed_at = $4, updated_at = $4, version = i.version + 1
       from open where i.merchant_id = open.merchant_id and i.id = open.id
       returning ${invoiceColumns('i')}, open.status as previous, open.received as "paidBefore"`,
      [...columns(keys), invoiceSources('EXPIRED'), at],
    );
  }

  /** Ends the open ones among those that no other transaction holds, and takes off what was received. */
  takeOff(keys: readonly InvoiceKey[], at: Date): Promise<EndedInvoice[]> {
    return this.transactions.rows(
      `with lost as (${locked(`(i.status = any($3) or (i.status = 'EXPIRED' and i.received > 0))`, true)}), forgotten as (${forgetSql('invoice', 'lost')})
       update invoices i set status = 'EXPIRED', received = 0, closed_at = coalesce(i.closed_at, $4), updated_at = $4, version = i.version + 1
       from lost where i.merchant_id = lost.merchant_id and i.id = lost.id
       returning ${invoiceColumns('i')}, lost.status as previous, lost.received as "paidBefore"`,
      [...columns(keys), invoiceSources('EXPIRED'), at],
    );
  }

  takeOffCancelled({ merchantId, id }: InvoiceKey, at: Date): Promise<Invoice[]> {
    return this.transactions.rows(
      `update invoices i set received = 0, updated_at = $3, version = i.version + 1 where i.merchant_id = $1 and i.id = $2 and i.status = 'CANCELLED' and i.received > 0 returning ${invoiceColumns('i')}`,
      [merchantId, id, at],
    );
  }
}

function columns(keys: readonly InvoiceKey[]): [string[], string[]] {
  return [keys.map(({ merchantId }) => merchantId), keys.map(({ id }) => id)];
}
