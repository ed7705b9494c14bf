import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { auditAppend } from '../../src/audit-log/audit-append';
import type { AuditDraft } from '../../src/audit-log/audit-entry';
import { AuditLogRepository } from '../../src/audit-log/audit-log.repository';
import { AuditLogService } from '../../src/audit-log/audit-log.service';
import { ROW_CHECKS } from '../../src/cli/audit/row-checks';
import { SystemClock } from '../../src/common/clock';
import { Ids } from '../../src/common/ids';
import { SystemRandomness } from '../../src/common/secrets';
import { dataSourceOptions } from '../../src/database/data-source';
import { migrate } from '../../src/database/migrate';
import { Transactions } from '../../src/database/transactions';
import { statementOf } from '../../src/database/write-fragment';
import { testDatabase, type TestDatabase } from '../support/database';
import { poolOf } from '../support/pool-of';

let database: TestDatabase;
let dataSource: DataSource;
let transactions: Transactions;
let audit: AuditLogService;
const clock = new SystemClock();
const ids = new Ids(clock, new SystemRandomness());

beforeAll(async () => {
  database = await testDatabase();
  dataSource = new DataSource({
    ...dataSourceOptions({ url: database.url, poolSize: 12, prepare: true, applicationName: 'test' }),
    entities: [],
  } as ConstructorParameters<typeof DataSource>[0]);
  await dataSource.initialize();
  transactions = new Transactions(poolOf(dataSource), clock);
  audit = new AuditLogService(new AuditLogRepository(transactions), ids, clock);
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

async function merchant(): Promise<string> {
  const id = ids.row();
  await transactions.affected(
    `insert into merchants (id, name, default_network, created_at, updated_at) values ($1, 'M', 'sandbox', now(), now())`,
    [id],
  );
  return id;
}

function draft(merchantId: string, more: Partial<AuditDraft> = {}): AuditDraft {
  return {
    merchantId,
    actor: 'wallet:G',
    requestId: 'r',
    action: 'product.updated',
    subjectType: 'product',
    subjectId: 's',
    before: { price: '1.00', z: 1, a: { d: null, c: [1, 'é'] } },
    after: { price: '2.00' },
    ...more,
  };
}

async function chain(length: number): Promise<string> {
  const merchantId = await merchant();
  for (let at = 1; at <= length; at += 1) await audit.record(draft(merchantId, { subjectId: String(at) }));
  return merchantId;
}

const OWN = '01900000-0000-7000-8000-000000000001';
const REST = { network: null, occurredAt: new Date() };

async function asRoot(url: string, text: string): Promise<void> {
  const root = new Client({ connectionString: url });
  await root.connect();
  try {
    await root.query(text);
  } finally {
    await root.end();
  }
}

/** What somebody with all rights over the database may do. */
async function tamper(text: string, values: unknown[]): Promise<void> {
  await transactions.run(async () => {
    expect(await transactions.affected(text, values)).toBeGreaterThan(0);
  });
}

describe('the audit log', () => {
  it('is a chain per merchant, numbered without gaps, that verifies', async () => {
    const [first, second] = [await chain(3), await chain(2)];
    const verdict = await audit.verify(first);
    expect(verdict).toEqual({
      merchantId: first,
      entries: 3n,
      head: expect.stringMatching(/^[0-9a-f]{64}$/),
      fault: null,
    });
    expect(await audit.verify(second)).toMatchObject({ entries: 2n, fault: null });
    expect((await audit.verifyAll()).map(({ merchantId }) => merchantId)).toEqual(
      expect.arrayContaining([first, second]),
    );
    expect(await audit.verify(await merchant())).toMatchObject({ entries: 0n, fault: null });
  });

  it('does not fork under concurrency, and loses nothing', async () => {
    const merchantId = await merchant();
    await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        transactions.run(() => audit.record(draft(merchantId, { subjectId: String(at) }))),
      ),
    );
    expect(await audit.verify(merchantId)).toMatchObject({ entries: 40n, fault: null });
  });

  it('has an entry exactly when the change was committed', async () => {
    const merchantId = await chain(1);
    await expect(
      transactions.run(async () => {
        await audit.record(draft(merchantId));
        throw new Error('taken back');
      }),
    ).rejects.toThrow('taken back');
    expect(await audit.verify(merchantId)).toMatchObject({ entries: 1n, fault: null });
  });

  describe('of a plain owner of the database', () => {
    const owner = `owner_${ids.row().slice(-8)}`;
    let owned: TestDatabase;
    let client: Client;
    beforeAll(async () => {
      owned = await testDatabase('template0');
      await asRoot(
        owned.url,
        `create role ${owner} login password 'owner'; alter schema public owner to ${owner}; grant create on database ${new URL(owned.url).pathname.slice(1)} to ${owner}`,
      );
      const url = new URL(owned.url);
      [url.username, url.password] = [owner, 'owner'];
      await migrate(url.toString());
      client = new Client({ connectionString: url.toString() });
      await client.connect();
      await client.query(
        `insert into merchants (id, name, default_network, created_at, updated_at) values ('${OWN}', 'M', 'sandbox', now(), now())`,
      );
      for (let at = 1; at <= 2; at += 1) {
        const { text, values } = statementOf([auditAppend({ ...draft(OWN), ...REST, id: ids.row() })], 'select');
        await client.query(text, [...values]);
      }
    });
    afterAll(async () => {
      await client.end();
      await asRoot(owned.url, `drop owned by ${owner}`);
      await owned.drop();
      await asRoot(database.url, `drop role ${owner}`);
    });

    it.each([
      ['an entry', `update audit_entries set actor = 'nobody'`],
      ['an entry away', `delete from audit_entries`],
      ['all entries away', 'truncate audit_entries'],
      ['the head away', `delete from audit_heads`],
      ['all heads away', 'truncate audit_heads'],
    ])('may not change %s (H29)', async (_what, text) => {
      await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
      const { rows } = await client.query(
        'select (select count(*) from audit_entries)::int as entries, (select sequence from audit_heads)::int as head',
      );
      expect(rows).toEqual([{ entries: 2, head: 2 }]);
    });

    it('has no breach that the audit knows, and one where he took a right back', async () => {
      const check = ROW_CHECKS.find(({ says }) => says === 'a guard of the database is off');
      const subjects = async (): Promise<string[]> =>
        (await client.query<{ subject: string }>(check?.sql ?? '')).rows.map(({ subject }) => subject);
      expect(await subjects()).toEqual([]);
      await client.query(`grant update on audit_entries to ${owner}`);
      expect(await subjects()).toEqual(['privilege update on audit_entries is granted']);
    });
  });

  it.each([
    ['forward', `sequence = sequence + 1`],
    ['back', `sequence = sequence - 1, previous_hash = hash`],
    ['to another hash', `hash = previous_hash`],
  ])('finds a head that was moved %s (H29)', async (_what, assignment) => {
    const merchantId = await chain(2);
    await tamper(`update audit_heads set ${assignment} where merchant_id = $1`, [merchantId]);
    expect((await audit.verify(merchantId)).fault).not.toBeNull();
  });

  it.each([
    ['actor', `actor = 'wallet:H'`],
    ['action', `action = 'product.created'`],
    ['subject', `subject_id = '9'`],
    ['before', `before = before || '{"price": "1.01"}'`],
    ['after', `after = null`],
    ['time', `occurred_at = occurred_at + interval '1 ms'`],
    ['network', `network = 'public'`],
    ['request', `request_id = null`],
    ['hash', `hash = sha256(hash)`],
  ])('finds a planted edit of the %s (H29)', async (_what, assignment) => {
    const merchantId = await chain(5);
    await tamper(`update audit_entries set ${assignment} where merchant_id = $1 and sequence = 3`, [merchantId]);
    expect(await audit.verify(merchantId)).toMatchObject({
      entries: 2n,
      fault: { sequence: 3n, message: 'the entry is not as it was recorded' },
    });
  });

  it('finds a planted edit whose own hash was made right (H29)', async () => {
    const merchantId = await chain(3);
    const other = await chain(3);
    await tamper(
      `update audit_entries e set hash = o.hash, previous_hash = o.previous_hash from audit_entries o where o.merchant_id = $2 and o.sequence = 2 and e.merchant_id = $1 and e.sequence = 2`,
      [merchantId, other],
    );
    expect(await audit.verify(merchantId)).toMatchObject({
      fault: { sequence: 2n, message: 'the entry does not follow the one before it' },
    });
  });

  it('finds an entry that is gone, from the middle and from the end, and one too many (H29)', async () => {
    const [middle, end, extra, headless] = [await chain(4), await chain(4), await chain(2), await chain(2)];
    await tamper('delete from audit_entries where merchant_id = $1 and sequence = 2', [middle]);
    await tamper('delete from audit_entries where merchant_id = $1 and sequence = 4', [end]);
    await tamper(`update audit_heads set sequence = 1 where merchant_id = $1`, [extra]);
    await tamper('delete from audit_heads where merchant_id = $1', [headless]);
    expect(await audit.verify(middle)).toMatchObject({ fault: { sequence: 2n, message: 'the entry is missing' } });
    expect(await audit.verify(end)).toMatchObject({
      entries: 3n,
      fault: { sequence: 4n, message: 'the entry is missing' },
    });
    expect(await audit.verify(extra)).toMatchObject({
      fault: { sequence: 2n, message: 'the entry was added beside the chain' },
    });
    expect(await audit.verify(headless)).toMatchObject({
      fault: { sequence: 1n, message: 'the entry was added beside the chain' },
    });
  });

  it('finds a chain that was rewritten to its end by the head that was kept elsewhere', async () => {
    const merchantId = await chain(2);
    const { head } = await audit.verify(merchantId);
    await tamper('delete from audit_entries where merchant_id = $1', [merchantId]);
    await tamper('delete from audit_heads where merchant_id = $1', [merchantId]);
    for (const subjectId of ['1', '2']) await audit.record(draft(merchantId, { subjectId, actor: 'somebody else' }));
    const rewritten = await audit.verify(merchantId);
    expect(rewritten.fault).toBeNull();
    expect(rewritten.head).not.toBe(head);
  });
});
