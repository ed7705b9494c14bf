import { uuidOfName } from '../common/ids';
import { OUTGOING_FAILURES, type OutgoingFailureKind } from '../outgoing/outgoing-http';
import type { Network } from '../common/network';
import type { EventType } from './event-types';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** Why an attempt did not count as accepted; null when it did. `refused`: any status outside 200 to 299; `unsendable`: a fault of ours. */
export type AttemptFailure = Exclude<OutgoingFailureKind, 'stopped'> | 'refused' | 'unsendable';
export const ATTEMPT_FAILURES: readonly AttemptFailure[] = [
  ...OUTGOING_FAILURES.filter((kind) => kind !== 'stopped'),
  'refused',
  'unsendable',
];

/** The delivery of one event to one endpoint. */
export interface WebhookDelivery {
  readonly merchantId: string;
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: EventType;
  readonly network: Network;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  /** When the next attempt is due; null once there is none. */
  readonly nextAttemptAt: Date | null;
  readonly lastStatusCode: number | null;
  readonly lastLatencyMs: number | null;
  /** `endpoint_disabled` when it ended because its endpoint was. */
  readonly lastFailure: AttemptFailure | 'endpoint_disabled' | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** One attempt as its owner sees it. */
export interface WebhookAttempt {
  readonly number: number;
  readonly startedAt: Date;
  readonly latencyMs: number;
  readonly statusCode: number | null;
  readonly failure: AttemptFailure | null;
  /** The beginning of what the receiver answered, at most 1,024 characters. */
  readonly excerpt: string | null;
}

/** Follows from endpoint and event: asking twice makes one delivery, also after the first was forgotten. */
export function deliveryId(endpointId: string, eventId: string): string {
  return uuidOfName(`${endpointId}:${eventId}`);
}

/** The same in SQL: `hash` is a bytea column that `deliveryHashSql` has filled. */
export function deliveryIdSql(hash: string): string {
  return `encode(set_byte(set_byte(${hash}, 6, get_byte(${hash}, 6) & 15 | 128), 8, get_byte(${hash}, 8) & 63 | 128), 'hex')::uuid`;
}

/** For a lateral subquery with `offset 0`, so that the digest is made once a row. */
export function deliveryHashSql(endpointId: string, eventId: string): string {
  return `substr(sha256(convert_to(${endpointId}::text || ':' || ${eventId}::text, 'UTF8')), 1, 16)`;
}
