import { ATTEMPT_FAILURES } from '../../../../webhooks/webhook-delivery';
import { CreateWebhookEndpointDto, UpdateWebhookEndpointDto } from '../../webhooks/webhook-endpoint.dto';
import { choice, instant, list, nullable, record, text, whole } from '../../../../http/json-schema';
import type { Noun } from '../nouns';

const secret = record({
  secret: { ...text(100), description: 'Told this once: `whsec_` and 32 random bytes in base64.' },
});
const attempts = record({
  attempts: list(
    record({
      number: whole(1),
      startedAt: instant,
      latencyMs: whole(),
      statusCode: nullable(whole(100, 999)),
      failure: nullable(choice(ATTEMPT_FAILURES)),
      excerpt: nullable(text(1024)),
    }),
    50,
  ),
});

export const RECORDS: readonly Noun[] = [
  {
    type: 'events',
    singular: 'event',
    plural: 'events',
    about:
      'What happened, oldest first. `filter[after]` names the last one seen: a reader that asks again and again misses none.',
    operations: { GET: { summary: 'List events' }, 'GET /:id': { summary: 'Read an event' } },
  },
  {
    type: 'webhookEndpoints',
    singular: 'webhook endpoint',
    plural: 'webhook endpoints',
    about: 'Where events are sent, signed as Standard Webhooks are.',
    versioned: true,
    operations: {
      GET: { summary: 'List webhook endpoints' },
      POST: {
        summary: 'Create a webhook endpoint',
        description:
          'Without `eventTypes` it hears of everything. The secret is in `meta`, this once; a repetition with the same Idempotency-Key has it masked.',
        dto: CreateWebhookEndpointDto,
        meta: secret,
        example: { attributes: { url: 'https://shop.example/hooks', eventTypes: ['invoice.paid', 'invoice.expired'] } },
      },
      'GET /:id': { summary: 'Read a webhook endpoint' },
      'PATCH /:id': {
        summary: 'Change a webhook endpoint',
        description: '`status` switches it on and off; what happens while it is off is not told later.',
        dto: UpdateWebhookEndpointDto,
        example: { attributes: { eventTypes: null, status: 'disabled' } },
      },
      'DELETE /:id': {
        summary: 'Delete a webhook endpoint',
        description: 'The record of its deliveries goes with it.',
      },
      'POST /:id/secret_rotation': {
        summary: 'Replace the secret of a webhook endpoint',
        description: 'For 24 hours deliveries are signed with the old secret as well.',
        meta: secret,
      },
      'POST /:id/test': {
        summary: 'Send a test event to a webhook endpoint',
        description: 'A `webhook_endpoint.test` event goes to this endpoint alone, by the way every event goes.',
        meta: record({ eventId: text(40), deliveryId: text(36) }),
      },
    },
  },
  {
    type: 'webhookDeliveries',
    singular: 'webhook delivery',
    plural: 'webhook deliveries',
    about: 'Telling one endpoint about one event: how often it was tried, and what came back. Kept for 30 days.',
    operations: {
      GET: { summary: 'List webhook deliveries' },
      'GET /:id': {
        summary: 'Read a webhook delivery',
        description: 'With the latest fifty attempts in `meta`.',
        meta: attempts,
      },
      'POST /:id/resend': {
        summary: 'Send a webhook delivery again',
        description: 'Whatever became of it, under the same `webhook-id`.',
      },
    },
  },
  {
    type: 'auditEntries',
    singular: 'audit entry',
    plural: 'audit entries',
    about: 'Who changed what, from what to what. Every entry carries the hash of the one before it.',
    operations: { GET: { summary: 'List audit entries' }, 'GET /:id': { summary: 'Read an audit entry' } },
  },
];
