import { isRowId } from '../../../common/ids';
import { choiceFilter, instantRangeFilter, listFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import { eventId, eventRowId } from '../../../webhooks/placed-event';
import { DELIVERY_STATUSES, type WebhookDelivery } from '../../../webhooks/webhook-delivery';

export const webhookDeliveries = defineResource({
  type: 'webhookDeliveries',
  path: 'webhook_deliveries',
  readScope: 'webhooks:read',
  typeAliases: ['webhook_deliveries'],
  id: (delivery: WebhookDelivery) => delivery.id,
  attributes: {
    eventType: 'eventType',
    network: 'network',
    status: 'status',
    attempts: 'attempts',
    nextAttemptAt: (delivery) => delivery.nextAttemptAt,
    lastStatusCode: 'lastStatusCode',
    lastLatencyMs: 'lastLatencyMs',
    lastFailure: 'lastFailure',
    createdAt: 'createdAt',
    finishedAt: (delivery) => delivery.finishedAt,
  },
  relationships: {
    endpoint: {
      to: 'one',
      types: ['webhookEndpoints'],
      linkage: ({ endpointId }) => ({ type: 'webhookEndpoints', id: endpointId }),
    },
    event: {
      to: 'one',
      types: ['events'],
      linkage: (delivery) => ({ type: 'events', id: eventId({ id: delivery.eventId }) }),
    },
  },
  filters: {
    endpoint: listFilter((text) => (isRowId(text) ? text : undefined), 'must be the id of a webhook endpoint'),
    event: listFilter(eventRowId, 'must be the id of an event'),
    status: choiceFilter(DELIVERY_STATUSES),
    createdAt: instantRangeFilter(),
  },
  sorts: { createdAt: (delivery) => delivery.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
