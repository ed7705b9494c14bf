import type { InputFault } from '../../../common/errors';
import type { LinkWish } from './payment-link-wish';

/** What is wrong with the wish for a subscription, which is not opened yet: the one place that says so. */
export function subscriptionFaults(wish: LinkWish, isKnown: (...names: string[]) => boolean): InputFault[] {
  const faults: InputFault[] = [
    {
      path: 'linkType',
      message: 'SUBSCRIPTION is not offered yet: use PRODUCT, DONATION or INVOICE for payments that do not recur',
    },
  ];
  if (isKnown('amount') && wish.amount === null)
    faults.push({ path: 'amount', message: 'is required for a SUBSCRIPTION: what every period costs' });
  if (isKnown('recurringType') && wish.recurringType === 'ONE_TIME')
    faults.push({
      path: 'recurringType',
      message: 'must be DAILY, WEEKLY, MONTHLY or YEARLY for a SUBSCRIPTION: what is paid once is no subscription',
    });
  return faults;
}
