import { NETWORKS } from '../../../common/network';
import { choiceFilter } from '../../../jsonapi/filters';
import { defineResource, type ResourceDefinition } from '../../../jsonapi/resource';
import type { CredentialRow } from '../../../auth/keys.service';

const filters = { network: choiceFilter(NETWORKS) };

/** What the API shows of a credential. The secret appears once, in `meta` of the answer that created it. */
const common = {
  id: (key: CredentialRow) => key.id,
  filters,
  sorts: { createdAt: (key: CredentialRow) => key.createdAt.toISOString() },
  defaultSort: '-createdAt',
} satisfies Partial<ResourceDefinition<CredentialRow, typeof filters, 'createdAt'>>;

export const apiKeys = defineResource({
  ...common,
  type: 'apiKeys',
  path: 'api_keys',
  readScope: 'keys:read',
  typeAliases: ['api_keys'],
  attributes: {
    label: 'label',
    /** The start of the key: a merchant recognises its keys by it. */
    keyPrefix: 'publicPart',
    network: 'network',
    scopes: 'scopes',
    createdAt: 'createdAt',
    expiresAt: 'expiresAt',
    revokedAt: 'revokedAt',
    lastUsedAt: 'lastUsedAt',
  },
});

export const clients = defineResource({
  ...common,
  type: 'clients',
  path: 'clients',
  readScope: 'keys:read',
  attributes: {
    label: 'label',
    clientKey: 'publicPart',
    network: 'network',
    scopes: 'scopes',
    createdAt: 'createdAt',
    expiresAt: 'expiresAt',
    revokedAt: 'revokedAt',
    lastUsedAt: 'lastUsedAt',
  },
});
