import http from 'node:http';
import { cpuMs, type ServerProcess } from './processes';
import type { Round } from './rounds';

export interface Shot {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** Keeps `connections` requests on their way for `ms`; fails on any answer that is not 2xx. */
export async function load(baseUrl: string, connections: number, ms: number, next: () => Shot): Promise<LoadResult> {
  const { hostname, port } = new URL(baseUrl);
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const latencies: number[] = [];
  const end = performance.now() + ms;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const start = performance.now();
      await shoot(agent, hostname, Number(port), next());
      latencies.push(performance.now() - start);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return { requests: latencies.length, perSecond: latencies.length / seconds, p50: at(0.5), p99: at(0.99) };
}

/** A round of `load` on a server of ours. */
export async function loadRound(
  server: ServerProcess,
  connections: number,
  ms: number,
  next: () => Shot,
): Promise<Round> {
  const before = cpuMs(server);
  const { requests, perSecond } = await load(server.url, connections, ms, next);
  const after = cpuMs(server);
  return {
    rate: perSecond,
    cpuMicros: before === undefined || after === undefined ? undefined : ((after - before) * 1000) / requests,
  };
}

function shoot(agent: http.Agent, hostname: string, port: number, shot: Shot): Promise<void> {
  return new Promise((resolve, reject) => {
    const length =
      shot.body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(shot.body)) };
    const request = http.request(
      { agent, hostname, port, method: shot.method, path: shot.path, headers: { ...length, ...shot.headers } },
      (response) => {
        const ok = response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 300;
        let refusal = '';
        response.on('data', (chunk: Buffer) => (refusal += ok ? '' : chunk.toString('utf8')));
        response.on('end', () =>
          ok
            ? resolve()
            : reject(
                new Error(`${shot.method} ${hostname}:${port}${shot.path} answered ${response.statusCode}: ${refusal}`),
              ),
        );
      },
    );
    request.on('error', reject);
    request.end(shot.body);
  });
}
