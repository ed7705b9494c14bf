import type { InputFault } from '../../../common/errors';
import { type Recurrence, usualRecurrence } from '../../../links/terms/recurrence';
import type { LinkWish } from './payment-link-wish';

/** What is wrong with the wish for a subscription. */
export function subscriptionFaults(wish: LinkWish, isKnown: (...names: string[]) => boolean): InputFault[] {
  const faults: InputFault[] = [];
  if (isKnown('amount') && wish.amount === null)
    faults.push({ path: 'amount', message: 'is required for a SUBSCRIPTION: what every period costs' });
  if (isKnown('recurringType') && wish.recurringType === 'ONE_TIME')
    faults.push({
      path: 'recurringType',
      message: 'must be DAILY, WEEKLY, MONTHLY or YEARLY for a SUBSCRIPTION: what is paid once is no subscription',
    });
  return faults;
}

const INTERVALS = { DAILY: 'day', WEEKLY: 'week', MONTHLY: 'month', YEARLY: 'year' } as const;

/** Null for a link that is paid once or again and again. */
export function recurrenceOf({
  linkType,
  recurringType,
}: Pick<LinkWish, 'linkType' | 'recurringType'>): Recurrence | null {
  return linkType === 'SUBSCRIPTION' && recurringType !== null && recurringType !== 'ONE_TIME'
    ? usualRecurrence(INTERVALS[recurringType])
    : null;
}
