import { LoadConnection } from './load-connection';
import { requestMaker, type Shots } from './shots';

/** Asks the generator for load: requests from number `from` on, over `connections`, for `ms`. */
export interface LoadOrder {
  readonly url: string;
  readonly connections: number;
  readonly ms: number;
  readonly from: number;
  readonly shots: Shots;
  /** Ends after so many requests, if that comes first. */
  readonly most?: number;
}

export interface LoadReport {
  readonly requests: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** What the generator itself cost, and the share of the time in which it was busy. */
  readonly cpuMicros: number;
  readonly busy: number;
}

export type LoadAnswer = LoadReport | { readonly failed: string };

/**
 * The load generator, a process of its own so that it can be pinned away from the server and its cost be told apart.
 * It is ordered by messages from its parent and ends with it.
 */
process.on('message', (order: LoadOrder) => {
  load(order).then(
    (report: LoadAnswer) => process.send?.(report),
    (error: unknown) => process.send?.({ failed: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

async function load({ url, connections, ms, from, shots, most = Infinity }: LoadOrder): Promise<LoadReport> {
  const target = new URL(url);
  const make = requestMaker(shots, target.host);
  const latencies: number[] = [];
  let sent = 0;
  const used = process.cpuUsage();
  const started = performance.now();
  const end = started + ms;
  const worker = (): Promise<void> =>
    new Promise((resolve, reject) => {
      let sentAt = 0;
      const next = (): void => {
        sentAt = performance.now();
        if (sentAt >= end || sent >= most) {
          connection.close();
          return resolve();
        }
        return connection.send(make(from + sent++));
      };
      const answered = (refusal: string | undefined): void => {
        latencies.push(performance.now() - sentAt);
        if (refusal === undefined) return next();
        connection.close();
        return reject(new Error(`${url} refused ${JSON.stringify(shots)}: ${refusal}`));
      };
      const connection = new LoadConnection(target, answered, reject);
      next();
    });
  await Promise.all(Array.from({ length: connections }, worker));
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(used);
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return {
    requests: latencies.length,
    perSecond: (latencies.length / wallMs) * 1000,
    p50: at(0.5),
    p99: at(0.99),
    cpuMicros: (user + system) / latencies.length,
    busy: (user + system) / 1000 / wallMs,
  };
}
