import { Injectable } from '@nestjs/common';
import { CREATION_COLUMNS, type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { EventType } from './event-types';
import type { Vocabulary } from './event-vocabulary';
import type { DisabledReason, EndpointStatus, WebhookEndpoint, WebhookOwner } from './webhook-endpoint';

export interface NewEndpoint {
  readonly merchantId: string;
  readonly id: string;
  readonly network: string;
  readonly url: string;
  readonly description: string | null;
  readonly eventTypes: readonly EventType[] | null;
  readonly vocabulary: Vocabulary;
  readonly secret: Buffer;
}

export interface EndpointPatch {
  readonly url?: string;
  readonly description?: string | null;
  readonly eventTypes?: readonly EventType[] | null;
}

/** Any of each list. */
export interface EndpointFilter {
  readonly status?: readonly EndpointStatus[];
}

const COLUMNS = `merchant_id as "merchantId", id, network, url, description, event_types as "eventTypes", vocabulary, status, disabled_reason as "disabledReason",
  disabled_at as "disabledAt", failing_since as "failingSince", consecutive_failures as "consecutiveFailures", paused_until as "pausedUntil",
  previous_secret_until as "previousSecretUntil", version, created_at as "createdAt", updated_at as "updatedAt"`;
const OWNED = 'merchant_id = $1 and ($2::text is null or network = $2)';
/** Events up to this number are not sent to an endpoint that is created or enabled now. */
const LAST_NUMBER = 'coalesce((select last_seq from event_heads h where h.merchant_id = $1), 0)';
const COLUMN_OF = { url: 'url', description: 'description', eventTypes: 'event_types' } as const satisfies Record<
  keyof EndpointPatch,
  string
>;

/** The merchant's turn announces deliveries that are no more: the next claim looks at what is left. */
function lookAgain(source: string): string {
  return `update webhook_turns t set look_again_at = '-infinity', changes = t.changes + 1 from ${source} s where t.merchant_id = s.merchant_id`;
}

// What waits ends with its endpoint; it is there to be replayed.
const DISABLE = `
  with disabled as (
    update webhook_endpoints set status = 'disabled', disabled_reason = $4, disabled_at = $5, updated_at = $5, version = version + 1, paused_until = null
    where ${OWNED} and id = $3 and status = 'enabled' returning ${COLUMNS}
  ), ended as (
    update webhook_deliveries d set status = 'failed', finished_at = $5, leased_until = null, last_failure = 'endpoint_disabled'
    from disabled e where d.merchant_id = e."merchantId" and d.endpoint_id = e.id and d.status = 'pending'
  ), looked_at as (
    ${lookAgain('(select "merchantId" as merchant_id from disabled)')}
  )
  select * from disabled`;

// Deliveries go by the foreign key.
const DELETE = `
  with deleted as (
    delete from webhook_endpoints where ${OWNED} and id = $3 returning merchant_id
  ), looked_at as (
    ${lookAgain('deleted')}
  )
  select count(*)::int as deleted from deleted`;

@Injectable()
export class WebhookEndpointsRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(endpoint: NewEndpoint, at: Date): Promise<WebhookEndpoint> {
    const { merchantId, id, network, url, description, eventTypes, vocabulary, secret } = endpoint;
    const [row] = await this.transactions.rows<WebhookEndpoint>(
      `insert into webhook_endpoints (merchant_id, id, network, url, description, event_types, secret, created_at, updated_at, since_seq, vocabulary)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $8, ${LAST_NUMBER}, $9) returning ${COLUMNS}`,
      [merchantId, id, network, url, description, eventTypes, secret, at, vocabulary],
    );
    return row as WebhookEndpoint;
  }

  /** Number of endpoints, with a lock that makes others who want to add one wait. */
  async lockCount(merchantId: string, network: string): Promise<number> {
    await this.transactions.rows('select from merchants where id = $1 for no key update', [merchantId]);
    const [row] = await this.transactions.rows<{ count: bigint }>(
      'select count(*) as count from webhook_endpoints where merchant_id = $1 and network = $2',
      [merchantId, network],
    );
    return Number(row?.count ?? 0n);
  }

  async find(owner: WebhookOwner, id: string): Promise<WebhookEndpoint | null> {
    const [row] = await this.transactions.rows<WebhookEndpoint>(
      `select ${COLUMNS} from webhook_endpoints where ${OWNED} and id = $3`,
      [owner.merchantId, owner.network, id],
    );
    return row ?? null;
  }

  /** The row, locked until the transaction ends; null when there is none. */
  async lock(owner: WebhookOwner, id: string): Promise<WebhookEndpoint | null> {
    const [row] = await this.transactions.rows<WebhookEndpoint>(
      `select ${COLUMNS} from webhook_endpoints where ${OWNED} and id = $3 for no key update`,
      [owner.merchantId, owner.network, id],
    );
    return row ?? null;
  }

  list(owner: WebhookOwner, { status }: EndpointFilter, page: Keyset): Promise<WebhookEndpoint[]> {
    const values: unknown[] = [owner.merchantId, owner.network, status ?? null];
    return this.transactions.page(
      `select ${COLUMNS} from webhook_endpoints where ${OWNED} and ($3::text[] is null or status = any($3)) ${keysetClause(page, CREATION_COLUMNS, values)}`,
      values,
    );
  }

  /** The ones of these that the owner has. */
  listByIds(owner: WebhookOwner, ids: readonly string[]): Promise<WebhookEndpoint[]> {
    return this.transactions.rows(`select ${COLUMNS} from webhook_endpoints where ${OWNED} and id = any($3)`, [
      owner.merchantId,
      owner.network,
      ids,
    ]);
  }

  async patch(owner: WebhookOwner, id: string, patch: EndpointPatch, at: Date): Promise<WebhookEndpoint | null> {
    const members = (Object.keys(COLUMN_OF) as (keyof EndpointPatch)[]).filter((member) => patch[member] !== undefined);
    // Another receiver has yet to show what it is like.
    const lane =
      patch.url === undefined
        ? []
        : [`lane = case when url = $${members.indexOf('url') + 5} then lane else 'unproven' end`];
    const assignments = [
      'updated_at = $4',
      'version = version + 1',
      ...lane,
      ...members.map((member, index) => `${COLUMN_OF[member]} = $${index + 5}`),
    ];
    const [row] = await this.transactions.rows<WebhookEndpoint>(
      `update webhook_endpoints set ${assignments.join(', ')} where ${OWNED} and id = $3 returning ${COLUMNS}`,
      [owner.merchantId, owner.network, id, at, ...members.map((member) => patch[member])],
    );
    return row ?? null;
  }

  /** Null when it was enabled already, or is not there. */
  async enable(owner: WebhookOwner, id: string, at: Date): Promise<WebhookEndpoint | null> {
    const [row] = await this.transactions.rows<WebhookEndpoint>(
      `update webhook_endpoints set status = 'enabled', disabled_reason = null, disabled_at = null, failing_since = null, consecutive_failures = 0,
         lane = 'unproven', paused_until = null, since_seq = ${LAST_NUMBER}, updated_at = $4, version = version + 1
       where ${OWNED} and id = $3 and status = 'disabled' returning ${COLUMNS}`,
      [owner.merchantId, owner.network, id, at],
    );
    return row ?? null;
  }

  /** Null when it was disabled already, or is not there. */
  async disable(owner: WebhookOwner, id: string, reason: DisabledReason, at: Date): Promise<WebhookEndpoint | null> {
    const [row] = await this.transactions.rows<WebhookEndpoint>(DISABLE, [
      owner.merchantId,
      owner.network,
      id,
      reason,
      at,
    ]);
    return row ?? null;
  }

  /** The present secret becomes the previous one until `until`; the one before that is gone at once. */
  async rotate(
    owner: WebhookOwner,
    id: string,
    secret: Buffer,
    until: Date,
    at: Date,
  ): Promise<WebhookEndpoint | null> {
    const [row] = await this.transactions.rows<WebhookEndpoint>(
      `update webhook_endpoints set previous_secret = secret, previous_secret_until = $5, secret = $4, updated_at = $6, version = version + 1 where ${OWNED} and id = $3 returning ${COLUMNS}`,
      [owner.merchantId, owner.network, id, secret, until, at],
    );
    return row ?? null;
  }

  /** False when there was none. Its deliveries go with it. */
  async delete(owner: WebhookOwner, id: string): Promise<boolean> {
    const [row] = await this.transactions.rows<{ deleted: number }>(DELETE, [owner.merchantId, owner.network, id]);
    return row?.deleted === 1;
  }
}
