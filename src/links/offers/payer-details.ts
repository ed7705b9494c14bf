import { isEmailAddress } from '../../http/email.decorator';
import { emailAddress } from '../../common/email-address';
import { plainLine, plainText } from '../../common/plain-text';
import type { PaymentLink } from '../payment-link';
import { asksPayer } from '../shop-terms';
import { ADDRESS_PARTS, MAX_ANSWERS, type PostalAddress, type SentDetails, type PayerDetails } from './sent-details';

/** What a payer says beside the money. Pure. */

export type { PayerDetails };

export interface DetailFault {
  /** `name`, `email`, `address.city`, `customFields.size`. */
  readonly path: string;
  readonly message: string;
}

export const NO_DETAILS: PayerDetails = { name: null, email: null, address: null, customFields: null };

const MAX_NAME = 200;
const MAX_EMAIL = 254;
/** Together they fit where an invoice keeps an address. */
const MAX_PART = 120;
type Asking = Pick<PaymentLink, 'slug' | 'collectsAddress' | 'customFields' | 'customerId'>;

/** Every fault, or what is kept. A link that is billed to a customer asks nobody for a name. */
export function detailsOf(
  link: Asking,
  sent: SentDetails,
): { readonly details: PayerDetails } | { readonly faults: readonly DetailFault[] } {
  const faults: DetailFault[] = [];
  const say = (path: string, message: string): void => void faults.push({ path, message });
  const named = asksPayer(link) && link.customerId === null;
  const name = line(sent.name);
  const email = sent.email === undefined ? null : line(emailAddress(sent.email.trim()));
  if (name !== null && !named) say('name', 'is not asked for by this payment link');
  else if (name !== null && name.length > MAX_NAME) say('name', `must have at most ${MAX_NAME} characters`);
  if (email !== null && !named) say('email', 'is not asked for by this payment link');
  else if (email !== null && (email.length > MAX_EMAIL || !isEmailAddress(email)))
    say('email', 'must be an e-mail address such as ada@example.com');
  const address = addressOf(link, sent.address, say);
  const customFields = answersOf(link, sent.customFields, say);
  return faults.length > 0 ? { faults } : { details: { name, email, address, customFields } };
}

type Say = (path: string, message: string) => void;

function addressOf({ collectsAddress }: Asking, sent: SentDetails['address'], say: Say): PostalAddress | null {
  if (!collectsAddress) {
    if (sent !== undefined && ADDRESS_PARTS.some((part) => line(sent[part]) !== null))
      say('address', 'is not asked for by this payment link');
    return null;
  }
  const parts = ADDRESS_PARTS.map((part) => [part, line(sent?.[part])] as const);
  for (const [part, value] of parts) {
    if (value === null) say(`address.${part}`, 'is required');
    else if (value.length > MAX_PART) say(`address.${part}`, `must have at most ${MAX_PART} characters`);
  }
  return Object.fromEntries(parts.map(([part, value]) => [part, value ?? ''])) as PostalAddress;
}

function answersOf(
  { customFields }: Asking,
  sent: SentDetails['customFields'],
  say: Say,
): PayerDetails['customFields'] {
  const answers = Object.entries(sent ?? {}).flatMap(([key, value]): [string, string][] => {
    const said = text(value);
    return said === null ? [] : [[key, said]];
  });
  for (const [key] of answers) {
    if (customFields === null || !Object.hasOwn(customFields, key))
      say(`customFields.${key}`, 'is not asked for by this payment link');
  }
  if (answers.reduce((sum, [, value]) => sum + value.length, 0) > MAX_ANSWERS)
    say('customFields', `must have at most ${MAX_ANSWERS} characters together`);
  if (answers.length === 0 || customFields === null) return null;
  const given = new Map(answers);
  return Object.fromEntries(
    Object.keys(customFields).flatMap((key) => (given.has(key) ? [[key, given.get(key) ?? '']] : [])),
  );
}

/** Made harmless to look at, because the merchant will look at it. */
function line(value: string | undefined): string | null {
  return plainLine(value ?? '') || null;
}

function text(value: string): string | null {
  return plainText(value) || null;
}
