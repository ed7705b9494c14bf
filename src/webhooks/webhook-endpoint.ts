import type { Network } from '../common/network';
import type { EventType } from './event-types';

/** `owner` switched it off; the receiver answered 410 (`gone`); or nothing has been accepted for days (`failing`). */
export type DisabledReason = 'owner' | 'gone' | 'failing';

/** Where a merchant wants to be told; never carries its secret. */
export interface WebhookEndpoint {
  readonly merchantId: string;
  readonly id: string;
  readonly network: Network;
  readonly url: string;
  readonly description: string | null;
  /** Null for every type, also those that do not exist yet. */
  readonly eventTypes: readonly EventType[] | null;
  readonly status: 'enabled' | 'disabled';
  readonly disabledReason: DisabledReason | null;
  readonly disabledAt: Date | null;
  /** Time of the first failure since the last success. */
  readonly failingSince: Date | null;
  readonly consecutiveFailures: number;
  /** Nothing is sent before, because the receiver asked for a pause. */
  readonly pausedUntil: Date | null;
  /** Until then the secret before the last rotation signs as well. */
  readonly previousSecretUntil: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Whose endpoints: a credential bound to a network reaches that network's only. A Principal is one. */
export interface WebhookOwner {
  readonly merchantId: string;
  readonly network: Network | null;
}

/** Rows strictly beyond `from` in the order of creation, at most `limit`. */
export interface CreationPage {
  readonly limit: number;
  readonly descending: boolean;
  readonly from: { readonly createdAt: Date; readonly id: string } | null;
}
