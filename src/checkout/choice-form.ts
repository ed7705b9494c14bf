import type { DomainError } from '../common/errors';
import { isPublicId } from '../common/ids';
import { parseAmount } from '../common/money';
import { plainLine } from '../common/plain-text';
import type { ChoiceKey } from '../links/choices/link-choice-keys.service';
import type { CheckoutChoice } from '../links/offers/link-offer';
import type { OfferView } from './offer-view';
import { shopChoice, shopValues, type ShopValues } from './shop-form';

const NO_PRICE =
  'There is no price to be trusted at this moment. Nothing has been charged. Please try again in a few seconds.';

/** Fields that every link may have; those of shops have the names of their faults, such as `address.city` or `items.<id of a product>`. */
type PlainField = 'asset' | 'amount' | 'quantity';
export type ChoiceField = PlainField | (string & {});

/** What the payer's form holds, as it was typed. */
export type ChoiceValues = Readonly<Record<PlainField | 'token', string>> & { readonly shop: ShopValues };

export interface ChoiceFault {
  /** Null for the form as a whole. */
  readonly field: ChoiceField | null;
  readonly message: string;
  /** What else is wrong, each with its field. */
  readonly others?: readonly ChoiceFault[];
}

/** What is wrong with one field. */
export function faultAt(fault: ChoiceFault | null, field: ChoiceField): string | null {
  return [fault, ...(fault?.others ?? [])].find((each) => each?.field === field)?.message ?? null;
}

/** A form that was sent or asked for by a link; anything but text is as good as nothing. `token` is that of the page about to be made. */
export function choiceValues(sent: unknown, view: OfferView, token: string): ChoiceValues {
  const members = (typeof sent === 'object' && sent !== null ? sent : {}) as Readonly<Record<string, unknown>>;
  const text = (name: PlainField): string => {
    const value = Object.hasOwn(members, name) ? members[name] : undefined;
    return typeof value === 'string' ? plainLine(value.slice(0, 40)) : '';
  };
  return {
    asset: text('asset') || (view.assets[0]?.code ?? ''),
    amount: text('amount'),
    quantity: text('quantity') || String(view.leastQuantity),
    token,
    shop: shopValues(members, view.shop),
  };
}

/** The token of a form that was sent; undefined without a valid one of ours. Never the token of an address, which a stranger may have written. */
export function sentToken(form: unknown): string | undefined {
  const token =
    typeof form === 'object' && form !== null && Object.hasOwn(form, 'token')
      ? (form as Readonly<Record<string, unknown>>)['token']
      : undefined;
  return typeof token === 'string' && isPublicId(token) ? token : undefined;
}

/** Not typed by the payer, or no part of the choice. */
const NOT_SAID = new Set(['token', 'words', 'after']);

/**
 * Names what was typed in a form, just as it was sent: what it means is the link's to say, which may have changed when it is sent once more.
 * Null without a token of ours. `besides`: fields that may be put right without choosing anew.
 */
export function formKey(form: unknown, besides: readonly string[] = []): Extract<ChoiceKey, { bound: false }> | null {
  const text = sentToken(form);
  if (text === undefined) return null;
  const said = Object.entries(form as Readonly<Record<string, unknown>>)
    .filter(([name]) => !NOT_SAID.has(name) && !besides.includes(name))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { text, bound: false, form: JSON.stringify(said) };
}

/** What the form asks for. Only shapes are judged here; the link judges what they mean. */
export function readChoice(values: ChoiceValues, view: OfferView): CheckoutChoice | ChoiceFault {
  const amount = withPoint(values.amount);
  if (view.openAmount !== null && parseAmount(amount) === undefined)
    return {
      field: 'amount',
      message:
        values.amount === '' ? `Enter an amount in ${view.currency}.` : 'Enter the amount in digits, such as 12.50.',
    };
  if (view.mostQuantity !== null && !/^[1-9]\d{0,8}$/.test(values.quantity))
    return { field: 'quantity', message: asked('quantity', view) };
  const said = view.shop === null ? {} : shopChoice(values.shop, view.shop);
  if ('message' in said) return said;
  return {
    ...said,
    asset: values.asset,
    ...(view.openAmount === null ? {} : { amount }),
    ...(view.mostQuantity === null ? {} : { quantity: Number(values.quantity) }),
  };
}

