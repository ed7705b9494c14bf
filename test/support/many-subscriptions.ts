import type { TestApp } from './app';

/** So many more subscriptions like one that is there: active, their second period not opened yet, due at an instant. They have no first period. Their ids. */
export async function manyLike(
  app: Pick<TestApp, 'sql'>,
  id: string,
  count: number,
  dueAt: Date,
): Promise<readonly string[]> {
  const rows = await app.sql<{ id: string }>(
    `with made as (
       insert into subscriptions
       select (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'public_id', upper(encode(sha256(convert_to(n || s.id::text || random(), 'UTF8')), 'hex'))::text, 'next_index', 1, 'due_at', $3::timestamptz, 'next_open_at', $3::timestamptz))).*
       from subscriptions s cross join generate_series(1, $2::integer) as n where s.id = $1
       returning merchant_id, id, network, due_at
     )
     insert into deadlines (network, kind, due_at, merchant_id, subject_id) select network, 'subscription', due_at, merchant_id, id from made
     returning subject_id as id`,
    [id, count, dueAt],
  );
  return rows.map((row) => row.id);
}
