import { Worker } from 'node:worker_threads';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import type { Receipt } from './receipt';
import type { Printed } from './receipt-worker';
import { ReceiptWorkerFile } from './receipt-worker-file';

/** Different receipts that may wait their turn; a usual one takes about 40 ms, the longest some hundred. */
const MAX_WAITING = 20;
/** A receipt that takes longer is given up with its thread. */
const DEADLINE_MS = 30_000;
/** An idle thread is ended and gives its memory back. */
const IDLE_MS = 60_000;
const MAX_HEAP_MB = 256;

/**
 * Prints one receipt at a time, in a thread of its own, so that many callers cannot keep the process from its
 * payments. Callers who want the same one at the same moment share it.
 */
@Injectable()
export class ReceiptPrinterService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Receipts');
  private readonly running = new Map<string, Promise<Buffer>>();
  private last: Promise<unknown> = Promise.resolve();
  private worker: Worker | undefined;
  private idle = new AbortController();

  constructor(
    private readonly program: ReceiptWorkerFile,
    private readonly clock: Clock,
  ) {}

  /** Equal tags must mean equal receipts. Throws `receipts_busy` (503), also when the thread died of it. */
  print(tag: string, receipt: Receipt): Promise<Buffer> {
    const known = this.running.get(tag);
    if (known !== undefined) return known;
    if (this.running.size >= MAX_WAITING) return Promise.reject(busy());
    const printed = this.last.then(() => this.printNow(receipt)).finally(() => this.running.delete(tag));
    this.running.set(tag, printed);
    // The next caller waits for the end, whatever it was; only this caller gets the failure.
    this.last = printed.catch(() => undefined);
    return printed;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.idle.abort();
    await this.worker?.terminate();
  }

  private async printNow(receipt: Receipt): Promise<Buffer> {
    this.idle.abort();
    const worker = (this.worker ??= this.opened());
    const over = new AbortController();
    void this.clock.sleep(DEADLINE_MS, over.signal).then(() => (over.signal.aborted ? 0 : worker.terminate()));
    try {
      const printed = await this.answerTo(worker, receipt, over.signal);
      if ('error' in printed) throw new Error(`a receipt could not be printed: ${printed.error}`);
      return Buffer.from(printed.bytes.buffer, printed.bytes.byteOffset, printed.bytes.byteLength);
    } finally {
      over.abort();
      this.closeWhenIdle();
    }
  }

  /** Rejects when the thread ends instead of answering. */
  private answerTo(worker: Worker, receipt: Receipt, over: AbortSignal): Promise<Printed> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(busy());
      worker.once('message', resolve);
      worker.once('exit', ended);
      over.addEventListener('abort', () => worker.off('message', resolve).off('exit', ended), { once: true });
      worker.postMessage(receipt);
    });
  }

  private opened(): Worker {
    const worker = new Worker(this.program.file, { resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB } });
    worker.on('error', (error: Error) =>
      this.logger.error({
        msg: 'the thread that prints receipts died',
        error: { name: error.name, message: error.message, stack: error.stack },
      }),
    );
    worker.once('exit', () => {
      if (this.worker === worker) this.worker = undefined;
    });
    // A stop does not wait for it.
    worker.unref();
    return worker;
  }

  private closeWhenIdle(): void {
    const idle = new AbortController();
    this.idle = idle;
    void this.clock.sleep(IDLE_MS, idle.signal).then(() => (idle.signal.aborted ? 0 : this.worker?.terminate()));
  }
}

function busy(): DomainError {
  return new DomainError('receipts_busy', { retryAfterSeconds: 1 });
}
