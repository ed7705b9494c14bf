import { isDomainError } from '../../src/common/errors';
import { testDatabase, type TestDatabase } from '../support/database';
import { AccountsLedger, authProcess, type AuthProcess, TestClock, testWallet } from './auth-fixtures';

let database: TestDatabase;
let first: AuthProcess;
let second: AuthProcess;

beforeAll(async () => {
  database = await testDatabase();
  const clock = new TestClock();
  first = await authProcess(database.url, clock, [new AccountsLedger('sandbox'), new AccountsLedger('testnet')]);
  second = await authProcess(database.url, clock, [new AccountsLedger('sandbox'), new AccountsLedger('testnet')]);
});

afterAll(async () => {
  await Promise.all([first, second].map((each) => each?.dataSource.destroy()));
  await database?.drop();
});

async function count(table: string, where: string, values: unknown[]): Promise<number> {
  const [row] = await first.transactions.rows<{ count: bigint }>(
    `select count(*) as count from ${table} where ${where}`,
    values,
  );
  return Number(row?.count);
}

describe('opening a merchant for a wallet', () => {
  test('an unknown wallet becomes the owner of a merchant that is paid on every enabled network', async () => {
    const { address } = testWallet();
    const member = await first.merchants.openForWallet(address);
    expect(member.role).toBe('owner');
    expect((await first.merchants.till(member, 'sandbox')).destination).toBe(address);
    expect((await first.merchants.till(member, 'testnet')).destination).toBe(address);
    expect(await first.merchants.settings(member.merchantId)).toEqual({
      id: member.merchantId,
      name: `Wallet ${address.slice(0, 4)}...${address.slice(-4)}`,
      defaultNetwork: 'sandbox',
      toleranceBp: 0,
      lateGraceSeconds: 86_400,
      timeZone: 'UTC',
    });
  });

  test('the same wallet finds the same merchant again, in any process', async () => {
    const { address } = testWallet();
    const opened = await first.merchants.openForWallet(address);
    expect(await second.merchants.openForWallet(address)).toMatchObject({
      merchantId: opened.merchantId,
      memberId: opened.memberId,
    });
  });

  test('60 first sign-ins at once in two processes open one merchant', async () => {
    const { address } = testWallet();
    const members = await Promise.all(
      Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? first : second).merchants.openForWallet(address)),
    );
    expect(new Set(members.map((member) => member.merchantId)).size).toBe(1);
    expect(await count('members', 'wallet = $1', [address])).toBe(1);
    expect(await count('merchants', 'id = $1', [members[0]?.merchantId])).toBe(1);
    expect(await count('merchants', 'name like $1', [`%${address.slice(-4)}`])).toBe(1);
    expect(await count('receiving_accounts', 'address = $1', [address])).toBe(2);
  });

  test('looking first and inserting then, which is what the service must not do, opens several', async () => {
    const { address } = testWallet();
    const naive = async (): Promise<void> => {
      const known = await first.transactions.rows('select merchant_id from members where wallet = $1', [address]);
      if (known.length > 0) return;
      const id = crypto.randomUUID();
      await first.transactions.affected(
        `insert into merchants (id, name, default_network, created_at, updated_at) values ($1, 'naive', 'sandbox', now(), now())`,
        [id],
      );
      await first.transactions.affected(
        `insert into members (merchant_id, id, wallet, role, created_at) values ($1, $1, $2, 'owner', now())`,
        [id, address],
      );
    };
    await Promise.all(Array.from({ length: 20 }, naive));
    expect(await count('members', 'wallet = $1', [address])).toBeGreaterThan(1);
  });

  test('the loser of the race can go on with the transaction it is in', async () => {
    const { address } = testWallet();
    const both = await Promise.all(
      [first, second].map((process) =>
        process.transactions.run(async () => {
          const member = await process.merchants.openForWallet(address);
          return (await process.merchants.settings(member.merchantId)).id;
        }),
      ),
    );
    expect(both[0]).toBe(both[1]);
  });

  test('a network that is enabled later is added when the owner signs in again', async () => {
    const { address } = testWallet();
    const narrow = await authProcess(database.url, new TestClock(), [new AccountsLedger('sandbox')]);
    const member = await narrow.merchants.openForWallet(address);
    await narrow.dataSource.destroy();
    const refused = await first.merchants.till(member, 'testnet').catch((error: unknown) => error);
    expect(isDomainError(refused, 'network_mismatch')).toBe(true);
    await first.merchants.openForWallet(address);
    expect((await first.merchants.till(member, 'testnet')).destination).toBe(address);
    expect(await count('receiving_accounts', 'merchant_id = $1', [member.merchantId])).toBe(2);
  });

  test('create is repeatable and keeps the first name', async () => {
    const { address } = testWallet();
    const created = await first.merchants.create({ name: 'Corner Shop', wallet: address });
    const again = await first.merchants.create({ name: 'Other name', wallet: address });
    expect(created.created).toBe(true);
    expect(again).toMatchObject({ merchantId: created.merchantId, created: false });
    expect((await first.merchants.settings(created.merchantId)).name).toBe('Corner Shop');
  });
});

describe('watched addresses', () => {
  test('only addresses of merchants on that network, each once', async () => {
    const [mine, other] = [testWallet().address, testWallet().address];
    await first.merchants.openForWallet(mine);
    expect(await first.merchants.watchedAmong('sandbox', [mine, other, mine])).toEqual(new Set([mine]));
    expect(await first.merchants.watchedAmong('public', [mine])).toEqual(new Set());
    expect(await first.merchants.watchedAmong('sandbox', [])).toEqual(new Set());
  });
});
