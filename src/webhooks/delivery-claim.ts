import { type Lane, LANES } from './delivery-lanes';
import { RELAXED } from './relaxed-commit';

/** Merchants looked at in one claim, per lane. A worker that wants more claims again. */
const LOOKED_AT = 32;
/** Merchants with ended leases that are looked at in one claim. */
const LOOKED_AT_AGAIN = 100;

// Parameters, in the order in which `claimValues` gives them.
const NOW = '$1::timestamptz';
const SLOTS = { prompt: '$2::int', unproven: '$3::int', troubled: '$4::int' } as const satisfies Record<Lane, string>;
const PER_ENDPOINT = '$5::int';
const PER_MERCHANT = '$6::int';
const LEASE_SECONDS = '$7::int';
const LOOK_AGAIN = '$8::boolean';

export interface ClaimLimits {
  /** How many this process can begin now. */
  readonly slots: Readonly<Record<Lane, number>>;
  /** Under way at once, of all processes together: for an endpoint, and for the prompt endpoints of a merchant. */
  readonly perEndpoint: number;
  readonly perMerchant: number;
  readonly leaseSeconds: number;
  /** Also look for what a process that died has left behind. */
  readonly lookAgain: boolean;
}

export function claimValues(
  { slots, perEndpoint, perMerchant, leaseSeconds, lookAgain }: ClaimLimits,
  at: Date,
): unknown[] {
  return [at, slots.prompt, slots.unproven, slots.troubled, perEndpoint, perMerchant, leaseSeconds, lookAgain];
}

function byLane(value: (lane: Lane) => string): string {
  return `case lane ${LANES.map((lane) => `when '${lane}' then ${value(lane)}`).join(' ')} end`;
}

function front(lane: Lane): string {
  const due = `${lane}_due_at`;
  return `(select merchant_id from webhook_turns where ${due} <= ${NOW} and ${due} < 'infinity' order by ${due} limit least(${SLOTS[lane]}, ${LOOKED_AT}))`;
}

/** The end of a lane's queue: behind all waiting merchants, in the order in which turns were taken. */
const BACK = `${NOW} - interval '1 millisecond'`;

/** What is left of a lane: due again behind all others, or still in its place when it had no turn; when an attempt ends (held); or later. */
const LEFT = LANES.map(
  (lane) =>
    `min(case when not due then due_at when through then coalesce(${BACK} + turn * interval '1 microsecond', least(turn_at, ${BACK})) end) filter (where free and lane = '${lane}') as ${lane}_due_at`,
).join(',\n      ');

/**
 * Takes turns by merchant. Only the front of each lane's queue is locked. A row that has been announced to since this
 * statement's snapshot is left for the next claim, because its new deliveries are not visible here.
 *
 * The oldest pending deliveries of an endpoint, free or under way, are its window: no more are under way than the window
 * is wide. Each lane limits the deliveries of one merchant that are under way: to a single one, except in the prompt
 * lane. The second delivery of any merchant comes after the first of every other. A merchant with deliveries left goes to
 * the end of the queue; a merchant with nothing pending leaves it.
 */
