import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import { type InvoiceStatus, SETTLED_STATUSES } from './invoice-states';

/** What polling needs, and nothing more. */
export interface InvoiceStatusView {
  readonly publicId: string;
  readonly status: InvoiceStatus;
  readonly paidTransaction: string | null;
  readonly paidLedger: number | null;
  readonly paidAt: Date | null;
  readonly payerWallet: string | null;
  readonly expiresAt: Date | null;
}

/** Changes whenever the poll answer of an invoice does; what proves a payment never changes after it. */
export function statusTag(view: InvoiceStatusView): string {
  return `${view.status}.${view.expiresAt?.getTime() ?? 0}`;
}

const READ = `
  select public_id as "publicId", status, paid_transaction as "paidTransaction", paid_ledger as "paidLedger",
    paid_at as "paidAt", payer_wallet as "payerWallet", expires_at as "expiresAt"
  from invoices where public_id = any($1::text[]) and deleted_at is null`;

const MAX_REMEMBERED = 20_000;
const MAX_BATCH = 500;

type Waiter = { resolve: (view: InvoiceStatusView | null) => void; reject: (error: unknown) => void };

/**
 * Answers polls. Requests that arrive while a query is on its way share the next one, so that a thousand open
 * pages cost a few queries a moment and no answer is older than its request. Only PAID is remembered: nothing in
 * its answer can change any more.
 */
@Injectable()
export class InvoiceStatusService {
  private readonly settled = new Map<string, InvoiceStatusView>();
  private waiting = new Map<string, Waiter[]>();
  private running = 0;

  constructor(private readonly transactions: Transactions) {}

  read(publicId: string): Promise<InvoiceStatusView | null> {
    const known = this.settled.get(publicId);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const waiters = this.waiting.get(publicId);
      if (waiters === undefined) this.waiting.set(publicId, [{ resolve, reject }]);
      else waiters.push({ resolve, reject });
      if (this.running < 2) setImmediate(() => this.flush());
    });
  }

  private flush(): void {
    if (this.waiting.size === 0 || this.running >= 2) return;
    const batch = this.waiting;
    this.waiting = new Map();
    if (batch.size > MAX_BATCH) for (const [id, waiters] of [...batch].slice(MAX_BATCH)) {
      batch.delete(id);
      this.waiting.set(id, waiters);
    }
    this.running += 1;
    this.load([...batch.keys()])
      .then(
        (views) => batch.forEach((waiters, id) => waiters.forEach((waiter) => waiter.resolve(views.get(id) ?? null))),
        (error: unknown) => batch.forEach((waiters) => waiters.forEach((waiter) => waiter.reject(error))),
      )
      .finally(() => {
        this.running -= 1;
        this.flush();
      })
      .catch(() => undefined); // both outcomes were handed to the waiters above
  }

  private async load(ids: string[]): Promise<Map<string, InvoiceStatusView>> {
    const rows = await this.transactions.rows<InvoiceStatusView>(READ, [ids]);
    for (const row of rows) if (SETTLED_STATUSES.includes(row.status)) this.remember(row);
    return new Map(rows.map((row) => [row.publicId, row]));
  }

  private remember(view: InvoiceStatusView): void {
    if (this.settled.size >= MAX_REMEMBERED) this.settled.delete(this.settled.keys().next().value as string);
    this.settled.set(view.publicId, view);
  }
}
