import http from 'node:http';

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
export function rawRequest(origin: string, method: string, target: string, { headers = {}, body }: RawOptions = {}): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const length = typeof body === 'string' || Buffer.isBuffer(body) ? { 'content-length': String(Buffer.byteLength(body)) } : {};
    const request = http.request({ hostname, port, method, path: target, agent: false, headers: { ...length, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') }));
      response.on('error', reject);
    });
    // A refusal may arrive before all of the body has left: the answer counts, not the broken pipe after it.
    request.on('error', reject);
    if (typeof body === 'string' || Buffer.isBuffer(body)) request.end(body);
    else {
      for (const chunk of body ?? []) request.write(chunk);
      request.end();
    }
  });
}
