import type { AuditValues, Author } from '../audit-log/audit-entry';
import type { Network } from '../common/network';
import type { EventType } from './event-types';
import type { Vocabulary } from './event-vocabulary';

export const ENDPOINT_STATUSES = ['enabled', 'disabled'] as const;
export type EndpointStatus = (typeof ENDPOINT_STATUSES)[number];

/** `owner` switched it off; the receiver answered 410 (`gone`); or nothing has been accepted for days (`failing`). */
export const DISABLED_REASONS = ['owner', 'gone', 'failing'] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** Where a merchant receives events; never carries its secret. */
export interface WebhookEndpoint {
  readonly merchantId: string;
  readonly id: string;
  readonly network: Network;
  readonly url: string;
  readonly description: string | null;
  /** Null for every type that its vocabulary has, also those that do not exist yet. */
  readonly eventTypes: readonly EventType[] | null;
  readonly vocabulary: Vocabulary;
  readonly status: EndpointStatus;
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
  /** Time of the first failure since the last success. */
  readonly failingSince: Date | null;
  readonly consecutiveFailures: number;
  /** Nothing is sent before, because the receiver asked for a pause. */
  readonly pausedUntil: Date | null;
  /** Until then the secret before the last rotation signs as well. */
  readonly previousSecretUntil: Date | null;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Whose endpoints: a credential bound to a network reaches that network's only. A Principal is one. */
export interface WebhookOwner {
  readonly merchantId: string;
  readonly network: Network | null;
}

/** Who changes them. A ChangingPrincipal is one. */
export interface WebhookAuthor extends WebhookOwner, Author {}

/** What the record of changes keeps of an endpoint. */
export function endpointFacts({ url, description, eventTypes, status }: WebhookEndpoint): AuditValues {
  return { url, description, eventTypes, status };
}
