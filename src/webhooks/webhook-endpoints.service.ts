import { Injectable } from '@nestjs/common';
import { auditChanges, type AuditDraft } from '../audit-log/audit-entry';
import { AuditLogService } from '../audit-log/audit-log.service';
import { Clock, isoInstant, isoInstantOrNull } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids, isRowId } from '../common/ids';
import type { Network } from '../common/network';
import { type Keyset, oldestFirst } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { assertIfMatch } from '../http/preconditions';
import { OutgoingHttp } from '../outgoing/outgoing-http';
import { EventNumberingService } from './event-numbering.service';
import { EVENT_TYPES, type EventType } from './event-types';
import type { Vocabulary } from './event-vocabulary';
import { EventsService } from './events.service';
import { deliveryId } from './webhook-delivery';
import {
  type DisabledReason,
  endpointFacts,
  type EndpointStatus,
  type WebhookAuthor,
  type WebhookEndpoint,
  type WebhookOwner,
} from './webhook-endpoint';
import { type EndpointFilter, type EndpointPatch, WebhookEndpointsRepository } from './webhook-endpoints.repository';
import { WebhookSecretsService } from './webhook-secrets.service';

export interface EndpointDraft {
  readonly network: Network;
  readonly url: string;
  readonly description?: string | null;
  /** Null or absent for every type. */
  readonly eventTypes?: readonly string[] | null;
  readonly vocabulary?: Vocabulary;
  /** Begins disabled. */
  readonly disabled?: boolean;
  /** A secret that the owner chose. */
  readonly secret?: string | undefined;
}

/** The members that are there change. */
export interface EndpointChange extends Partial<Pick<EndpointDraft, 'url' | 'description' | 'eventTypes'>> {
  readonly status?: EndpointStatus;
  /** Takes the place of the secret, which signs as well for 24 hours. */
  readonly secret?: string | undefined;
}

/** An endpoint with its secret (`whsec_...`), which is returned this once. */
export interface EndpointWithSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

const MAX_DESCRIPTION = 200;
const MAX_PER_NETWORK = 20;
/** How long both secrets sign after a rotation. */
const OVERLAP_MS = 24 * 3600 * 1000;
const SUBJECT = 'webhook_endpoint';

