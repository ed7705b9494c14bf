import { Injectable } from '@nestjs/common';
import { SharedStatement } from '../database/shared-statement';
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

/**
 * Answers polls: a thousand open pages cost a few queries a moment, and no answer is older than its request. Only
 * PAID is remembered: nothing in its answer can change any more.
 */
@Injectable()
export class InvoiceStatusService {
  private readonly settled = new Map<string, InvoiceStatusView>();
  private readonly polls = new SharedStatement((publicIds: readonly string[]) => this.load(publicIds));

  constructor(private readonly transactions: Transactions) {}

  read(publicId: string): Promise<InvoiceStatusView | null> {
    const known = this.settled.get(publicId);
    return known === undefined ? this.polls.ask(publicId) : Promise.resolve(known);
  }

  private async load(publicIds: readonly string[]): Promise<(InvoiceStatusView | null)[]> {
    const rows = await this.transactions.rows<InvoiceStatusView>(READ, [[...new Set(publicIds)]]);
    for (const row of rows) if (SETTLED_STATUSES.includes(row.status)) this.remember(row);
    const views = new Map(rows.map((row) => [row.publicId, row]));
    return publicIds.map((publicId) => views.get(publicId) ?? null);
  }

  private remember(view: InvoiceStatusView): void {
    if (this.settled.size >= MAX_REMEMBERED) this.settled.delete(this.settled.keys().next().value as string);
    this.settled.set(view.publicId, view);
  }
}
