import path from 'node:path';

/** The program of the thread that prints receipts. */
export abstract class ReceiptWorkerFile {
  abstract readonly file: string;
}

/** As it is built, beside this file. */
export const BUILT_RECEIPT_WORKER: ReceiptWorkerFile = { file: path.join(__dirname, 'receipt-worker.js') };