export const CLAIM = `
  with seen as materialized (
    select t.merchant_id, t.changes from webhook_turns t where t.merchant_id in (
      ${LANES.map(front).join(' union ')}
      union (select merchant_id from webhook_turns where ${LOOK_AGAIN} and look_again_at <= clock_timestamp() order by look_again_at limit ${LOOKED_AT_AGAIN})
    )
  ), turn as materialized (
    select t.merchant_id, ${LANES.map((lane) => `t.${lane}_due_at`).join(', ')}, t.look_again_at <= clock_timestamp() as over
    from seen s join webhook_turns t on t.merchant_id = s.merchant_id and t.changes = s.changes
    where ${RELAXED} for update of t skip locked
  ), door as (
    select t.merchant_id, w.id as endpoint_id, w.lane, w.paused_until, w.last_trouble_at, ${byLane((lane) => `t.${lane}_due_at`)} as turn_at, t.over
    from turn t join webhook_endpoints w on w.merchant_id = t.merchant_id and w.status = 'enabled'
  ), waiting as (
    select e.*, d.id, not d.leased as free, greatest(d.next_attempt_at, e.paused_until) as due_at, greatest(d.next_attempt_at, e.paused_until) <= ${NOW} as due, d.place
    from door e cross join lateral (
      select f.id, f.next_attempt_at, f.leased_until is not null and f.leased_until > clock_timestamp() as leased, row_number() over (order by f.next_attempt_at, f.id) as place from (
        select id, next_attempt_at, leased_until from webhook_deliveries
        where merchant_id = e.merchant_id and endpoint_id = e.endpoint_id and status = 'pending' order by next_attempt_at, id limit ${PER_ENDPOINT} + 1
      ) f
    ) d
  ), judged as (
    select w.*, row_number() over ready as number, free and due and place <= ${PER_ENDPOINT}
      and row_number() over ready + count(*) filter (where not free) over (partition by merchant_id, lane) <= case lane when 'prompt' then ${PER_MERCHANT} else 1 end as through
    from waiting w window ready as (partition by merchant_id, lane, free and due and place <= ${PER_ENDPOINT} order by place, last_trouble_at nulls first, due_at, id)
  ), ranked as materialized (
    select *, row_number() over (partition by lane, through and (over or turn_at <= ${NOW}) order by number, turn_at) as rank from judged
  ), picked as materialized (
    select merchant_id, id, rank from ranked where through and (over or turn_at <= ${NOW}) and rank <= ${byLane((lane) => SLOTS[lane])}
  ), claimed as (
    update webhook_deliveries d set attempts = d.attempts + 1, leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
    from picked p where d.merchant_id = p.merchant_id and d.id = p.id and d.finished_at is null and (d.leased_until is null or d.leased_until <= clock_timestamp())
    returning d.merchant_id, d.id, d.endpoint_id, d.event_id, d.attempts, d.attempts_before
  ), left_over as (
    select merchant_id, ${LEFT},
      array_agg(distinct lane) filter (where free and due and not through) as held,
      min(due_at) filter (where free) as waiting_since, bool_or(leased) as leased, bool_or(taken) as taken
    from (select r.merchant_id, r.lane, r.due, r.due_at, r.turn_at, r.through, not r.free as leased, p.id is not null as taken, r.free and p.id is null as free,
        min(p.rank) over (partition by r.merchant_id, r.lane) as turn from ranked r left join picked p on p.merchant_id = r.merchant_id and p.id = r.id) r
    group by merchant_id
  ), moved as (
    update webhook_turns t set ${LANES.map((lane) => `${lane}_due_at = coalesce(l.${lane}_due_at, 'infinity')`).join(', ')},
      held = coalesce(l.held, '{}'), waiting_since = coalesce(l.waiting_since, 'infinity'), changes = t.changes + 1,
      look_again_at = greatest(case when l.leased then t.look_again_at end, case when l.taken or l.leased and t.look_again_at <= clock_timestamp() then clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
        when not l.leased then 'infinity' end)
    from left_over l where t.merchant_id = l.merchant_id
  ), gone as (
    delete from webhook_turns t using turn where t.merchant_id = turn.merchant_id and not exists (select from left_over l where l.merchant_id = turn.merchant_id)
  )
  select c.merchant_id as "merchantId", c.id, c.endpoint_id as "endpointId", c.event_id as "eventId", c.attempts as attempt, c.attempts_before as "attemptsBefore",
    e.type, e.network, e.created_at as "createdAt", e.data, w.lane, w.vocabulary, w.url, w.secret, w.previous_secret as "previousSecret", w.previous_secret_until as "previousSecretUntil",
    n.subject_version as version
  from claimed c
  join events e on e.merchant_id = c.merchant_id and e.id = c.event_id
  join event_numbers n on n.merchant_id = c.merchant_id and n.event_id = c.event_id
  join webhook_endpoints w on w.merchant_id = c.merchant_id and w.id = c.endpoint_id`;
