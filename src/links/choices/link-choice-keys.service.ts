import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/errors';
import type { Invoice } from '../../invoices/invoice';
import { LinkChoicesRepository } from './link-choices.repository';
import { LinkInvoicesService } from '../link-invoices.service';
import type { CheckoutChoice } from '../offers/link-offer';
import type { PaymentLink } from '../payment-link';
import { isSameChoice, isSamePayer } from './same-choice';

/** A client's name for its choice, hard to guess. `bound`: the same key with another choice is an error, otherwise it is another key. */
export interface ChoiceKey {
  readonly text: string;
  readonly bound: boolean;
}

/**
 * Finds the invoice that a choice has made already, for any caller and any number of times: one key, one invoice, as long as
 * there are invoices. Only a choice that was made has a key. A refused one may be tried again under the same key.
 */
@Injectable()
export class LinkChoiceKeysService {
  constructor(
    private readonly choices: LinkChoicesRepository,
    private readonly children: LinkInvoicesService,
  ) {}

  /** Null when nothing was chosen under this key. Exact while the caller holds the link. Throws `idempotency_key_reused` where another choice was. */
  async find(link: PaymentLink, choice: CheckoutChoice, key: ChoiceKey | null): Promise<Invoice | null> {
    const known = key === null ? null : await this.choices.findByKey(link, digestOf(choice, key));
    if (known === null) return null;
    const invoice = isSameChoice(link, choice, known) ? await this.children.get(link, known.invoiceId) : null;
    if (invoice !== null && isSamePayer(link, choice, invoice)) return invoice;
    throw new DomainError('idempotency_key_reused', {
      status: 409,
      detail: 'The Idempotency-Key header was used for another choice; send a new key with a new choice',
    });
  }

  digest(choice: CheckoutChoice, key: ChoiceKey | null): Buffer | null {
    return key === null ? null : digestOf(choice, key);
  }
}

function digestOf(
  { asset, amount = '', quantity = 1, items, details }: CheckoutChoice,
  { text, bound }: ChoiceKey,
): Buffer {
  const more = items === undefined && details === undefined ? [] : [items ?? null, details ?? null];
  const named = bound ? ['key', text] : ['choice', text, asset, amount, quantity, ...more];
  return createHash('sha256').update(JSON.stringify(named), 'utf8').digest();
}
