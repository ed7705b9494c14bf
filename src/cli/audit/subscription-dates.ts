import type { Interval } from '../../links/terms/recurrence';
import { periodEnd, periodStart } from '../../subscriptions/period-dates';
import type { Breach } from './finding';
import type { Snapshot } from './snapshot';

interface Dated {
  readonly merchantId: string;
  readonly id: string;
  readonly index: number;
  readonly interval: Interval;
  readonly count: number;
  readonly anchorAt: Date | null;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
}

const PAGE = 1_000;
const PERIODS = `
  select p.merchant_id as "merchantId", p.subscription_id as id, p.period_index as index, s.interval, s.interval_count as count, s.anchor_at as "anchorAt", p.starts_at as "startsAt", p.ends_at as "endsAt"
  from subscription_periods p join subscriptions s on s.merchant_id = p.merchant_id and s.id = p.subscription_id
  where (p.merchant_id, p.subscription_id, p.period_index) > ($1::uuid, $2::uuid, $3::integer)
  order by p.merchant_id, p.subscription_id, p.period_index limit ${PAGE}`;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Works out the dates of every period once more: they follow from the anchor and the index (I14). */
export async function checkPeriodDates(snapshot: Snapshot): Promise<Breach[]> {
  const breaches: Breach[] = [];
  let position: readonly unknown[] = [NOBODY, NOBODY, -1];
  for (;;) {
    const rows = await snapshot.rows<Dated>(PERIODS, position);
    for (const row of rows)
      if (!isRight(row))
        breaches.push({
          invariant: 'I14',
          text: `period ${row.index} of subscription ${row.id} of merchant ${row.merchantId} does not follow from its anchor`,
        });
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return breaches;
    position = [last.merchantId, last.id, last.index];
  }
}

function isRight({ anchorAt, interval, count, index, startsAt, endsAt }: Dated): boolean {
  if (anchorAt === null) return startsAt === null && endsAt === null;
  const rhythm = { interval, count };
  return (
    startsAt?.getTime() === periodStart(anchorAt, rhythm, index).getTime() &&
    endsAt?.getTime() === periodEnd(anchorAt, rhythm, index).getTime()
  );
}