/** Half of the world writes 12,50; a comma before one or two digits can mean nothing else. */
function withPoint(amount: string): string {
  return amount.replace(/^(\d+),(\d{1,2})$/, '$1.$2');
}

/** A refusal in the words of the form, beside the field it is about. */
export function faultOf(error: DomainError, view: OfferView): ChoiceFault {
  if (error.code === 'rate_unavailable') return { field: null, message: NO_PRICE };
  const ofShop = shopFaults(error, view);
  if (ofShop !== null) return ofShop;
  const field = fieldOf(error, view);
  return {
    field,
    message:
      bounded(error, view) ??
      (field === null || error.code.startsWith('amount_') ? plainLine(error.message) : asked(field, view)),
  };
}

const BOUNDED = /^amount: ([\d.]+), (minimum|maximum): ([\d.]+)$/;

/** What one payment may be, in a sentence; null for any other refusal. */
function bounded({ code, message }: DomainError, { currency }: OfferView): string | null {
  const [, amount, bound, limit] = code.startsWith('amount_') ? (BOUNDED.exec(message) ?? []) : [];
  if (amount === undefined || limit === undefined) return null;
  const told = (text: string): string => `${text.replace(/(\.\d\d)(\d*?)0+$/, '$1$2')} ${currency}`;
  return bound === 'maximum'
    ? `This makes ${told(amount)}. One payment may be ${told(limit)} at the most: choose less.`
    : `This makes ${told(amount)}. One payment must be ${told(limit)} at least: choose more.`;
}

const SHOP_FIELDS = /^(items(\.|$)|name$|email$|address(\.|$)|customFields(\.|$))/;

/** What is wrong with goods and with who pays, each beside its field. */
function shopFaults({ faults }: DomainError, { shop }: OfferView): ChoiceFault | null {
  const [first, ...others] = faults
    .filter(({ path }) => shop !== null && SHOP_FIELDS.test(path))
    .map(({ path, message }) => ({ field: path, message: sentence(path, message) }));
  return first === undefined ? null : { ...first, others };
}

/** How people call a field; the first that fits. */
const CALLED: readonly (readonly [RegExp, string])[] = [
  [/^items\./, 'This product'],
  [/^items$/, 'The choice'],
  [/^name$/, 'The name'],
  [/^email$/, 'The e-mail address'],
  [/^address\.street$/, 'Street and number'],
  [/^address\.city$/, 'The city'],
  [/^address\.postalCode$/, 'The postal code'],
  [/^address\.country$/, 'The country'],
  [/^address$/, 'A postal address'],
  [/^customFields\./, 'This answer'],
  [/^customFields$/, 'The answers'],
];

function sentence(path: string, message: string): string {
  const [, name = ''] = CALLED.find(([pattern]) => pattern.test(path)) ?? [];
  const text = plainLine(`${name} ${message}`);
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** What is too much or too little in all can be mended where the payer says how much or how many. */
function fieldOf(error: DomainError, view: OfferView): PlainField | null {
  if (error.code === 'unsupported_pay_currency') return 'asset';
  const named = error.code.startsWith('amount_') ? 'amount' : error.faults[0]?.path;
  if (named === 'amount' && view.openAmount !== null) return 'amount';
  return (named === 'amount' || named === 'quantity') && view.mostQuantity !== null ? 'quantity' : null;
}

function asked(field: PlainField, { openAmount, leastQuantity, mostQuantity, currency }: OfferView): string {
  if (field === 'asset') return 'Choose one of these.';
  if (field === 'amount' && openAmount !== null)
    return `Enter an amount from ${openAmount.minimum} to ${openAmount.maximum} ${currency}.`;
  return `Enter a whole number from ${leastQuantity} to ${mostQuantity}.`;
}
