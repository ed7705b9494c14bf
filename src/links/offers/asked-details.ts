import { DomainError } from '../../common/errors';
import type { PaymentLink } from '../payment-link';
import type { CheckoutChoice } from './link-offer';
import { detailsOf, type PayerDetails } from './payer-details';

export type { PayerDetails };

/** What the payer says beside the money. Throws `attributes_invalid` (422) with every fault. */
export function assertDetails(link: PaymentLink, { details = {} }: CheckoutChoice): PayerDetails {
  const judged = detailsOf(link, details);
  if ('details' in judged) return judged.details;
  const faults = judged.faults.map(({ path, message }) => ({ path, message }));
  throw new DomainError('attributes_invalid', {
    detail: faults.map(({ path, message }) => `${path} ${message}`).join('; '),
    faults,
  });
}