/** Where a merchant's events go. Not found and not one's own are the same `resource_not_found`. */
@Injectable()
export class WebhookEndpointsService {
  constructor(
    private readonly repository: WebhookEndpointsRepository,
    private readonly events: EventsService,
    private readonly numbering: EventNumberingService,
    private readonly audit: AuditLogService,
    private readonly transactions: Transactions,
    private readonly outgoing: OutgoingHttp,
    private readonly secrets: WebhookSecretsService,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Errors: webhook_url_refused, validation_failed, webhook_endpoint_limit_reached. */
  async create(author: WebhookAuthor, draft: EndpointDraft): Promise<EndpointWithSecret> {
    const patch = this.checked(draft);
    const { network, url } = draft;
    const { merchantId } = author;
    const id = this.ids.row();
    const secret =
      draft.secret === undefined
        ? this.secrets.create(id)
        : { sealed: this.secrets.keep(draft.secret, id), text: draft.secret };
    return this.transactions.run(async () => {
      if ((await this.repository.lockCount(merchantId, network)) >= MAX_PER_NETWORK)
        throw new DomainError('webhook_endpoint_limit_reached');
      const row = {
        merchantId,
        id,
        network,
        url,
        description: patch.description ?? null,
        eventTypes: patch.eventTypes ?? null,
        vocabulary: draft.vocabulary ?? 'own',
        secret: secret.sealed,
      };
      await this.numbering.catchUp(merchantId);
      const inserted = await this.repository.insert(row, this.clock.now());
      const endpoint =
        draft.disabled === true
          ? found(await this.repository.disable(author, id, 'owner', this.clock.now()))
          : inserted;
      await this.note(author, endpoint, 'created', { before: null, after: endpointFacts(endpoint) });
      return { endpoint, secret: secret.text };
    });
  }

  list(owner: WebhookOwner, filter: EndpointFilter, page: Keyset): Promise<WebhookEndpoint[]> {
    return this.repository.list(owner, filter, page);
  }

  /** All of them, oldest first: there are not many. */
  listAll(owner: WebhookOwner): Promise<WebhookEndpoint[]> {
    return this.repository.list(owner, {}, oldestFirst(1000));
  }

  listByIds(owner: WebhookOwner, ids: readonly string[]): Promise<WebhookEndpoint[]> {
    return this.repository.listByIds(owner, ids.filter(isRowId));
  }

  async get(owner: WebhookOwner, id: string): Promise<WebhookEndpoint> {
    return found(isRowId(id) ? await this.repository.find(owner, id) : null);
  }

  /**
   * Events of the time an endpoint was disabled are not sent once it is enabled, unless they are replayed. Errors:
   * webhook_url_refused, validation_failed, precondition_failed.
   */
  async update(
    author: WebhookAuthor,
    id: string,
    { status, secret, ...terms }: EndpointChange,
    ifMatch?: string,
  ): Promise<WebhookEndpoint> {
    const patch = this.checked(terms);
    return this.transactions.run(async () => {
      const before = await this.lock(author, id, ifMatch);
      const now = this.clock.now();
      if (secret !== undefined) await this.rotate(author, id, this.secrets.keep(secret, id), now);
      const wanted = { ...before, ...patch, status: status ?? before.status };
      const changes = auditChanges(endpointFacts(before), endpointFacts(wanted));
      if (changes === null) return secret === undefined ? before : this.get(author, id);
      if (wanted.status !== before.status)
        await (wanted.status === 'enabled'
          ? this.enable(author, id, now)
          : this.repository.disable(author, id, 'owner', now));
      const after = found(await this.repository.patch(author, id, patch, now));
      await this.note(author, after, 'updated', changes);
      return after;
    });
  }

  /** Ends an endpoint that nobody reads any more and notifies the merchant's other endpoints. */
  async giveUp(merchantId: string, id: string, reason: Exclude<DisabledReason, 'owner'>): Promise<void> {
    await this.transactions.run(async () => {
      const endpoint = await this.repository.disable({ merchantId, network: null }, id, reason, this.clock.now());
      if (endpoint === null) return;
      const { network, url, failingSince, disabledAt } = endpoint;
      const data = {
        id,
        url,
        reason,
        failingSince: isoInstantOrNull(failingSince),
        disabledAt: isoInstantOrNull(disabledAt),
      };
      await this.events.record([
        { merchantId, type: 'webhook_endpoint.disabled', network, subjectType: SUBJECT, subjectId: id, data },
      ]);
    });
  }

  /** Errors: precondition_failed. */
  async delete(author: WebhookAuthor, id: string, ifMatch?: string): Promise<void> {
    await this.transactions.run(async () => {
      const endpoint = await this.lock(author, id, ifMatch);
      await this.repository.delete(author, id);
      await this.note(author, endpoint, 'deleted', { before: endpointFacts(endpoint), after: null });
    });
  }

  /** A new secret; for 24 hours deliveries are signed with both. */
  async rotateSecret(author: WebhookAuthor, id: string): Promise<EndpointWithSecret> {
    await this.get(author, id);
    const secret = this.secrets.create(id);
    return this.transactions.run(async () => {
      const endpoint = await this.rotate(author, id, secret.sealed, this.clock.now());
      return { endpoint, secret: secret.text };
    });
  }

  private async rotate(author: WebhookAuthor, id: string, sealed: Buffer, at: Date): Promise<WebhookEndpoint> {
    const until = new Date(at.getTime() + OVERLAP_MS);
    const endpoint = found(await this.repository.rotate(author, id, sealed, until, at));
    await this.note(author, endpoint, 'secret_rotated', { before: null, after: { previousSecretUntil: until } });
    return endpoint;
  }

  /** Sends a `webhook_endpoint.test` to this endpoint alone, by the way every event goes. Errors: webhook_endpoint_disabled. */
  async sendTest(
    owner: WebhookOwner,
    id: string,
  ): Promise<{ endpoint: WebhookEndpoint; eventId: string; deliveryId: string }> {
    const endpoint = await this.get(owner, id);
    const { merchantId, network, status } = endpoint;
    if (status === 'disabled') throw new DomainError('webhook_endpoint_disabled');
    const data = { id, message: 'This is a test.', requestedAt: isoInstant(this.clock.now()) };
    const [eventId = ''] = await this.events.record([
      { merchantId, type: 'webhook_endpoint.test', network, subjectType: SUBJECT, subjectId: id, data },
    ]);
    return { endpoint, eventId, deliveryId: deliveryId(id, eventId) };
  }

  private async lock(owner: WebhookOwner, id: string, ifMatch: string | undefined): Promise<WebhookEndpoint> {
    const endpoint = found(isRowId(id) ? await this.repository.lock(owner, id) : null);
    assertIfMatch(ifMatch, endpoint.version);
    return endpoint;
  }

  private note(
    author: WebhookAuthor,
    { merchantId, id, network }: WebhookEndpoint,
    verb: string,
    changes: Pick<AuditDraft, 'before' | 'after'>,
  ): Promise<void> {
    const { actor, requestId } = author;
    return this.audit.record({
      actor,
      requestId,
      merchantId,
      network,
      action: `${SUBJECT}.${verb}`,
      subjectType: SUBJECT,
      subjectId: id,
      ...changes,
    });
  }

  /** Committed events get their numbers first, so that they lie before everything the endpoint receives. */
  private async enable(author: WebhookAuthor, id: string, at: Date): Promise<void> {
    await this.numbering.catchUp(author.merchantId);
    await this.repository.enable(author, id, at);
  }

  /** Throws `validation_failed`. */
  assertTypes(names: readonly string[] | null | undefined): void {
    if (names !== undefined && names !== null) knownTypes(names);
  }

  /** Throws `webhook_url_refused`. */
  assertUrl(url: string | undefined): void {
    const refusal = url === undefined ? undefined : this.outgoing.refusal(url);
    if (refusal !== undefined)
      throw new DomainError('webhook_url_refused', { faults: [{ path: 'url', message: refusal }] });
  }

  private checked(change: Partial<EndpointDraft>): EndpointPatch {
    this.assertUrl(change.url);
    if ((change.description?.length ?? 0) > MAX_DESCRIPTION)
      throw new DomainError('validation_failed', {
        faults: [{ path: 'description', message: `must be at most ${MAX_DESCRIPTION} characters` }],
      });
    const { url, description, eventTypes } = change;
    return {
      ...(url === undefined ? {} : { url }),
      ...(description === undefined ? {} : { description }),
      ...(eventTypes === undefined ? {} : { eventTypes: eventTypes === null ? null : knownTypes(eventTypes) }),
    };
  }
}

function knownTypes(names: readonly string[]): EventType[] {
  const faults = names.flatMap((name, index) =>
    (EVENT_TYPES as readonly string[]).includes(name)
      ? []
      : [{ path: `events.${index}`, message: 'is not a known event type' }],
  );
  if (names.length === 0)
    faults.push({ path: 'events', message: 'must name at least one event type, or be absent for all' });
  if (faults.length > 0) throw new DomainError('validation_failed', { faults });
  return [...new Set(names)] as EventType[];
}

function found(endpoint: WebhookEndpoint | null): WebhookEndpoint {
  if (endpoint === null) throw new DomainError('resource_not_found', { detail: 'Webhook endpoint not found' });
  return endpoint;
}
