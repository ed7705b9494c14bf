import { AuditLogRepository } from '../../src/audit-log/audit-log.repository';
import { AuditLogService } from '../../src/audit-log/audit-log.service';
import type { AuditDraft } from '../../src/audit-log/audit-entry';
import { SystemClock } from '../../src/common/clock';
import { transactionScope } from '../../src/common/transaction-scope';
import { Ids } from '../../src/common/ids';
import { SystemRandomness } from '../../src/common/secrets';
import { TransactionConflict } from '../../src/database/database-errors';
import type { EventDraft } from '../../src/webhooks/event-types';
import { testDatabase, type TestDatabase } from '../support/database';
import { EventReplica } from './event-replicas';

let database: TestDatabase;
let replica: EventReplica;
let audit: AuditLogService;

beforeAll(async () => {
  database = await testDatabase();
  replica = await EventReplica.start(database.url);
  audit = new AuditLogService(
    new AuditLogRepository(replica.transactions),
    new Ids(new SystemClock(), new SystemRandomness()),
    new SystemClock(),
  );
});
afterAll(async () => {
  await replica.stop();
  await database.drop();
});

const entry = (merchantId: string, subjectId: string): AuditDraft => ({
  merchantId,
  actor: 'test',
  requestId: null,
  action: 'product.updated',
  subjectType: 'product',
  subjectId,
  before: null,
  after: null,
});
const event = (merchantId: string, cause?: string): EventDraft => ({
  merchantId,
  type: 'link.updated',
  network: 'sandbox',
  subjectType: 'link',
  subjectId: merchantId,
  data: {},
  cause,
});
/** What the database has of a merchant, as the open transaction sees it. */
const written = async (merchantId: string): Promise<{ events: number; entries: number; queued: number }> => {
  const [row] = await replica.transactions.rows<{ events: number; entries: number; queued: number }>(
    `select (select count(*) from events where merchant_id = $1)::int as events, (select count(*) from audit_entries where merchant_id = $1)::int as entries,
       coalesce((select sum(cardinality(event_ids)) from event_queue where merchant_id = $1), 0)::int + (select count(*) from event_numbers where merchant_id = $1)::int as queued`,
    [merchantId],
  );
  return row as { events: number; entries: number; queued: number };
};

describe('what a transaction tells', () => {
  it('is written as its last, by one statement where each merchant has one entry', async () => {
    const merchantId = await replica.merchant();
    const statements = jest.spyOn(replica.transactions, 'affected');
    await replica.transactions.run(async () => {
      await replica.events.record([event(merchantId)]);
      await audit.record(entry(merchantId, '1'));
      await replica.events.record([event(merchantId), event(merchantId)]);
      expect(await written(merchantId)).toEqual({ events: 0, entries: 0, queued: 0 });
      expect(statements).not.toHaveBeenCalled();
    });
    expect(statements).toHaveBeenCalledTimes(1);
    statements.mockRestore();
    expect(await written(merchantId)).toEqual({ events: 3, entries: 1, queued: 3 });
  });

  it('keeps its order: entries of one transaction follow each other in the chain', async () => {
    const merchantId = await replica.merchant();
    await replica.transactions.run(async () => {
      for (const subject of ['1', '2', '3']) await audit.record(entry(merchantId, subject));
    });
    expect(await audit.verify(merchantId)).toMatchObject({ entries: 3n, fault: null });
    const rows = await replica.transactions.rows<{ subject: string }>(
      'select subject_id as subject from audit_entries where merchant_id = $1 order by sequence',
      [merchantId],
    );
    expect(rows.map(({ subject }) => subject)).toEqual(['1', '2', '3']);
  });

  it('goes with the transaction, and is told once when that is tried again', async () => {
    const merchantId = await replica.merchant();
    const tell = async (): Promise<void> => {
      await audit.record(entry(merchantId, 'x'));
      await replica.events.record([event(merchantId)]);
    };
    await expect(
      replica.transactions.run(() => tell().then(() => Promise.reject(new RangeError('no')))),
    ).rejects.toThrow(RangeError);
    expect(await written(merchantId)).toEqual({ events: 0, entries: 0, queued: 0 });
    await replica.transactions.run(async (attempt) => {
      await tell();
      if (attempt < 3) throw new TransactionConflict('once more');
    });
    expect(await written(merchantId)).toEqual({ events: 1, entries: 1, queued: 1 });
  });

  it('is written at once where no transaction is open', async () => {
    const merchantId = await replica.merchant();
    await audit.record(entry(merchantId, '1'));
    await replica.events.record([event(merchantId)]);
    expect(await written(merchantId)).toEqual({ events: 1, entries: 1, queued: 1 });
  });

  it('is told once when one transaction, or two, record the same fact', async () => {
    const merchantId = await replica.merchant();
    const fact = (): Promise<unknown> =>
      replica.events.record([event(merchantId, 'money 1'), event(merchantId, 'money 1')]);
    await replica.transactions.run(fact);
    await replica.transactions.run(fact);
    expect(await written(merchantId)).toEqual({ events: 1, entries: 0, queued: 1 });
  });

  it('holds the head of the log for no longer: others write while a transaction that has something to tell goes on', async () => {
    const merchantId = await replica.merchant();
    await replica.transactions.run(async () => {
      await audit.record(entry(merchantId, 'slow'));
      // As another request does.
      await transactionScope.exit(() => audit.record(entry(merchantId, 'quick')));
    });
    const rows = await replica.transactions.rows<{ subject: string }>(
      'select subject_id as subject from audit_entries where merchant_id = $1 order by sequence',
      [merchantId],
    );
    expect(rows.map(({ subject }) => subject)).toEqual(['quick', 'slow']);
  });
});

it('work that outlives its transaction is refused: the connection may be in the middle of another one', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let late: Promise<unknown> | undefined;
  await replica.transactions.run(async () => {
    late = promise.then(() => replica.transactions.rows('select 1'));
    await replica.transactions.rows('select 1');
  });
  resolve();
  await expect(late).rejects.toThrow('has ended');
});
