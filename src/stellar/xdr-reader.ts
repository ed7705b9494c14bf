/** Thrown by `XdrReader` when the bytes end early or say something this reader does not know. */
export class XdrUnreadable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'XdrUnreadable';
  }
}

/** Reads XDR (RFC 4506) forwards: big-endian, everything a multiple of four bytes. Lengths are checked before use. */
export class XdrReader {
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    public position = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint32(): number {
    return this.view.getUint32(this.take(4));
  }

  int32(): number {
    return this.view.getInt32(this.take(4));
  }

  uint64(): bigint {
    return this.view.getBigUint64(this.take(8));
  }

  int64(): bigint {
    return this.view.getBigInt64(this.take(8));
  }

  /** A view of the next `count` bytes, not a copy. */
  opaque(count: number): Uint8Array {
    const at = this.take(count);
    return this.bytes.subarray(at, at + count);
  }

  /** Variable opaque of at most `max` bytes, with its padding. */
  variable(max: number): Uint8Array {
    const length = this.uint32();
    if (length > max) throw new XdrUnreadable(`${length} bytes where at most ${max} are legal`);
    const content = this.opaque(length);
    this.take((4 - (length % 4)) % 4);
    return content;
  }

  /** XDR optional: 0 absent, 1 present. */
  present(): boolean {
    const flag = this.uint32();
    if (flag > 1) throw new XdrUnreadable(`optional marked ${flag}`);
    return flag === 1;
  }

  private take(count: number): number {
    const at = this.position;
    if (count > this.bytes.length - at) throw new XdrUnreadable('the data ends early');
    this.position = at + count;
    return at;
  }
}
