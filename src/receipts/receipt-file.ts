import type { FastifyReply, FastifyRequest } from 'fastify';
import { conditional } from '../http/conditional';

/** A receipt that could be printed; the bytes are made when they are asked for. */
export interface ReceiptFile {
  /** Plain ASCII, safe within a header. */
  readonly name: string;
  /** Changes whenever the bytes do. */
  readonly tag: string;
  /** Throws `receipts_busy`. */
  readonly bytes: () => Promise<Buffer>;
}

const MAX_NAME = 80;

/** The number of an invoice as the name of a file: letters, digits, `-`, `_` and single points, whatever the number is. */
export function receiptFileName(number: string): string {
  const safe = number
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/\.{2,}/g, '.')
    .replace(/^[.-]+|[.-]+$/g, '')
    .slice(0, MAX_NAME);
  return `${safe === '' ? 'receipt' : safe}.pdf`;
}

/** Answers with the file, or 304 to a client that has it: then it is not even printed. */
export async function sendReceipt(file: ReceiptFile, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const bytes = await conditional(request, reply, file.tag, file.bytes);
  if (bytes === undefined) return void reply.send();
  void reply.headers({
    'content-disposition': `inline; filename="${file.name}"`,
    'cache-control': 'private, no-cache',
  });
  return void reply.type('application/pdf').send(bytes);
}
