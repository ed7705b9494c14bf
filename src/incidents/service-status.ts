import type { Network } from '../common/network';

export const INCIDENT_KINDS = ['ledger_behind', 'webhooks_late', 'service_away'] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

export interface Incident {
  readonly kind: IncidentKind;
  /** The network, where it is about one; otherwise empty. */
  readonly subject: string;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
}

/** What the database says of how the service is doing, in one answer. */
export interface Reading {
  /** By network: the close time up to which everything was read; null before the first time. */
  readonly ledgers: readonly { readonly network: Network; readonly through: Date | null }[];
  /** Seconds that the oldest event waits to be handed on. */
  readonly untoldSeconds: number;
  /** Since when the most overdue webhook is due. */
  readonly dueSince: Date | null;
  readonly incidents: readonly Incident[];
}

export interface ServiceStatus {
  readonly service: 'operational' | 'degraded' | 'unavailable';
  readonly checkedAt: Date;
  readonly ledgers: readonly {
    readonly network: Network;
    readonly ageSeconds: number | null;
    readonly behind: boolean;
  }[];
  readonly webhooks: { readonly backlogSeconds: number; readonly late: boolean };
  /** The newest first. */
  readonly incidents: readonly Incident[];
}

/** Something about the service, and whether it is wrong now; undefined where that cannot be known yet. */
export interface Observation {
  readonly kind: IncidentKind;
  readonly subject: string;
  readonly wrong: boolean;
}

/** Networks close a ledger every few seconds. */
export const LEDGER_BEHIND_SECONDS = 120;
/** A receiver that fails has pauses of its own, which are no backlog of ours. */
export const WEBHOOKS_LATE_SECONDS = 300;

const secondsSince = (then: Date, now: Date): number =>
  Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000));

export function statusOf(reading: Reading, now: Date): ServiceStatus {
  const ledgers = reading.ledgers.map(({ network, through }) => {
    const ageSeconds = through === null ? null : secondsSince(through, now);
    return { network, ageSeconds, behind: ageSeconds !== null && ageSeconds > LEDGER_BEHIND_SECONDS };
  });
  const overdue = reading.dueSince === null ? 0 : secondsSince(reading.dueSince, now);
  const backlogSeconds = Math.max(Math.round(reading.untoldSeconds), overdue);
  const webhooks = { backlogSeconds, late: backlogSeconds > WEBHOOKS_LATE_SECONDS };
  const degraded =
    webhooks.late ||
    ledgers.some(({ behind }) => behind) ||
    reading.incidents.some(({ closedAt }) => closedAt === null);
  return {
    service: degraded ? 'degraded' : 'operational',
    checkedAt: now,
    ledgers,
    webhooks,
    incidents: reading.incidents,
  };
}

/** What an incident is opened or closed by. A network that was never read says nothing yet. */
export function observationsOf({ ledgers, webhooks }: ServiceStatus): Observation[] {
  return [
    ...ledgers.flatMap(({ network, ageSeconds, behind }) =>
      ageSeconds === null ? [] : [{ kind: 'ledger_behind' as const, subject: network, wrong: behind }],
    ),
    { kind: 'webhooks_late', subject: '', wrong: webhooks.late },
  ];
}
