import { Injectable } from '@nestjs/common';
import { AuditLogService } from '../audit-log/audit-log.service';
import type { Author } from '../audit-log/audit-entry';
import { Transactions } from '../database/transactions';
import type { EventDraft } from '../webhooks/event-types';
import { EventsService } from '../webhooks/events.service';
import {
  assertDrawn,
  type ChangeAuthor,
  type InvoiceChange,
  type InvoiceFollower,
  type NoAuthor,
  type NotedChange,
} from './invoice-change';
import { invoiceEvent } from './invoice-event';

/**
 * The one door through which invoices change. A change behind it is announced, followed by everything that depends on
 * invoices, and recorded in the audit log, in one transaction: no code can change an invoice and forget one of them.
 * Locks are taken in the order invoices, links, the rest; the head of the audit log is the last.
 */
@Injectable()
export class InvoiceDoorService {
  private readonly followers: InvoiceFollower[] = [];

  constructor(
    private readonly events: EventsService,
    private readonly audit: AuditLogService,
    private readonly transactions: Transactions,
  ) {}

  /** Followers get changes in the order in which they came. */
  register(follower: InvoiceFollower): void {
    this.followers.push(follower);
  }

  /**
   * `write` changes invoices that the caller, or `write` itself, holds, and returns what it did. Joins the caller's transaction. An
   * author's deliberate change is recorded in the audit log. The events of `alongside` come before the changes, in the same statement.
   */
  change<T extends readonly NotedChange[]>(author: Author, write: () => Promise<T>): Promise<T>;
  change<T extends readonly InvoiceChange[]>(
    author: NoAuthor,
    write: () => Promise<T>,
    alongside?: readonly EventDraft[],
  ): Promise<T>;
  change<T extends readonly (InvoiceChange | NotedChange)[]>(
    author: ChangeAuthor,
    write: () => Promise<T>,
    alongside: readonly EventDraft[] = [],
  ): Promise<T> {
    return this.transactions.run(async () => {
      const changes = await write();
      changes.forEach(assertDrawn);
      await this.events.record([...alongside, ...changes.flatMap(eventOf)]);
      if (changes.length > 0) for (const follower of this.followers) await follower.follow(changes);
      if (typeof author !== 'string') for (const change of changes) await this.note(author, change as NotedChange);
      return changes;
    });
  }

  private note({ actor, requestId }: Author, { type, invoice, note }: NotedChange): Promise<void> {
    const { merchantId, network, id } = invoice;
    return this.audit.record({
      merchantId,
      network,
      actor,
      requestId,
      action: type,
      subjectType: 'invoices',
      subjectId: id,
      ...note,
    });
  }
}

function eventOf({ type, invoice, moved, cause, event }: InvoiceChange): EventDraft[] {
  return type === null ? [] : [event ?? invoiceEvent(type, invoice, moved?.from, cause)];
}
