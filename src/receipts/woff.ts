import { inflateSync } from 'node:zlib';

const HEADER_BYTES = 44;
const ENTRY_BYTES = 20;
const SFNT_HEADER_BYTES = 12;
const SFNT_ENTRY_BYTES = 16;

/**
 * The font within a WOFF 1.0 file (W3C Recommendation of 13 December 2012, sections 3 to 5) as a plain sfnt. The
 * reader of fonts would unpack a whole table again for every letter it looks at.
 */
export function sfntOf(woff: Buffer): Buffer {
  if (woff.toString('latin1', 0, 4) !== 'wOFF') throw new Error('not a WOFF file');
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_each, index) => tableOf(woff, HEADER_BYTES + index * ENTRY_BYTES));
  const power = Math.floor(Math.log2(count));
  const head = Buffer.alloc(SFNT_HEADER_BYTES + count * SFNT_ENTRY_BYTES);
  woff.copy(head, 0, 4, 8);
  for (const [index, value] of [count, 16 * 2 ** power, power, 16 * (count - 2 ** power)].entries())
    head.writeUInt16BE(value, 4 + index * 2);
  let offset = head.length;
  for (const [index, { tag, checksum, data }] of tables.entries()) {
    const at = SFNT_HEADER_BYTES + index * SFNT_ENTRY_BYTES;
    head.write(tag, at, 'latin1');
    for (const [place, value] of [checksum, offset, data.length].entries())
      head.writeUInt32BE(value, at + 4 + place * 4);
    offset += padded(data.length);
  }
  return Buffer.concat([
    head,
    ...tables.flatMap(({ data }) => [data, Buffer.alloc(padded(data.length) - data.length)]),
  ]);
}

function tableOf(woff: Buffer, at: number): { readonly tag: string; readonly checksum: number; readonly data: Buffer } {
  const [offset, packed, length, checksum] = [4, 8, 12, 16].map((place) => woff.readUInt32BE(at + place)) as [
    number,
    number,
    number,
    number,
  ];
  const raw = woff.subarray(offset, offset + packed);
  return {
    tag: woff.toString('latin1', at, at + 4),
    checksum,
    data: packed < length ? inflateSync(raw, { maxOutputLength: length }) : raw,
  };
}

/** Tables begin at multiples of four bytes. */
function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
