import { isoInstant } from '../common/clock';
import type { RecordedEvent } from './event-types';
import { spokenType, type Vocabulary } from './event-vocabulary';

/** What is sent: one JSON object, the same bytes with every attempt. */
interface WebhookEnvelope {
  readonly id: string;
  /** In the vocabulary of the endpoint. */
  readonly type: string;
  /** Version of this envelope and of the data's members; members may be added without a new one. */
  readonly apiVersion: '1';
  /** When it happened, RFC 3339; and in seconds since 1970. */
  readonly timestamp: string;
  readonly created: number;
  readonly network: string;
  /** 1 for the first event about its subject, rising with each: a receiver that has seen a higher one may drop this. */
  readonly version: number;
  readonly data: Readonly<Record<string, unknown>>;
}

export function envelopeBody(event: RecordedEvent, version: number, vocabulary: Vocabulary = 'own'): Buffer {
  const { id, network, createdAt, data } = event;
  const created = Math.floor(createdAt.getTime() / 1000);
  const envelope: WebhookEnvelope = {
    id: `evt_${id}`,
    type: spokenType(vocabulary, event.type),
    apiVersion: '1',
    timestamp: isoInstant(createdAt),
    created,
    network,
    version,
    data,
  };
  return Buffer.from(JSON.stringify(envelope));
}

/** `webhook-id`: one a delivery, the same with every attempt. */
export function messageId(deliveryId: string): string {
  return `msg_${deliveryId}`;
}
