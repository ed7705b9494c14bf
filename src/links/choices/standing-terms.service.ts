import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { DomainError, isDomainError } from '../../common/errors';
import { LinksRepository } from '../links.repository';
import type { PaymentLink } from '../payment-link';

/** A price takes time, because it asks the network. An invoice is made at terms that stand when it is made. */
@Injectable()
export class StandingTermsService {
  constructor(private readonly links: LinksRepository) {}

  /** While the caller holds the link, whose version is `version` by now. Throws `link_terms_changed` where it was rewritten since it was read. */
  async assert(link: PaymentLink, version: bigint): Promise<void> {
    // Each place that is taken makes a version, too.
    if (version === link.version) return;
    const now = await this.links.find(link, link.id);
    if (now === null || !isDeepStrictEqual(termsOf(now), termsOf(link))) throw new DomainError('link_terms_changed');
  }
}

/** Makes it again, of the link as it is by then, when its terms changed the first time. */
export async function atStandingTerms<Made>(
  link: PaymentLink,
  readAgain: () => Promise<PaymentLink>,
  make: (link: PaymentLink) => Promise<Made>,
): Promise<Made> {
  try {
    return await make(link);
  } catch (error) {
    if (!isDomainError(error, 'link_terms_changed')) throw error;
    return make(await readAgain());
  }
}

/** What is promised to payers; what counts them, and what is judged under the lock anyway, is left out. */
function termsOf(link: PaymentLink): Partial<PaymentLink> {
  const {
    version: _version,
    updatedAt: _updatedAt,
    status: _status,
    invoiceId: _invoiceId,
    maxPayments: _maxPayments,
    slotsUsed: _slotsUsed,
    paymentsMade: _paymentsMade,
    paymentsOverLimit: _paymentsOverLimit,
    metadata: _metadata,
    ...terms
  } = link;
  return terms;
}
