import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SystemClock } from '../common/clock';
import { DomainError } from '../common/errors';
import { type Receipt, receiptOf } from './receipt';
import { factsOf, invoiceOf } from './receipt.fixture';
import { receiptPdf } from './receipt-pdf';
import { ReceiptPrinterService } from './receipt-printer.service';

/** The real thread, from its sources. */
const RECEIPT_WORKER = path.resolve('test/support/receipt-worker.cjs');

/** A thread that dies, throws or falls silent when the title of a receipt says so. */
const MOODY = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ title }) => {
  if (title === 'die') process.exit(3);
  if (title === 'throw') setImmediate(() => { throw new Error('as told'); });
  else if (title === 'refuse') parentPort.postMessage({ error: 'as told' });
  else if (title !== 'hang') parentPort.postMessage({ bytes: new Uint8Array([37, 80, 68, 70]) });
});`;

/** Half a minute is over at once. */
class ImpatientClock extends SystemClock {
  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return super.sleep(ms === 30_000 ? 0 : ms, signal);
  }
}

let folder: string;
let printers: ReceiptPrinterService[] = [];
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'lumentill-printer-'));
  writeFileSync(path.join(folder, 'moody.cjs'), MOODY);
});
afterEach(async () => {
  await Promise.all(printers.map((each) => each.beforeApplicationShutdown()));
  printers = [];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const titled = (title: string): Receipt => receiptOf(factsOf({ invoice: invoiceOf({ title }) }), 'owner');
function printer(file = path.join(folder, 'moody.cjs'), clock = new SystemClock()): ReceiptPrinterService {
  const made = new ReceiptPrinterService({ file }, clock);
  printers.push(made);
  return made;
}
const fateOf = (printed: Promise<Buffer>): Promise<string> =>
  printed.then(
    (bytes) => bytes.toString('latin1'),
    (error: unknown) => (error instanceof DomainError ? `${error.code} ${error.status}` : String(error)),
  );

describe('the printer of receipts (H07)', () => {
  it('prints a long one in a thread of its own: this one does nothing until it is done', async () => {
    const done = path.join(folder, 'done');
    const telling = path.join(folder, 'telling.cjs');
    writeFileSync(
      telling,
      `
      const { parentPort } = require('node:worker_threads');
      const post = parentPort.postMessage.bind(parentPort);
      parentPort.postMessage = (...message) => { require('node:fs').writeFileSync(${JSON.stringify(done)}, ''); post(...message); };
      require(${JSON.stringify(RECEIPT_WORKER)});`,
    );
    const long = receiptOf(
      factsOf({
        invoice: invoiceOf({
          lines: Array.from({ length: 100 }, (_each, at) => ({
            description: `珈琲 ${at} `.repeat(20),
            quantity: '1',
            rate: '2.00',
            amount: '2.00',
          })),
        }),
      }),
      'owner',
    );
    const printed = printer(telling).print('long', long);
    // The event loop of this thread stands still from here on; nothing that needs it could go on.
    await new Promise((resolve) => setImmediate(resolve));
    const still = new Int32Array(new SharedArrayBuffer(4));
    for (let wait = 0; wait < 12_000 && !existsSync(done); wait += 1) Atomics.wait(still, 0, 0, 10);
    expect(existsSync(done)).toBe(true);
    expect((await printed).equals(await receiptPdf(long))).toBe(true);
  });

  it.each([
    ['dies', 'die'],
    ['throws', 'throw'],
  ])('a thread that %s is answered with 503, and the next receipt is printed by another', async (_how, title) => {
    const one = printer();
    const [died, waiting] = [fateOf(one.print('a', titled(title))), fateOf(one.print('b', titled('fine')))];
    expect([await died, await waiting]).toEqual(['receipts_busy 503', '%PDF']);
    expect(await fateOf(one.print('c', titled('fine')))).toBe('%PDF');
  });

  it('one that falls silent is given up after its time', async () => {
    const one = printer(undefined, new ImpatientClock());
    expect(await fateOf(one.print('a', titled('hang')))).toBe('receipts_busy 503');
  });

  it('a receipt that cannot be printed is a fault of ours, and no reason for another thread', async () => {
    const one = printer();
    expect(await fateOf(one.print('a', titled('refuse')))).toBe('Error: a receipt could not be printed: as told');
    expect(await fateOf(one.print('b', titled('fine')))).toBe('%PDF');
  });

  it('twenty may wait, and the same receipt is printed once', async () => {
    const one = printer();
    const same = [one.print('same', titled('fine')), one.print('same', titled('fine'))];
    expect(same[0]).toBe(same[1]);
    const fates = await Promise.all(
      Array.from({ length: 25 }, (_each, at) => fateOf(one.print(String(at), titled('fine')))),
    );
    expect(fates.filter((fate) => fate === '%PDF')).toHaveLength(19);
    expect(fates.filter((fate) => fate === 'receipts_busy 503')).toHaveLength(6);
  });
});
