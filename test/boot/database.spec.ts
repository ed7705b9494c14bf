import { Client } from 'pg';
import { testDatabase } from '../support/database';

async function tables(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
  );
  await client.end();
  return rows.map((row) => row.name);
}

describe('test databases', () => {
  it('are migrated copies that do not see each other', async () => {
    const [first, second] = await Promise.all([testDatabase(), testDatabase()]);
    expect(await tables(first.url)).toContain('schema_migrations');
    const client = new Client({ connectionString: first.url });
    await client.connect();
    await client.query('CREATE TABLE only_here ()');
    await client.end();
    expect(await tables(first.url)).toContain('only_here');
    expect(await tables(second.url)).not.toContain('only_here');
    await Promise.all([first.drop(), second.drop()]);
    await expect(tables(first.url)).rejects.toThrow(/does not exist/);
  });
});
