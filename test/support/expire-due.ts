import { ExpiryService } from '../../src/payments/expiry.service';
import { eventually, type TestApp } from './app';

/** Everything that is due now. A timer of the application does the same and holds what it is at, so it is asked again until nobody holds anything. */
export async function expireDue(app: TestApp): Promise<void> {
  await eventually(
    async () => {
      await app.get(ExpiryService).runDue();
      const [row] = await app.sql<{ held: bigint }>(
        'select (select count(*) from invoices) - (select count(*) from (select 1 from invoices for no key update skip locked) as free) as held',
      );
      return row?.held;
    },
    (held) => held === 0n,
  );
}
