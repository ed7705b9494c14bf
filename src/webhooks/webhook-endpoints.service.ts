import { Injectable } from '@nestjs/common';
import { Clock, isoInstant, isoInstantOrNull } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import { OutgoingHttp } from '../outgoing/outgoing-http';
import { EVENT_TYPES, type EventType } from './event-types';
import { EventsService } from './events.service';
import { deliveryId } from './webhook-delivery';
import type { CreationPage, DisabledReason, WebhookEndpoint, WebhookOwner } from './webhook-endpoint';
import { type EndpointPatch, WebhookEndpointsRepository } from './webhook-endpoints.repository';
import { WebhookSecrets } from './webhook-secrets.service';

export interface EndpointDraft {
  readonly merchantId: string;
  readonly network: Network;
  readonly url: string;
  readonly description?: string | null;
  /** Null or absent for every type. */
  readonly eventTypes?: readonly string[] | null;
}

/** An endpoint with its secret (`whsec_...`), which is told this once. */
export interface EndpointWithSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

const MAX_DESCRIPTION = 200;
const MAX_PER_NETWORK = 20;
/** How long both secrets sign after a rotation. */
const OVERLAP_MS = 24 * 3600 * 1000;
const FIRST_PAGE: CreationPage = { limit: 1000, descending: false, from: null };

/** Where a merchant's events go. Not found and not one's own are the same `webhook_endpoint_not_found`. */
@Injectable()
export class WebhookEndpointsService {
  constructor(
    private readonly repository: WebhookEndpointsRepository,
    private readonly events: EventsService,
    private readonly transactions: Transactions,
    private readonly outgoing: OutgoingHttp,
    private readonly secrets: WebhookSecrets,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Errors: webhook_url_refused, validation_failed, webhook_endpoint_limit_reached. */
  async create(draft: EndpointDraft): Promise<EndpointWithSecret> {
    const patch = this.checked(draft);
    const { merchantId, network, url } = draft;
    const id = this.ids.row();
    const secret = this.secrets.create(id);
    return this.transactions.run(async () => {
      if ((await this.repository.lockCount(merchantId, network)) >= MAX_PER_NETWORK) throw new DomainError('webhook_endpoint_limit_reached');
      const row = { merchantId, id, network, url, description: patch.description ?? null, eventTypes: patch.eventTypes ?? null, secret: secret.sealed };
      return { endpoint: await this.repository.insert(row, this.clock.now()), secret: secret.text };
    });
  }

  list(owner: WebhookOwner, page: CreationPage = FIRST_PAGE): Promise<WebhookEndpoint[]> {
    return this.repository.list(owner, page);
  }

  async get(owner: WebhookOwner, id: string): Promise<WebhookEndpoint> {
    return found(isRowId(id) ? await this.repository.find(owner, id) : null);
  }

  /** Changes the members that are there. Errors: webhook_url_refused, validation_failed. */
  async update(owner: WebhookOwner, id: string, change: Partial<Pick<EndpointDraft, 'url' | 'description' | 'eventTypes'>>): Promise<WebhookEndpoint> {
    await this.get(owner, id);
    return found(await this.repository.patch(owner, id, this.checked(change), this.clock.now()));
  }

  /** What happened while it was disabled is not told unless it is replayed. */
  async enable(owner: WebhookOwner, id: string): Promise<WebhookEndpoint> {
    const endpoint = await this.get(owner, id);
    return (await this.repository.enable(owner, id, this.clock.now())) ?? endpoint;
  }

  async disable(owner: WebhookOwner, id: string): Promise<WebhookEndpoint> {
    const endpoint = await this.get(owner, id);
    return (await this.repository.disable(owner, id, 'owner', this.clock.now())) ?? endpoint;
  }

  /** Ends an endpoint that nobody reads any more and tells the merchant's other endpoints. */
  async giveUp(merchantId: string, id: string, reason: Exclude<DisabledReason, 'owner'>): Promise<void> {
    await this.transactions.run(async () => {
      const endpoint = await this.repository.disable({ merchantId, network: null }, id, reason, this.clock.now());
      if (endpoint === null) return;
      const { network, url, failingSince, disabledAt } = endpoint;
      const data = { id, url, reason, failingSince: isoInstantOrNull(failingSince), disabledAt: isoInstantOrNull(disabledAt) };
      await this.events.record([{ merchantId, type: 'webhook_endpoint.disabled', network, subjectType: 'webhook_endpoint', subjectId: id, data }]);
    });
  }

  async delete(owner: WebhookOwner, id: string): Promise<void> {
    if (!isRowId(id) || !(await this.repository.delete(owner, id))) throw new DomainError('webhook_endpoint_not_found');
  }

  /** A new secret; for 24 hours deliveries are signed with both. */
  async rotateSecret(owner: WebhookOwner, id: string): Promise<EndpointWithSecret> {
    await this.get(owner, id);
    const secret = this.secrets.create(id);
    const now = this.clock.now();
    const until = new Date(now.getTime() + OVERLAP_MS);
    return { endpoint: found(await this.repository.rotate(owner, id, secret.sealed, until, now)), secret: secret.text };
  }

  /** Sends a `webhook_endpoint.test` to this endpoint alone, by the way every event goes. Errors: webhook_endpoint_disabled. */
  async sendTest(owner: WebhookOwner, id: string): Promise<{ eventId: string; deliveryId: string }> {
    const { merchantId, network, status } = await this.get(owner, id);
    if (status === 'disabled') throw new DomainError('webhook_endpoint_disabled');
    const data = { id, message: 'This is a test.', requestedAt: isoInstant(this.clock.now()) };
    const [eventId = ''] = await this.events.record([{ merchantId, type: 'webhook_endpoint.test', network, subjectType: 'webhook_endpoint', subjectId: id, data }]);
    return { eventId, deliveryId: deliveryId(id, eventId) };
  }

  private checked(change: Partial<EndpointDraft>): EndpointPatch {
    const refusal = change.url === undefined ? undefined : this.outgoing.refusal(change.url);
    if (refusal !== undefined) throw new DomainError('webhook_url_refused', { faults: [{ path: 'url', message: refusal }] });
    if ((change.description?.length ?? 0) > MAX_DESCRIPTION) throw new DomainError('validation_failed', { faults: [{ path: 'description', message: `must be at most ${MAX_DESCRIPTION} characters` }] });
    const { url, description, eventTypes } = change;
    return {
      ...(url === undefined ? {} : { url }),
      ...(description === undefined ? {} : { description }),
      ...(eventTypes === undefined ? {} : { eventTypes: eventTypes === null ? null : knownTypes(eventTypes) }),
    };
  }
}

function knownTypes(names: readonly string[]): EventType[] {
  const faults = names.flatMap((name, index) => ((EVENT_TYPES as readonly string[]).includes(name) ? [] : [{ path: `events.${index}`, message: 'is not a known event type' }]));
  if (names.length === 0) faults.push({ path: 'events', message: 'must name at least one event type, or be absent for all' });
  if (faults.length > 0) throw new DomainError('validation_failed', { faults });
  return [...new Set(names)] as EventType[];
}

function found(endpoint: WebhookEndpoint | null): WebhookEndpoint {
  if (endpoint === null) throw new DomainError('webhook_endpoint_not_found');
  return endpoint;
}
