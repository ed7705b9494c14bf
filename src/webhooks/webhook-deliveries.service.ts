import { Injectable } from '@nestjs/common';
import { AuditLogService } from '../audit-log/audit-log.service';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { isRowId } from '../common/ids';
import type { Keyset } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { formatEventCursor, parseEventCursor } from './event-cursor';
import { EventPositionsService } from './event-positions.service';
import type { WebhookAttempt, WebhookDelivery } from './webhook-delivery';
import {
  type DeliveryFilter,
  type DeliveryStatistics,
  WebhookDeliveriesRepository,
} from './webhook-deliveries.repository';
import type { WebhookAuthor, WebhookOwner } from './webhook-endpoint';
import { WebhookEndpointsService } from './webhook-endpoints.service';

export interface ReplayRequest {
  /** Events that happened at this instant or later. */
  readonly since?: Date;
  /** Events after this cursor of the event list. */
  readonly after?: string;
}

export interface ReplayReport {
  /** Deliveries that are due now because of this. */
  readonly queued: number;
  /** Pass back as `after` while `hasMore`. */
  readonly cursor: string;
  readonly hasMore: boolean;
}

export type { DeliveryStatistics };

const REPLAY_BATCH = 10_000;

/** What was sent to which endpoint. Another merchant's delivery is `resource_not_found`, as an unknown one is. */
@Injectable()
export class WebhookDeliveriesService {
  constructor(
    private readonly repository: WebhookDeliveriesRepository,
    private readonly endpoints: WebhookEndpointsService,
    private readonly positions: EventPositionsService,
    private readonly audit: AuditLogService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  list(owner: WebhookOwner, filter: DeliveryFilter, page: Keyset): Promise<WebhookDelivery[]> {
    return this.repository.list(owner, filter, page);
  }

  async get(owner: WebhookOwner, id: string): Promise<WebhookDelivery> {
    const delivery = isRowId(id) ? await this.repository.find(owner, id) : null;
    if (delivery === null) throw new DomainError('resource_not_found', { detail: 'Webhook delivery not found' });
    return delivery;
  }

  /** By endpoint; one without deliveries is not in it. */
  async statistics(owner: WebhookOwner, endpoints: readonly string[]): Promise<Map<string, DeliveryStatistics>> {
    const rows = await this.repository.statistics(owner, endpoints);
    return new Map(rows.map((row) => [row.endpointId, row]));
  }

  /** The latest fifty, oldest first. */
  attempts({ merchantId, id }: WebhookDelivery): Promise<WebhookAttempt[]> {
    return this.repository.attempts(merchantId, id);
  }

  /** Sends it once more, whatever became of it, under the same `webhook-id`. Errors: webhook_endpoint_disabled. */
  async resend(author: WebhookAuthor, id: string): Promise<WebhookDelivery> {
    const { merchantId, network, status } = await this.get(author, id);
    return this.transactions.run(async () => {
      if (!(await this.repository.requeue(merchantId, id, this.clock.now())))
        throw new DomainError('webhook_endpoint_disabled');
      const { actor, requestId } = author;
      await this.audit.record({
        actor,
        requestId,
        merchantId,
        network,
        action: 'webhook_delivery.resent',
        subjectType: 'webhook_delivery',
        subjectId: id,
        before: { status },
        after: { status: 'pending' },
      });
      return this.get(author, id);
    });
  }

  /**
   * Sends an endpoint again what it has missed: events that were not sent to it, or that failed. At most 10,000 events are
   * looked at in a call. Errors: webhook_endpoint_disabled, validation_failed for an invalid cursor.
   */
  async replay(owner: WebhookOwner, endpointId: string, request: ReplayRequest): Promise<ReplayReport> {
    const { merchantId, status } = await this.endpoints.get(owner, endpointId);
    if (status === 'disabled') throw new DomainError('webhook_endpoint_disabled');
    const cursor = parseEventCursor(request.after);
    const history = await this.positions.history(merchantId);
    const after = await this.positions.resolve(merchantId, cursor, history);
    const { read, queued, last } = await this.repository.replay(
      merchantId,
      endpointId,
      after.seq,
      request.since ?? new Date(0),
      REPLAY_BATCH,
      this.clock.now(),
    );
    return { queued, cursor: formatEventCursor(last ?? after.seq, history), hasMore: read === REPLAY_BATCH };
  }
}
