import net from 'node:net';

export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A request as bytes, with the header lines exactly as given. */
export function requestBytes(url: string, path: string, body: string, rawHeaders: readonly string[]): Buffer {
  const lines = Array.from(
    { length: rawHeaders.length / 2 },
    (_each, index) => `${rawHeaders[index * 2]}: ${rawHeaders[index * 2 + 1]}`,
  );
  return Buffer.from(
    [
      `POST ${path} HTTP/1.1`,
      `Host: ${new URL(url).host}`,
      'Connection: close',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...lines,
      '',
      body,
    ].join('\r\n'),
  );
}

/** One connection with all but the last byte sent, so that many requests can be completed within a millisecond. */
export class LoadedRequest {
  private constructor(
    private readonly socket: net.Socket,
    private readonly last: Buffer,
  ) {}

  static load(url: string, bytes: Buffer): Promise<LoadedRequest> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host: hostname, port: Number(port), noDelay: true });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.write(bytes.subarray(0, -1), () => {
          socket.removeListener('error', reject);
          resolve(new LoadedRequest(socket, bytes.subarray(-1)));
        });
      });
    });
  }

  fire(): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      this.socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      this.socket.once('error', reject);
      this.socket.once('close', () => resolve(parse(Buffer.concat(chunks).toString('utf8'))));
      this.socket.write(this.last);
    });
  }
}

export async function rawPost(
  url: string,
  path: string,
  body: string,
  rawHeaders: readonly string[],
): Promise<WireAnswer> {
  return (await LoadedRequest.load(url, requestBytes(url, path, body, rawHeaders))).fire();
}

function parse(text: string): WireAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [status = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(status.split(' ')[1]), headers, body: text.slice(end + 4) };
}
