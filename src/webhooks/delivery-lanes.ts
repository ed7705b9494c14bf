/**
 * Where an endpoint waits, by what came of it last. `prompt`: the last attempt was answered in time, with whatever
 * status; only these share most of the slots. `unproven`: never tried, or the first attempt that was not prompt lies
 * just behind it. `troubled`: silent, slow, or refusing again and again.
 */
export const LANES = ['prompt', 'unproven', 'troubled'] as const;
export type Lane = (typeof LANES)[number];

/** That many failures in a row are trouble, however quickly they are answered. */
export const FAILURES_ARE_TROUBLE = 5;

/**
 * Part of a statement by which merchants come to have a turn; it belongs to the transaction that writes the
 * deliveries. Also releases what was held back while too much was under way.
 * @param source a relation of (merchant_id, lane, due_at); without a lane nothing is due, and only what is held is released
 * @param now the parameter that is the present
 */
export function announceSql(source: string, now: string): string {
  const due = (lane: Lane): string => `coalesce(min(due_at) filter (where lane = '${lane}'), 'infinity')`;
  const earlier = (lane: Lane): string =>
    `${lane}_due_at = least(t.${lane}_due_at, excluded.${lane}_due_at, case when '${lane}' = any(t.held) then ${now}::timestamptz end)`;
  return `
    insert into webhook_turns as t (merchant_id, ${LANES.map((lane) => `${lane}_due_at`).join(', ')}, waiting_since)
    select merchant_id, ${LANES.map(due).join(', ')}, coalesce(min(due_at), 'infinity') from ${source} group by merchant_id order by merchant_id
    on conflict (merchant_id) do update set ${LANES.map(earlier).join(', ')},
      waiting_since = least(t.waiting_since, excluded.waiting_since), held = '{}', changes = t.changes + 1`;
}
