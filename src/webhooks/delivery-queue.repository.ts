import { Injectable } from '@nestjs/common';
import { Transactions } from '../database/transactions';
import { CLAIM, type ClaimLimits, claimValues } from './delivery-claim';
import { announceSql, type Lane } from './delivery-lanes';
import type { RecordedEvent } from './event-types';
import type { Vocabulary } from './event-vocabulary';

/** A delivery that is ours until its lease ends, with all that sending it takes. */
export interface ClaimedDelivery extends Omit<RecordedEvent, 'id'> {
  readonly merchantId: string;
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  /** Number of this attempt, from 1; and how many came before the schedule began (anew). */
  readonly attempt: number;
  readonly attemptsBefore: number;
  /** Place of the event among those about its subject. */
  readonly version: bigint;
  readonly lane: Lane;
  readonly vocabulary: Vocabulary;
  readonly url: string;
  readonly secret: Buffer;
  readonly previousSecret: Buffer | null;
  readonly previousSecretUntil: Date | null;
}

const RELEASE = `
  with released as (
    update webhook_deliveries set leased_until = null, attempts = attempts - 1 where merchant_id = $2 and id = $3 and attempts = $4 and status = 'pending' returning merchant_id
  ) ${announceSql('(select merchant_id, $5::text as lane, $1::timestamptz as due_at from released) r', '$1')}`;

const ANNOUNCE_FORGOTTEN = announceSql(
  `(select m.merchant_id, w.lane, $1::timestamptz as due_at from (select distinct merchant_id from webhook_endpoints) m
     join webhook_endpoints w on w.merchant_id = m.merchant_id and w.status = 'enabled'
   where exists (select from webhook_deliveries d where d.merchant_id = w.merchant_id and d.endpoint_id = w.id and d.status = 'pending')
     and not exists (select from webhook_turns t where t.merchant_id = m.merchant_id)) f`,
  '$1',
);

/** Deliveries on their way to a worker. */
@Injectable()
export class DeliveryQueueRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Takes what is due and marks it; no other worker gets it before the lease ends by the database's clock. */
  claim(limits: ClaimLimits, at: Date): Promise<ClaimedDelivery[]> {
    return this.transactions.rows(CLAIM, claimValues(limits, at));
  }

  /** Gives back what was claimed and not sent. */
  async release({ merchantId, id, attempt, lane }: ClaimedDelivery, at: Date): Promise<void> {
    await this.transactions.affected(RELEASE, [at, merchantId, id, attempt, lane]);
  }

  /** A turn for every merchant with pending deliveries and no turn: a process of an earlier release has added them. */
  announceForgotten(at: Date): Promise<number> {
    return this.transactions.affected(ANNOUNCE_FORGOTTEN, [at]);
  }

  /** Ends what was added for an endpoint at the moment it was disabled. */
  endStranded(at: Date): Promise<number> {
    return this.transactions.affected(
      `update webhook_deliveries d set status = 'failed', finished_at = $1, leased_until = null, last_failure = 'endpoint_disabled'
       from webhook_endpoints w where w.merchant_id = d.merchant_id and w.id = d.endpoint_id and w.status = 'disabled' and d.status = 'pending'`,
      [at],
    );
  }

  /** Forgets ended deliveries; the events stay, and replaying one gives it the same id again. */
  deleteEnded(before: Date, limit: number): Promise<number> {
    return this.transactions.affected(
      `delete from webhook_deliveries where (merchant_id, id) in (
         select d.merchant_id, d.id from (select distinct merchant_id from webhook_endpoints) m
         join webhook_deliveries d on d.merchant_id = m.merchant_id and d.created_at < $1 and d.status <> 'pending' limit $2 for update of d skip locked)`,
      [before, limit],
    );
  }
}
