import { createHash } from 'node:crypto';

/** Answers given instead of the real one; `match` narrows them to paths. */
export const REQUEST_FAULTS = [
  'rate_limited_json',
  'rate_limited_html',
  'server_over_capacity',
  'service_unavailable',
  'stale_history',
  'still_ingesting',
  'server_error',
  'timeout',
  'connection_reset',
  'hang',
  'stalled_body',
  'html_200',
] as const;

/** What can go wrong while a transaction is handed over. */
export const SUBMIT_FAULTS = [
  'submit_504_then_success',
  'submit_504_then_nothing',
  'submit_reset_before',
  'submit_reset_after',
  'submit_false_bad_seq',
  'async_duplicate',
  'async_try_again_later',
] as const;

/** What an event stream can do to its reader. */
export const STREAM_FAULTS = [
  'sse_silent',
  'sse_early_byebye',
  'sse_duplicate',
  'sse_replay',
  'sse_error',
  'sse_malformed',
] as const;

/** Conditions that last until disarmed. */
export const STANDING_FAULTS = [
  'ingestion_lag',
  'hash_not_found',
  'elder_ledger',
  'other_passphrase',
  'ledger_surge',
  'slow_ledgers',
  'clock_skew',
] as const;

export type RequestFault = (typeof REQUEST_FAULTS)[number];
export type SubmitFault = (typeof SUBMIT_FAULTS)[number];
export type StreamFault = (typeof STREAM_FAULTS)[number];
export type StandingFault = (typeof STANDING_FAULTS)[number];
export type FaultName = RequestFault | SubmitFault | StreamFault | StandingFault;

export interface FaultOptions {
  /** How often it strikes; for ever when absent. */
  readonly times?: number;
  /** Chance of striking, drawn from the seed; 1 when absent. */
  readonly probability?: number;
  /** Only requests whose path below the prefix (query included) matches. */
  readonly match?: RegExp;
  /** Only requests whose path below the prefix (query included) contains it: a stranger's pattern could keep the process busy. */
  readonly path?: string;
  /** Seconds in Retry-After of the 429 answers. */
  readonly retryAfterSeconds?: number;
  /** ingestion_lag: how many closed ledgers are not visible yet. */
  readonly ledgers?: number;
  /** elder_ledger: oldest ledger still answered. */
  readonly ledger?: number;
  /** other_passphrase: what the root claims. */
  readonly passphrase?: string;
  /** ledger_surge: lowest fee per operation, in stroops, that gets in. */
  readonly fee?: number;
  /** slow_ledgers: extra milliseconds before each close. */
  readonly ms?: number;
  /** clock_skew: seconds added to each close time. */
  readonly seconds?: number;
}

interface ArmedFault {
  readonly options: FaultOptions;
  left: number;
}

/**
 * Switchable misbehaviour, for tests inside the process and, where `SANDBOX_FAULTS` is set, for integrators over HTTP. The same
 * seed and the same order of requests give the same faults.
 */
export class SandboxFaults {
  private readonly armed = new Map<FaultName, ArmedFault[]>();
  private readonly counts = new Map<FaultName, number>();
  private draws = 0;

  constructor(private readonly seed = 'sandbox') {}

  arm(name: FaultName, options: FaultOptions = {}): void {
    const waiting = this.armed.get(name) ?? [];
    waiting.push({ options, left: options.times ?? Number.POSITIVE_INFINITY });
    this.armed.set(name, waiting);
  }

  disarm(name: FaultName): void {
    this.armed.delete(name);
  }

  clear(): void {
    this.armed.clear();
  }

  /** What is armed, and how often it has struck; `left` null for one that strikes for ever. */
  list(): {
    readonly fault: FaultName;
    readonly options: FaultOptions;
    readonly left: number | null;
    readonly struck: number;
  }[] {
    return [...this.armed].flatMap(([fault, waiting]) =>
      waiting.map(({ options, left }) => ({
        fault,
        options,
        left: Number.isFinite(left) ? left : null,
        struck: this.struck(fault),
      })),
    );
  }

  /** How often it struck. */
  struck(name: FaultName): number {
    return this.counts.get(name) ?? 0;
  }

  /** Uses up one strike; undefined when the fault does not apply to this path now. */
  take(name: FaultName, path = ''): FaultOptions | undefined {
    const waiting = this.armed.get(name) ?? [];
    const fault = waiting.find(
      ({ options, left }) =>
        left > 0 &&
        (options.match === undefined || options.match.test(path)) &&
        (options.path === undefined || path.includes(options.path)),
    );
    if (fault === undefined || !this.draw(fault.options.probability ?? 1)) return undefined;
    fault.left -= 1;
    if (fault.left <= 0)
      this.armed.set(
        name,
        waiting.filter((other) => other !== fault),
      );
    this.counts.set(name, this.struck(name) + 1);
    return fault.options;
  }

  /** The first of `names` that strikes. */
  takeOneOf<Name extends FaultName>(
    names: readonly Name[],
    path: string,
  ): { name: Name; options: FaultOptions } | undefined {
    for (const name of names) {
      const options = this.take(name, path);
      if (options !== undefined) return { name, options };
    }
    return undefined;
  }

  /** A standing condition, without using it up. */
  standing(name: StandingFault): FaultOptions | undefined {
    return this.armed.get(name)?.[0]?.options;
  }

  private draw(probability: number): boolean {
    if (probability >= 1) return true;
    this.draws += 1;
    const number = createHash('sha256').update(`${this.seed}:${this.draws}`).digest().readUInt32BE(0);
    return number / 2 ** 32 < probability;
  }
}
