import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { SystemClock } from '../../src/common/clock';
import { Ids } from '../../src/common/ids';
import { SystemRandomness } from '../../src/common/secrets';
import { dataSourceOptions } from '../../src/database/data-source';
import { Transactions } from '../../src/database/transactions';
import { LivesRepository } from '../../src/lives/lives.repository';
import { LivesService } from '../../src/lives/lives.service';
import { EventFanOutRepository } from '../../src/webhooks/event-fan-out.repository';
import { EventNumberingService } from '../../src/webhooks/event-numbering.service';
import { EventNumbersRepository } from '../../src/webhooks/event-numbers.repository';
import { EventPositionsRepository } from '../../src/webhooks/event-positions.repository';
import { EventPositionsService } from '../../src/webhooks/event-positions.service';
import type { EventDraft } from '../../src/webhooks/event-types';
import { EventsRepository } from '../../src/webhooks/events.repository';
import { EventsService } from '../../src/webhooks/events.service';
import { DEFAULT_WEBHOOK_SETTINGS, type WebhookSettings } from '../../src/webhooks/webhook-settings';
import { begin } from '../support/hooks';
import { poolOf } from '../support/pool-of';

/** What of a process of the service writes, numbers and lists events, on connections of its own. */
export class EventReplica {
  readonly stop = begin(async () => {
    await this.numbering.beforeApplicationShutdown();
    await this.dataSource.destroy();
  });

  private constructor(
    private readonly dataSource: DataSource,
    readonly transactions: Transactions,
    readonly lives: LivesService,
    readonly numbers: EventNumbersRepository,
    readonly numbering: EventNumberingService,
    readonly events: EventsService,
  ) {}

  static async start(databaseUrl: string, settings: Partial<WebhookSettings> = {}): Promise<EventReplica> {
    const dataSource = new DataSource(
      dataSourceOptions({ url: databaseUrl, poolSize: 4, prepare: true, applicationName: 'test' }),
    );
    await dataSource.initialize();
    const [clock, randomness] = [new SystemClock(), new SystemRandomness()];
    const ids = new Ids(clock, randomness);
    const transactions = new Transactions(poolOf(dataSource), clock);
    const lives = new LivesService(new LivesRepository(transactions), transactions, ids, randomness, clock);
    const numbers = new EventNumbersRepository(transactions);
    const numbering = new EventNumberingService(
      numbers,
      new EventFanOutRepository(transactions),
      lives,
      transactions,
      clock,
      { ...DEFAULT_WEBHOOK_SETTINGS, ...settings },
    );
    const positions = new EventPositionsService(new EventPositionsRepository(transactions), lives);
    return new EventReplica(
      dataSource,
      transactions,
      lives,
      numbers,
      numbering,
      new EventsService(new EventsRepository(transactions), numbering, positions, ids, clock),
    );
  }

  async merchant(): Promise<string> {
    const id = randomUUID();
    await this.sql(
      `insert into merchants (id, name, default_network, created_at, updated_at) values ($1, 'Ada', 'sandbox', now(), now())`,
      [id],
    );
    return id;
  }

  /** Where the merchant wants to be told, without asking whether the address is good. */
  async endpoints(merchantId: string, count: number): Promise<void> {
    await this.sql(
      `insert into webhook_endpoints (merchant_id, id, network, url, secret, created_at, updated_at) select $1, gen_random_uuid(), 'sandbox', 'https://example.com/', '', now(), now() from generate_series(1, $2)`,
      [merchantId, count],
    );
  }

  tell(merchantId: string, more: Partial<EventDraft> = {}): Promise<readonly string[]> {
    return this.events.record([
      {
        merchantId,
        type: 'invoice.updated',
        network: 'sandbox',
        subjectType: 'invoice',
        subjectId: randomUUID(),
        data: {},
        ...more,
      },
    ]);
  }

  /** What is numbered, in order. */
  numbered(
    merchantId: string,
  ): Promise<{ seq: bigint; id: string; subject: string; version: bigint; data: Record<string, unknown> }[]> {
    return this.sql(
      `select n.seq, n.event_id as id, n.subject_id as subject, n.subject_version as version, e.data from event_numbers n join events e on e.merchant_id = n.merchant_id and e.id = n.event_id
       where n.merchant_id = $1 order by n.seq`,
      [merchantId],
    );
  }

  sql<R = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    return this.transactions.rows<R>(text, values);
  }
}
