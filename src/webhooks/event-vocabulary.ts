import type { EventType } from './event-types';

/** In whose words an endpoint is told what happens: the service's own, or those of the merchant API. */
export const VOCABULARIES = ['own', 'merchant'] as const;
export type Vocabulary = (typeof VOCABULARIES)[number];

/** What the merchant API calls what happens. A payment is there what an invoice is here: one thing that is to be paid. */
export const MERCHANT_EVENT_NAMES = {
  'invoice.created': 'payment.created',
  'invoice.processing': 'payment.pending',
  'payment.received': 'payment.pending',
  'invoice.paid': 'payment.completed',
  'invoice.expired': 'payment.failed',
  'invoice.cancelled': 'payment.failed',
  'payment.refunded': 'payment.refunded',
  'link.created': 'payment_link.created',
  'link.paid': 'payment_link.paid',
  'link.expired': 'payment_link.expired',
  'link.cancelled': 'payment_link.cancelled',
} as const satisfies Partial<Record<EventType, string>>;

type Named = keyof typeof MERCHANT_EVENT_NAMES;
export type MerchantEventName = (typeof MERCHANT_EVENT_NAMES)[Named];

const ENTRIES = Object.entries(MERCHANT_EVENT_NAMES) as [Named, MerchantEventName][];

/** Every name, once, in the order of the table. */
export const MERCHANT_EVENTS: readonly MerchantEventName[] = [...new Set(ENTRIES.map(([, name]) => name))];

/** The types that these names stand for. */
export function typesNamed(names: readonly string[]): EventType[] {
  return ENTRIES.filter(([, name]) => names.includes(name)).map(([type]) => type);
}

/** The names that these types have there; a type without one has been asked for elsewhere, and is left out. */
export function namesOf(types: readonly EventType[]): MerchantEventName[] {
  return MERCHANT_EVENTS.filter((name) => ENTRIES.some(([type, own]) => own === name && types.includes(type)));
}

/** What an endpoint reads as the type of an event. A type without a name there keeps its own: a test, or what was asked for elsewhere. */
export function spokenType(vocabulary: Vocabulary, type: EventType): string {
  return vocabulary === 'merchant'
    ? ((MERCHANT_EVENT_NAMES as Partial<Record<EventType, string>>)[type] ?? type)
    : type;
}

/** Whether an endpoint gets a type: one that its list has; without a list every one, or in another vocabulary every one with a name there. */
export function wantsSql(endpoint: string, type: string): string {
  const named = ENTRIES.map(([each]) => `'${each}'`).join(', ');
  return `case when ${endpoint}.event_types is not null then ${type} = any(${endpoint}.event_types) else ${endpoint}.vocabulary = 'own' or ${type} in (${named}) end`;
}
