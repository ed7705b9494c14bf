import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
import type { Receipt } from './receipt';
import { receiptPdf } from './receipt-pdf';

/** Different receipts that may wait their turn; a usual one takes about 40 ms, the longest some hundred. */
const MAX_WAITING = 20;

/**
 * Prints one receipt at a time, in slices between other requests, so that many callers cannot keep the process from
 * its payments. Callers who want the same one at the same moment share it.
 */
@Injectable()
export class ReceiptPrinter {
  private readonly running = new Map<string, Promise<Buffer>>();
  private last: Promise<unknown> = Promise.resolve();

  /** Equal tags must mean equal receipts. Throws `receipts_busy` (503). */
  print(tag: string, receipt: Receipt): Promise<Buffer> {
    const known = this.running.get(tag);
    if (known !== undefined) return known;
    if (this.running.size >= MAX_WAITING) return Promise.reject(new DomainError('receipts_busy', { retryAfterSeconds: 1 }));
    const printed = this.last.then(() => receiptPdf(receipt)).finally(() => this.running.delete(tag));
    this.running.set(tag, printed);
    // Whoever comes next waits for the end, whatever it was; the failure itself goes to who asked.
    this.last = printed.catch(() => undefined);
    return printed;
  }
}
