import type { OutgoingAnswer } from '../outgoing/outgoing-http';
import { retryAfterSeconds } from '../stellar/retry-after';
import type { AttemptFailure, DeliveryStatus } from './webhook-delivery';
import type { WebhookSettings } from './webhook-settings';

/** What an attempt means for its delivery and its endpoint. */
export interface AttemptVerdict {
  readonly status: DeliveryStatus;
  readonly failure: AttemptFailure | null;
  readonly nextAttemptAt: Date | null;
  /** Nothing goes to the endpoint before: the receiver said so. */
  readonly pausedUntil: Date | null;
  /** The receiver wants nothing any more (410). */
  readonly gone: boolean;
}

const GONE = 410;
/** Statuses with which a receiver, or the proxy before it, asks for less. */
const THROTTLING = [429, 502, 503, 504];

/**
 * Standard Webhooks 1.0.0: 2xx is accepted, everything else is not, redirects included.
 * @param attempt number of the attempt within the schedule, from 1
 * @param random gives a number from 0 to below 1; asked for a failure only
 */
export function judgeAttempt(
  result: OutgoingAnswer | AttemptFailure,
  attempt: number,
  now: Date,
  random: () => number,
  settings: WebhookSettings,
): AttemptVerdict {
  if (typeof result === 'string') return failed(result, attempt, now, random, settings);
  const { status, retryAfter } = result;
  if (status >= 200 && status <= 299)
    return { status: 'delivered', failure: null, nextAttemptAt: null, pausedUntil: null, gone: false };
  if (status === GONE)
    return { status: 'failed', failure: 'refused', nextAttemptAt: null, pausedUntil: null, gone: true };
  const seconds = THROTTLING.includes(status) ? retryAfterSeconds(retryAfter, now) : undefined;
  const pausedUntil = seconds === undefined ? null : new Date(now.getTime() + seconds * 1000);
  return { ...failed('refused', attempt, now, random, settings, pausedUntil), pausedUntil };
}

function failed(
  failure: AttemptFailure,
  attempt: number,
  now: Date,
  random: () => number,
  settings: WebhookSettings,
  notBefore: Date | null = null,
): AttemptVerdict {
  const pause = settings.scheduleSeconds[attempt];
  const rest = { failure, pausedUntil: null, gone: false };
  if (pause === undefined) return { ...rest, status: 'failed', nextAttemptAt: null };
  const at = now.getTime() + Math.round(pause * 1000 * (1 + settings.jitter * random()));
  return { ...rest, status: 'pending', nextAttemptAt: new Date(Math.max(at, notBefore?.getTime() ?? 0)) };
}
