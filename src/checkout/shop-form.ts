import { plainLine, plainText } from '../common/plain-text';
import { MAX_BASKET_LINES } from '../links/offers/basket';
import type { ShopOffer } from '../links/offers/link-offer';
import type { CheckoutChoice } from '../links/offers/link-offer';
import { ADDRESS_PARTS, type PostalAddress } from '../links/offers/sent-details';

/** The part of a payer's form that only links of shops have: goods, and who pays. */

export interface ShopValues {
  /** Ids of the products that the form had a field for. */
  readonly typed: ReadonlySet<string>;
  /** What was typed for each product, by its id. */
  readonly quantities: ReadonlyMap<string, string>;
  readonly name: string;
  readonly email: string;
  readonly address: PostalAddress;
  /** By the keys of the questions. */
  readonly answers: ReadonlyMap<string, string>;
  /** What is searched for in a catalogue. */
  readonly words: string;
  /** Id of the last product of the page before. */
  readonly after: string;
}

const MAX_LINE = 320;
const MAX_TEXT = 20_001;

/** Names of the fields; no key of a merchant's stands in a name. */
export const FIELD = {
  quantity: (productId: string): string => `take-${productId}`,
  answer: (index: number): string => `answer-${index}`,
} as const;

export function shopValues(sent: Readonly<Record<string, unknown>>, shop: ShopOffer | null): ShopValues {
  const text = (name: string, longest = MAX_LINE): string => {
    const value = Object.hasOwn(sent, name) ? sent[name] : undefined;
    return typeof value === 'string' ? value.slice(0, longest) : '';
  };
  const line = (name: string): string => plainLine(text(name));
  const keys = Object.keys(shop?.customFields ?? {});
  return {
    ...quantities(sent, shop),
    name: line('name'),
    email: line('email'),
    address: Object.fromEntries(ADDRESS_PARTS.map((part) => [part, line(part)])) as PostalAddress,
    answers: new Map(keys.map((key, index) => [key, plainText(text(FIELD.answer(index), MAX_TEXT))])),
    words: line('words').slice(0, 100),
    after: line('after'),
  };
}

/** What is left empty or is zero was not taken; a field that is not there stays as the link says. */
function quantities(
  sent: Readonly<Record<string, unknown>>,
  shop: ShopOffer | null,
): Pick<ShopValues, 'quantities' | 'typed'> {
  if (shop === null) return { quantities: new Map(), typed: new Set() };
  const named = (shop.goods ?? []).map(({ productId, quantity }) => [productId, String(quantity)] as const);
  const typed = Object.entries(sent).flatMap(([name, value]): [string, string][] => {
    const productId = name.startsWith('take-') ? name.slice('take-'.length) : '';
    return /^[0-9a-f-]{36}$/.test(productId) && typeof value === 'string'
      ? [[productId, plainLine(value.slice(0, 12))]]
      : [];
  });
  const some = typed.slice(0, MAX_BASKET_LINES + 1);
  return { quantities: new Map([...named, ...some]), typed: new Set(some.map(([productId]) => productId)) };
}

/** What the values ask for; shapes that cannot be sent on are faults by the name of the product. */
export function shopChoice(
  values: ShopValues,
  shop: ShopOffer,
): Pick<CheckoutChoice, 'items' | 'details'> | { readonly field: string; readonly message: string } {
  const takes = shop.sellsEverything || (shop.goods !== null && shop.adjustsQuantity);
  const forged = takes
    ? undefined
    : shop.goods?.find(({ productId, quantity }) => values.quantities.get(productId) !== String(quantity));
  if (forged !== undefined) return { field: `items.${forged.productId}`, message: 'The number of these is fixed.' };
  const taken = [...values.quantities].filter(([, quantity]) => !(shop.sellsEverything && /^0*$/.test(quantity)));
  const odd = takes ? taken.find(([, quantity]) => !/^(?:[1-9]\d{0,2}|1000)$/.test(quantity)) : undefined;
  if (odd !== undefined) return { field: `items.${odd[0]}`, message: 'Enter a whole number from 1 to 1000.' };
  // What has closed or left since the form was made is sent, too, so that the link says so. Lines that the form did not have are as the link says.
  const items = taken
    .filter(([productId]) => values.typed.has(productId))
    .map(([productId, quantity]) => ({ productId, quantity: Number(quantity) }));
  return { ...(takes ? { items } : {}), details: detailsSaid(values, shop) };
}

/** What is said of the payer. */
export function detailsSaid(
  { name, email, address, answers }: ShopValues,
  { asksName, asksAddress, customFields }: ShopOffer,
): NonNullable<CheckoutChoice['details']> {
  return {
    ...(asksName && name !== '' ? { name } : {}),
    ...(asksName && email !== '' ? { email } : {}),
    ...(asksAddress ? { address } : {}),
    ...(customFields === null ? {} : { customFields: Object.fromEntries(answers) }),
  };
}
