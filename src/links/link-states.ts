import { sourcesOf, type Transitions } from '../common/state-machine';

export type LinkStatus = 'active' | 'inactive' | 'completed' | 'expired' | 'cancelled';

/** Why a link moves from one status to another. */
export type LinkReason =
  | 'owner_paused'
  | 'owner_resumed'
  | 'owner_ended'
  | 'deadline_passed'
  | 'invoice_expired'
  | 'invoice_paid'
  | 'invoice_cancelled'
  | 'limit_reached'
  | 'limit_raised';

type Arrows = Readonly<Record<LinkStatus, Readonly<Partial<Record<LinkStatus, readonly LinkReason[]>>>>>;

/**
 * Every arrow with what draws it. A link follows its money: late money accepted under the merchant's policy completes an expired
 * one, and one that is paused. A link that was born with its invoice cannot be paused. Only a reusable link is
 * completed by its limit, and opened again by a higher one.
 */
export const LINK_ARROWS = {
  active: {
    inactive: ['owner_paused'],
    completed: ['invoice_paid', 'limit_reached'],
    expired: ['owner_ended', 'deadline_passed', 'invoice_expired'],
    cancelled: ['invoice_cancelled'],
  },
  inactive: {
    active: ['owner_resumed'],
    completed: ['invoice_paid', 'limit_reached'],
    expired: ['owner_ended', 'deadline_passed'],
  },
  completed: { active: ['limit_raised'] },
  expired: { completed: ['invoice_paid', 'limit_reached'] },
  cancelled: {},
} as const satisfies Arrows;

export const LINK_TRANSITIONS = Object.fromEntries(
  Object.entries(LINK_ARROWS).map(([from, arrows]) => [from, Object.keys(arrows)]),
) as unknown as Transitions<LinkStatus>;

export function linkSources(target: LinkStatus): LinkStatus[] {
  return sourcesOf(LINK_TRANSITIONS, target);
}
