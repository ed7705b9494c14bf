import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { HorizonSurface } from './surface';

/** Connections end after this long, as behind Horizon's 55 s limit. */
const STREAM_MS = 55_000;

export interface StreamEvent {
  /** Paging token; single objects have none. */
  readonly id?: string;
  /** JSON text. */
  readonly data: string;
}

/** Gives what is new since it was last called, at most `room` events. */
export type EventSource = (room: number) => StreamEvent[];

/**
 * Server-sent events with Horizon's frames: `hello`, records, `byebye` after `limit` events or 55 s. The first
 * look at the source happens before anything is written, so that its problems are ordinary HTTP errors.
 */
export async function streamEvents(
  surface: HorizonSurface,
  reply: FastifyReply,
  path: string,
  limit: number,
  source: EventSource,
): Promise<FastifyReply> {
  const first = source(limit);
  reply.hijack();
  const stream = new EventStream(surface, reply.raw, path, limit);
  await stream.run(first, source);
  return reply;
}

class EventStream {
  private sent = 0;
  private readonly gone = new AbortController();
  private readonly past: StreamEvent[] = [];

  constructor(
    private readonly surface: HorizonSurface,
    private readonly raw: ServerResponse,
    private readonly path: string,
    private readonly limit: number,
  ) {
    raw.on('close', () => this.gone.abort());
  }

  async run(first: readonly StreamEvent[], source: EventSource): Promise<void> {
    const { clock, faults } = this.surface.network;
    const deadline = clock.monotonicMs() + STREAM_MS;
    this.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
      'x-accel-buffering': 'no',
    });
    this.raw.write('retry: 1000\nevent: open\ndata: "hello"\n\n');
    if (faults.take('sse_early_byebye', this.path) !== undefined) return this.goodbye();
    if (faults.take('sse_silent', this.path) !== undefined) return this.silence();
    let events = first;
    while (this.open() && this.deliver(events) && this.sent < this.limit && clock.monotonicMs() < deadline) {
      await this.nextLedger(deadline - clock.monotonicMs());
      if (!this.open()) break;
      events = source(this.limit - this.sent);
    }
    this.goodbye();
  }

  private open(): boolean {
    return !this.gone.signal.aborted && !this.surface.closing.signal.aborted;
  }

  /** False when a fault ended the stream. */
  private deliver(events: readonly StreamEvent[]): boolean {
    const { faults } = this.surface.network;
    for (const event of events) {
      if (faults.take('sse_error', this.path) !== undefined) {
        this.raw.write(
          'event: error\ndata: problem: server_error. full details: An error occurred while processing this request.\n\n',
        );
        return false;
      }
      if (faults.take('sse_malformed', this.path) !== undefined)
        this.raw.write(`id: ${event.id ?? ''}\ndata: {"_links":{"self":\n\n`);
      if (faults.take('sse_replay', this.path) !== undefined) for (const old of this.past) this.write(old);
      this.write(event);
      if (faults.take('sse_duplicate', this.path) !== undefined) this.write(event);
      this.past.push(event);
      this.sent += 1;
    }
    return true;
  }

  private write({ id, data }: StreamEvent): void {
    this.raw.write(id === undefined ? `data: ${data}\n\n` : `id: ${id}\ndata: ${data}\n\n`);
  }

  private goodbye(): void {
    this.raw.end('retry: 10\nevent: close\ndata: "byebye"\n\n');
  }

  /** The fault of a stream that is open and never says anything again. */
  private async silence(): Promise<void> {
    await this.surface.network.clock.sleep(STREAM_MS, AbortSignal.any([this.gone.signal, this.surface.closing.signal]));
    this.raw.destroy();
  }

  private async nextLedger(ms: number): Promise<void> {
    const closed = new AbortController();
    const stop = this.surface.network.onLedger(() => closed.abort());
    await this.surface.network.clock.sleep(
      Math.max(ms, 0),
      AbortSignal.any([closed.signal, this.gone.signal, this.surface.closing.signal]),
    );
    stop();
  }
}
