import http from 'node:http';
import net from 'node:net';
import { PATIENCE_MS } from '../support/patience';

export interface RawAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

interface RawOptions {
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: Buffer | string | readonly Buffer[];
}

/** A request whose target and headers arrive exactly as given: `fetch` would tidy them up. A list as body is sent in chunks. */
export function rawRequest(
  origin: string,
  method: string,
  target: string,
  { headers = {}, body }: RawOptions = {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const length =
      typeof body === 'string' || Buffer.isBuffer(body) ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const request = http.request(
      { hostname, port, method, path: target, agent: false, headers: { ...length, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        response.on('error', reject);
      },
    );
    // A refusal may arrive before all of the body has left: the answer counts, not the broken pipe after it.
    request.on('error', reject);
    if (typeof body === 'string' || Buffer.isBuffer(body)) request.end(body);
    else {
      for (const chunk of body ?? []) request.write(chunk);
      request.end();
    }
  });
}

/** What comes back on a plain socket, at least the status line; the socket is then destroyed. */
export function socketAnswer(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      resolve(chunk.toString('utf8'));
      socket.destroy();
    });
    socket.on('error', reject);
    socket.setTimeout(PATIENCE_MS, () => {
      socket.destroy();
      reject(new Error(`no answer within ${PATIENCE_MS} ms`));
    });
  });
}

/** Everything that comes back on a plain socket until the server closes it, or patience is over. */
export function socketConversation(
  port: number,
  text: string,
): Promise<{ readonly answer: string; readonly closed: boolean }> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    const end = (closed: boolean): void => {
      resolve({ answer, closed });
      socket.destroy();
    };
    socket.on('data', (chunk) => (answer += chunk.toString('utf8')));
    socket.on('end', () => end(true));
    socket.on('error', reject);
    socket.setTimeout(PATIENCE_MS, () => end(false));
  });
}
