import { sourcesOf, type Transitions } from '../common/state-machine';

export type LinkStatus = 'active' | 'inactive' | 'completed' | 'expired' | 'cancelled';

/** A link follows its money: late money accepted under the merchant's policy completes an expired one. */
export const LINK_TRANSITIONS: Transitions<LinkStatus> = {
  active: ['inactive', 'completed', 'expired', 'cancelled'],
  inactive: ['active', 'completed', 'expired', 'cancelled'],
  completed: [],
  expired: ['completed'],
  cancelled: [],
};

export function linkSources(target: LinkStatus): LinkStatus[] {
  return sourcesOf(LINK_TRANSITIONS, target);
}
