import { parseAmount } from '../../common/money';
import type { Invoice } from '../../invoices/invoice';
import { basketOf, sameBasket } from '../offers/basket';
import type { CheckoutChoice } from '../offers/link-offer';
import { detailsOf } from '../offers/payer-details';
import { addressText } from '../offers/sent-details';
import type { PaymentLink } from '../payment-link';
import type { OwnChoice } from './link-choices.repository';

/** Whether a choice asks, by the link as it is now, for what an earlier one has got. Pure. */

/** The same asset and the same sum, for the same goods. */
export function isSameChoice(
  link: PaymentLink,
  choice: CheckoutChoice,
  known: Pick<OwnChoice, 'payCurrency' | 'amount' | 'quantity' | 'basket'>,
): boolean {
  const said = choice.amount === undefined ? null : (parseAmount(choice.amount)?.amount ?? null);
  const asked = basketOf(link, choice.items);
  return (
    known.payCurrency === choice.asset &&
    known.quantity === (choice.quantity ?? 1) &&
    (link.minimum === null ? said === null : said === known.amount) &&
    // What was on sale then counts, where the payer said nothing else.
    (choice.items === undefined || ('basket' in asked && sameBasket(asked.basket, known.basket)))
  );
}

/** By the same payer, as far as was said. */
export function isSamePayer(link: PaymentLink, choice: CheckoutChoice, invoice: Invoice): boolean {
  const said = detailsOf(link, choice.details ?? {});
  if ('faults' in said) return false;
  // Who pays for a period was said when it was subscribed to.
  if (link.period !== null) return true;
  const { name, email, address, customFields } = said.details;
  // Whom a link bills is not what the payer said; the address of who subscribes is no detail of the choice.
  const isBilled = link.customerId !== null;
  return (
    (isBilled || invoice.clientName === name) &&
    (isBilled || invoice.subscriptionId !== null || invoice.clientEmail === email) &&
    (address === null || addressText(address) === invoice.clientAddress) &&
    JSON.stringify(customFields) === JSON.stringify(invoice.payer?.customFields ?? null)
  );
}
