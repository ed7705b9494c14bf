import { emailAddress } from '../../common/email-address';
import { parseAmount } from '../../common/money';
import { plainLine, plainText } from '../../common/plain-text';
import { basketText } from '../offers/basket';
import type { CheckoutChoice } from '../offers/link-offer';
import { ADDRESS_PARTS } from '../offers/sent-details';

/**
 * What a payer says, in one spelling: two choices that say the same have the same text. Pure. Nothing of the link has a part in it, because what
 * the link sells and asks may have changed when a choice is sent once more.
 */
export function saidText({ asset, amount, quantity = 1, items, details = {}, subscriber }: CheckoutChoice): string {
  const { name, email, address = {}, customFields = {} } = details;
  const answers = Object.entries(customFields).flatMap(([key, value]) => {
    const answer = plainText(value);
    return answer === '' ? [] : [[key, answer] as const];
  });
  return JSON.stringify([
    asset,
    amount === undefined ? null : String(parseAmount(amount)?.amount ?? amount),
    quantity,
    items === undefined ? null : basketText(items),
    plainLine(name ?? ''),
    plainLine(emailAddress(email?.trim() ?? '')).toLowerCase(),
    ADDRESS_PARTS.map((part) => plainLine(address[part] ?? '')),
    answers.toSorted(([one], [other]) => (one < other ? -1 : 1)),
    (subscriber ?? '').toLowerCase(),
  ]);
}
