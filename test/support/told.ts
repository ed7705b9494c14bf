import type { TestApp } from './app';
import { eventually } from './eventually';

const LEFT = `select (select count(*) from event_queue) + (select count(*) from event_heads where told_seq < last_seq) + (select count(*) from webhook_deliveries where status = 'pending') as count`;

/** Until every event has its number and every delivery that it became has arrived: whatever has not been sent by then never will be. */
export async function toldEverything(app: TestApp): Promise<void> {
  await eventually(
    () => app.sql<{ count: bigint }>(LEFT),
    ([left]) => left?.count === 0n,
  );
}
