import { choiceFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import { ENDPOINT_STATUSES, type WebhookEndpoint } from '../../../webhooks/webhook-endpoint';

export const webhookEndpoints = defineResource({
  type: 'webhookEndpoints',
  path: 'webhook_endpoints',
  readScope: 'webhooks:read',
  typeAliases: ['webhook_endpoints'],
  id: (endpoint: WebhookEndpoint) => endpoint.id,
  version: ({ version }) => version,
  attributes: {
    url: 'url',
    description: 'description',
    eventTypes: (endpoint) => endpoint.eventTypes,
    network: 'network',
    status: 'status',
    disabledReason: 'disabledReason',
    disabledAt: (endpoint) => endpoint.disabledAt,
    failingSince: (endpoint) => endpoint.failingSince,
    previousSecretUntil: (endpoint) => endpoint.previousSecretUntil,
    createdAt: 'createdAt',
    updatedAt: 'updatedAt',
  },
  // As the wallet API calls them: a filter must not be lost in translation.
  aliases: { events: 'eventTypes' },
  filters: { status: choiceFilter(ENDPOINT_STATUSES) },
  sorts: { createdAt: (endpoint) => endpoint.createdAt.toISOString() },
  defaultSort: '-createdAt',
});
