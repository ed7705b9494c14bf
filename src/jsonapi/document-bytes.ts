const FIRST_SIZE = 64 * 1024;
/** A scratch beyond this is not kept for the next document. */
const KEPT_SIZE = 1024 * 1024;
/** UTF-8 takes at most this many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

let kept: Buffer | undefined;

/**
 * A document under way, as UTF-8. Short pieces are gathered as text by who writes them and handed over now and then:
 * V8 joins a few hundred pieces much faster than the ten thousand of a long list, which outlive its young generation.
 */
export class DocumentBytes {
  private scratch: Buffer;
  private length = 0;

  constructor() {
    this.scratch = kept ?? Buffer.allocUnsafeSlow(FIRST_SIZE);
    kept = undefined;
  }

  add(text: string): void {
    const wanted = this.length + text.length * BYTES_PER_UNIT;
    if (wanted > this.scratch.length) this.grow(wanted);
    this.length += this.scratch.write(text, this.length);
  }

  /** The whole, in memory of its own; nothing may be added after it. */
  end(): Buffer {
    const bytes = Buffer.from(this.scratch.subarray(0, this.length));
    if (this.scratch.length <= KEPT_SIZE) kept = this.scratch;
    return bytes;
  }

  private grow(wanted: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, 2 * this.scratch.length));
    this.scratch.copy(larger, 0, 0, this.length);
    this.scratch = larger;
  }
}
