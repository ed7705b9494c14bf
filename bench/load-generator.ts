import { LoadConnection } from './load-connection';
import { requestMaker, type Shots } from './shots';

/** Asks the generator for load: requests from number `from` on, over `connections`, for `ms`. */
export interface LoadOrder {
  /** Connections go to each in turns. */
  readonly urls: readonly string[];
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

async function load({ urls, connections, ms, from, shots, most = Infinity }: LoadOrder): Promise<LoadReport> {
  const targets = urls.map((url) => new URL(url));
  const make = requestMaker(shots, 'localhost');
  const latencies: number[] = [];
  let sent = 0;
  const used = process.cpuUsage();
  const started = performance.now();
  const end = started + ms;
  const worker = (at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const target = targets[at % targets.length] as URL;
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
        return reject(new Error(`${target.href} refused ${JSON.stringify(shots)}: ${refusal}`));
      };
      const connection = new LoadConnection(target, answered, reject);
      next();
    });
  await Promise.all(Array.from({ length: connections }, (_unused, at) => worker(at)));
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(used);
  latencies.sort((a, b) => a - b);
  const latencyAt = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return {
    requests: latencies.length,
    perSecond: (latencies.length / wallMs) * 1000,
    p50: latencyAt(0.5),
    p99: latencyAt(0.99),
    cpuMicros: (user + system) / latencies.length,
    busy: (user + system) / 1000 / wallMs,
  };
}
