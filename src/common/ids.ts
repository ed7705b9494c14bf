import { hash } from 'node:crypto';
import { base32, type Randomness } from './secrets';
import type { Clock } from './clock';

const MAX_SEQUENCE = 0xfff;

/** RFC 9562 section 5.7: 48 bits of milliseconds, a 12-bit sequence (section 6.2, method 1), then 62 random bits. */
export function uuidV7(ms: number, sequence: number, random: Buffer): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(ms, 0, 6);
  bytes.writeUInt16BE(0x7000 | sequence, 6);
  random.copy(bytes, 8, 0, 8);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  return hyphenated(bytes);
}

/** RFC 9562 section 5.8: a row id that follows from a name, so that the same fact has the same id wherever it is recorded. */
export function uuidOfName(name: string): string {
  const bytes = hash('sha256', name, 'buffer').subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  return hyphenated(bytes);
}

function hyphenated(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Makes every identifier of the service, from the two ports that make it replayable. */
export class Ids {
  private lastMs = 0;
  private sequence = 0;

  constructor(
    private readonly clock: Clock,
    private readonly randomness: Randomness,
  ) {}

  /**
   * Row id. Ids of one process rise strictly, also within a millisecond and when the clock steps back, so that
   * what happened in order sorts in order. It reveals its creation time: anonymous callers never get one.
   */
  row(): string {
    const random = this.randomness.bytes(10);
    const nowMs = this.clock.now().getTime();
    if (nowMs > this.lastMs) this.restart(nowMs, random);
    else if (this.sequence < MAX_SEQUENCE) this.sequence += 1;
    else this.restart(this.lastMs + 1, random);
    return uuidV7(this.lastMs, this.sequence, random);
  }

  /** A new millisecond starts low enough to leave room for 2,048 ids within it. */
  private restart(ms: number, random: Buffer): void {
    this.lastMs = ms;
    this.sequence = random.readUInt16BE(8) & 0x7ff;
  }

  /** Public id: 160 random bits, lower-case base32, 32 characters; possession is the permission to look. */
  publicId(): string {
    return base32(this.randomness.bytes(20));
  }

  /** Payment reference number: uniform in 1 .. 2^63-1, legal as MEMO_ID and as a muxed account id. */
  referenceNumber(): bigint {
    const value = this.randomness.bytes(8).readBigUInt64BE() >> 1n;
    return value === 0n ? 1n : value;
  }

  /** A secret token with a recognisable prefix, for example `sk_...`. */
  token(prefix: string, byteCount = 32): string {
    return `${prefix}${base32(this.randomness.bytes(byteCount))}`;
  }
}

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const PUBLIC_ID_PATTERN = /^[a-z2-7]{32}$/;

export function isRowId(text: string): boolean {
  return UUID_PATTERN.test(text);
}

export function isPublicId(text: string): boolean {
  return PUBLIC_ID_PATTERN.test(text);
}
