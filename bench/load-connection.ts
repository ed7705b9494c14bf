import net from 'node:net';

/** An answer that is longer is read in pieces, of which only the length is looked at. */
const READ_BYTES = 64 * 1024;
const HEAD_END = '\r\n\r\n';

/**
 * One keep-alive connection with at most one request on its way. It reads of an answer what a load has to know: the
 * status, the end by its content-length, and the text when it is not 2xx.
 */
export class LoadConnection {
  private readonly socket: net.Socket;
  /** The beginning of an answer whose head is not complete. */
  private begun: Buffer | undefined;
  /** Bytes of the body that are still to come. */
  private left = 0;
  private refusal: string | undefined;

  /** @param onAnswer called after each whole answer, with its text where it is a refusal
   *  @param onBroken called when the connection ends or fails */
  constructor(
    url: URL,
    private readonly onAnswer: (refusal: string | undefined) => void,
    onBroken: (error: Error) => void,
  ) {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    this.socket = net.connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: { buffer, callback: (bytes) => this.read(buffer.subarray(0, bytes)) },
    });
    this.socket.on('error', onBroken);
    this.socket.on('close', () => onBroken(new Error(`${url.href} has closed a connection`)));
  }

  send(request: string): void {
    this.socket.write(request, 'latin1');
  }

  close(): void {
    this.socket.removeAllListeners('close');
    this.socket.destroy();
  }

  /** Always true: reading goes on. */
  private read(chunk: Buffer): boolean {
    if (this.left > 0) {
      if (this.refusal !== undefined) this.refusal += chunk.toString('latin1');
      this.left -= chunk.length;
    } else {
      const bytes = this.begun === undefined ? chunk : Buffer.concat([this.begun, chunk]);
      const end = bytes.indexOf(HEAD_END, 0, 'latin1');
      if (end < 0) {
        this.begun = Buffer.from(bytes); // the buffer of the socket is used again
        return true;
      }
      this.begun = undefined;
      this.begin(bytes.toString('latin1', 0, end + 2), bytes, end + HEAD_END.length);
    }
    if (this.left === 0) this.answered();
    return true;
  }

  private begin(head: string, bytes: Buffer, bodyAt: number): void {
    this.left = lengthIn(head) - (bytes.length - bodyAt);
    // HTTP/1.1 2xx
    if (head.charAt(9) !== '2') this.refusal = bytes.toString('latin1');
  }

  private answered(): void {
    const { refusal } = this;
    this.refusal = undefined;
    this.onAnswer(refusal);
  }
}

function lengthIn(head: string): number {
  const at = head.indexOf('\r\ncontent-length: ');
  if (at >= 0) return Number.parseInt(head.slice(at + 18, at + 30), 10);
  const other = /\r\ncontent-length:[ \t]*(\d+)/i.exec(head);
  if (other !== null) return Number(other[1]);
  if (/^HTTP\/1\.[01] (204|304)/.test(head)) return 0;
  throw new Error(`an answer without content-length cannot be measured:\n${head}`);
}
