import { connectTo, type PlainClient } from '../../database/clients';

/**
 * One repeatable-read, read-only transaction: what a running service changes meanwhile is not seen, so that two
 * statements never contradict each other, and nothing can be changed by accident.
 */
export class Snapshot {
  private constructor(private readonly client: PlainClient) {}

  static async open(url: string): Promise<Snapshot> {
    const client = await connectTo(url, 'lumentill-audit');
    await client.query('begin transaction isolation level repeatable read read only');
    return new Snapshot(client);
  }

  async rows<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const result = await (
      this.client.query as (text: string, values: readonly unknown[]) => Promise<{ rows: R[] }>
    ).call(this.client, text, values);
    return result.rows;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
