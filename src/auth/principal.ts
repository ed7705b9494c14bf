import type { Network } from '../common/network';

export const ROLES = ['owner', 'admin', 'approver', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** What a credential may do, as noun:verb. A session has the scopes of its member's role. */
export const SCOPES = [
  'links:read',
  'links:write',
  'invoices:read',
  'invoices:write',
  'clients:read',
  'clients:write',
  'payments:read',
  'events:read',
  'webhooks:read',
  'webhooks:write',
] as const;
export type Scope = (typeof SCOPES)[number];

const READ_SCOPES = SCOPES.filter((scope) => scope.endsWith(':read'));

export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  owner: SCOPES,
  admin: SCOPES,
  approver: READ_SCOPES,
  viewer: READ_SCOPES,
};

/** Who is asking: exactly one per request, whatever kind of credential was presented. */
export interface Principal {
  readonly kind: 'session' | 'api_key' | 'client_key';
  readonly merchantId: string;
  /** The wallet that signed in; null for keys. */
  readonly wallet: string | null;
  /** Network a key is bound to; null for sessions, which reach every enabled network. */
  readonly network: Network | null;
  readonly scopes: ReadonlySet<Scope>;
  /** For the record: `wallet:G...`, `api_key:<id>` or `client_key:<id>`. */
  readonly actor: string;
}
