import { parentPort } from 'node:worker_threads';
import type { Receipt } from './receipt';
import { receiptPdf } from './receipt-pdf';

/** What the thread answers to a receipt. */
export type Printed = { readonly bytes: Uint8Array } | { readonly error: string };

// One receipt after the other: the printer hands over the next when it has the one before.
parentPort?.on('message', (receipt: Receipt) => {
  receiptPdf(receipt).then(
    (pdf) => {
      // A buffer of its own, so that it can be handed over instead of copied.
      const bytes = new Uint8Array(pdf);
      parentPort?.postMessage({ bytes } satisfies Printed, [bytes.buffer]);
    },
    (error: unknown) =>
      parentPort?.postMessage({
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      } satisfies Printed),
  );
});
