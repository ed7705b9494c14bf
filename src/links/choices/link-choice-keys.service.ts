import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/errors';
import { parseAmount } from '../../common/money';
import type { Invoice } from '../../invoices/invoice';
import { type KeptChoice, LinkChoicesRepository, type NewChoice } from './link-choices.repository';
import { LinkInvoicesService } from '../link-invoices.service';
import type { CheckoutChoice } from '../offers/link-offer';
import type { PaymentLink } from '../payment-link';
import { saidText } from './said-choice';

/**
 * A client's name for its choice, hard to guess. `bound`: the same key with another choice is an error. Otherwise it is another key; `form` is then
 * what was typed, as it was sent.
 */
export type ChoiceKey =
  | { readonly text: string; readonly bound: true }
  | { readonly text: string; readonly bound: false; readonly form: string };

/**
 * Finds the invoice that a choice has made already, for any caller and any number of times: one key, one invoice, as long as
 * there are invoices. Only a choice that was made has a key. A refused one may be tried again under the same key. What was said is compared
 * with what was said before, never with the link: it may have changed, and a repetition is none the less honest.
 */
@Injectable()
export class LinkChoiceKeysService {
  constructor(
    private readonly choices: LinkChoicesRepository,
    private readonly children: LinkInvoicesService,
  ) {}

  /** Null when nothing was chosen under this key. Exact while the caller holds the link. Throws `idempotency_key_reused` where another choice was. */
  async find(link: PaymentLink, choice: CheckoutChoice, key: ChoiceKey | null): Promise<Invoice | null> {
    const known = key === null ? null : await this.choices.findByKey(link, keyDigestOf(key));
    if (key === null || known === null) return null;
    if (!key.bound || saysSame(choice, known, saidDigestOf(choice, key)))
      return this.children.get(link, known.invoiceId);
    throw new DomainError('idempotency_key_reused', {
      status: 409,
      detail: 'The Idempotency-Key header was used for another choice; send a new key with a new choice',
    });
  }

  /**
   * The invoice of a choice that nobody has made under this key yet is what `make` makes. The other of two clicks may be refused only because of
   * what the first one took, such as the last place: then it gets what the first one got.
   */
  async once<Made>(find: () => Promise<Made | null>, make: () => Promise<Made>): Promise<Made> {
    const repeated = await find();
    if (repeated !== null) return repeated;
    try {
      return await make();
    } catch (error) {
      const meanwhile = error instanceof DomainError ? await find() : null;
      if (meanwhile === null) throw error;
      return meanwhile;
    }
  }

  digests(choice: CheckoutChoice, key: ChoiceKey | null): Pick<NewChoice, 'keyDigest' | 'saidDigest'> {
    if (key === null) return { keyDigest: null, saidDigest: null };
    return { keyDigest: keyDigestOf(key), saidDigest: key.bound ? saidDigestOf(choice, key) : null };
  }
}

function keyDigestOf(key: ChoiceKey): Buffer {
  return digest(key.bound ? ['key', key.text] : ['form', key.text, key.form]);
}

/** With the key, which is not kept: who reads the digest cannot try out names and addresses. */
function saidDigestOf(choice: CheckoutChoice, { text }: ChoiceKey): Buffer {
  return digest(['said', text, saidText(choice)]);
}

function saysSame({ asset, amount, quantity = 1 }: CheckoutChoice, known: KeptChoice, said: Buffer): boolean {
  if (known.saidDigest !== null) return known.saidDigest.equals(said);
  // Made before it was kept what was said.
  const sum = amount === undefined ? known.amount : parseAmount(amount)?.amount;
  return known.payCurrency === asset && known.quantity === quantity && known.amount === sum;
}

function digest(parts: readonly string[]): Buffer {
  return createHash('sha256').update(JSON.stringify(parts), 'utf8').digest();
}
