import type { Network } from './network';
import type { TillRow } from './till';

export const ROLES = ['owner', 'admin', 'approver', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** What a credential may do, as noun:verb. A session has the scopes of its member's role. */
export const SCOPES = [
  'links:read',
  'links:write',
  'invoices:read',
  'invoices:write',
  'subscriptions:read',
  'subscriptions:write',
  'clients:read',
  'clients:write',
  'payments:read',
  'payments:write',
  'events:read',
  'rates:read',
  'quotes:read',
  'quotes:write',
  'webhooks:read',
  'webhooks:write',
  'products:read',
  'products:write',
  'tax_rates:read',
  'tax_rates:write',
  'merchant:read',
  'merchant:write',
  'members:read',
  'members:write',
  'accounts:read',
  'accounts:write',
  'keys:read',
  'keys:write',
  'audit:read',
] as const;
export type Scope = (typeof SCOPES)[number];

const READ_SCOPES = SCOPES.filter((scope) => scope.endsWith(':read'));

/** The members of a merchant and where its money goes: for owners only. */
const OWNER_SCOPES: readonly Scope[] = ['members:write', 'accounts:write'];
/**
 * The one list of what no key gets unless asked for: what moves money, approves it or says where it goes, and what makes its holder as
 * good as an owner or lets it outlive its own revocation. A new scope of that kind is added here.
 */
export const ASKED_SCOPES: readonly Scope[] = ['payments:write', ...OWNER_SCOPES, 'keys:write'];

/** What a key may do when nothing was said about it. */
export const DEFAULT_KEY_SCOPES: readonly Scope[] = SCOPES.filter((scope) => !ASKED_SCOPES.includes(scope));

export const SCOPES_OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  owner: SCOPES,
  admin: SCOPES.filter((scope) => !OWNER_SCOPES.includes(scope)),
  approver: READ_SCOPES,
  viewer: READ_SCOPES,
};

/** The caller: exactly one per request, whatever kind of credential was presented. */
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
  /** Its merchant's till on its network as it was when the request came, where that was read with the credential. */
  readonly till?: TillRow;
}

/** A principal that makes a change, with the request it does so in. */
export interface ChangingPrincipal extends Principal {
  readonly requestId: string;
}
