import { isoInstant, parseInstant } from '../../common/clock';
import { DomainError } from '../../common/errors';
import { isReusable } from '../link-kinds';
import type { TermFault } from './link-request';
import { LINK_TRANSITIONS } from '../link-states';
import { deadline, redirectFaults } from './link-terms';
import { pageFaults } from './shop-request';
import type { LinkRevision } from '../links.repository';
import { linkState, type PaymentLink } from '../payment-link';
import { asksPayer, isOfShop } from '../shop-terms';

/** What an owner asks to change; members that are absent stay as they are. */
export type LinkChange = Partial<Omit<LinkRevision, 'expiresAt' | 'status'>> & {
  /** Null, where the link needs no end, takes the end away. */
  readonly expiresAt?: string | null;
  readonly status?: 'active' | 'inactive';
};

/** Members that no payer has got a price for. */
const NOTES: readonly string[] = ['metadata'];
/** What a higher limit changes of a link that was completed by the old one. */
const REOPENING: readonly string[] = [...NOTES, 'maxPayments', 'status'];
const PAGES: readonly string[] = [...NOTES, 'successRedirectUrl', 'unsuccessRedirectUrl'];
/** What no invoice that a payer has chosen depends on: whether others may come to choose. */
const DOORS: readonly string[] = [...PAGES, 'status'];

/**
 * The members that change, or what is wrong with them. Pure. Throws `link_final` for a link that has ended and
 * `link_priced` for one whose invoice a payer holds: only members that are not terms can still change.
 */
export function linkRevision(
  link: PaymentLink,
  change: LinkChange,
  now: Date,
): { readonly revision: Partial<LinkRevision> } | { readonly faults: readonly TermFault[] } {
  assertOwn(link);
  const faults: TermFault[] = [...redirectFaults(change), ...pageFaults(change)];
  const expiresAt = endOf(link, change, now, faults);
  if (change.maxPayments !== undefined) faults.push(...limitFaults(link, change.maxPayments));
  if (faults.length > 0 || expiresAt === undefined) return { faults };
  const wanted: LinkRevision = {
    ...revisable(link),
    ...change,
    expiresAt,
    ...(raises(link, change) && change.status === undefined ? { status: 'active' } : {}),
    ...(isReusable(link) ? {} : { maxPayments: null }),
  };
  const changed = changedMembers(revisable(link), wanted);
  assertChangeable(link, changed);
  if (link.status === 'completed' && changed.includes('status')) assertReopens(link, wanted, now);
  return { revision: Object.fromEntries(whole(changed).map((name) => [name, wanted[name]])) };
}

/** Throws `link_final` for what a subscription has made. */
export function assertOwn({ period }: Pick<PaymentLink, 'period'>): void {
  if (period !== null)
    throw new DomainError('link_final', {
      detail: 'The payment link belongs to one period of a subscription. Change or cancel the subscription instead',
    });
}

/** Undefined with a fault. A deadline that has passed may be said again. */
function endOf(
  link: PaymentLink,
  { expiresAt }: LinkChange,
  now: Date,
  faults: TermFault[],
): PaymentLink['expiresAt'] | undefined {
  if (expiresAt === null) return null;
  return expiresAt === undefined || isSame(expiresAt, link.expiresAt)
    ? link.expiresAt
    : deadline(expiresAt, now, faults, !isOfShop(link));
}

function isSame(text: string, instant: Date | null): boolean {
  return instant !== null && parseInstant(text)?.getTime() === instant.getTime();
}

function changedMembers(before: LinkRevision, after: LinkRevision): (keyof LinkRevision)[] {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? each.toString() : each)) ?? '';
  return (Object.keys(before) as (keyof LinkRevision)[]).filter((name) => text(before[name]) !== text(after[name]));
}

/** Products and their numbers are written together. */
function whole(changed: readonly (keyof LinkRevision)[]): (keyof LinkRevision)[] {
  const goods = ['productIds', 'productQuantities'] as const;
  return goods.some((name) => changed.includes(name)) ? [...new Set([...changed, ...goods])] : [...changed];
}

const REVISABLE = [
  'title',
  'description',
  'metadata',
  'amount',
  'scale',
  'minimum',
  'maximum',
  'presets',
  'maxPayments',
  'maxQuantity',
  'expiresAt',
  'successRedirectUrl',
  'unsuccessRedirectUrl',
  'status',
  'productIds',
  'productQuantities',
  'taxRateId',
  'coverImage',
  'customFields',
  'collectsAddress',
  'adjustsQuantity',
  'sellsEverything',
  'showsCodes',
  'collectsTax',
  'paidFor',
  'customerId',
] as const satisfies readonly (keyof LinkRevision)[];

export function revisable(link: PaymentLink): LinkRevision {
  return Object.fromEntries(REVISABLE.map((name) => [name, link[name]])) as unknown as LinkRevision;
}

/** All payments of its limit were made, and it is to allow more. */
function raises(link: PaymentLink, { maxPayments }: Pick<LinkChange, 'maxPayments'>): boolean {
  if (link.status !== 'completed' || !isReusable(link) || maxPayments === undefined) return false;
  return maxPayments === null || maxPayments > link.paymentsMade;
}

function assertReopens(link: PaymentLink, { status }: LinkRevision, now: Date): void {
  if (status !== 'active')
    throw new DomainError('link_final', {
      detail: 'A higher maxPayments makes a completed payment link active: pause it afterwards',
    });
  if (link.expiresAt !== null && link.expiresAt <= now)
    throw new DomainError('link_final', {
      detail: `Its time was over at ${isoInstant(link.expiresAt)}, so a higher maxPayments cannot open it again: make a new payment link`,
    });
}

function assertChangeable(link: PaymentLink, changed: readonly string[]): void {
  const final = !LINK_TRANSITIONS[link.status].includes('expired');
  const reopens = link.status === 'completed' && changed.includes('maxPayments');
  const allowed = final ? (reopens ? REOPENING : NOTES) : changeableOf(link, changed);
  const refused = changed.filter((name) => !allowed.includes(name));
  if (refused.length === 0) return;
  if (final)
    throw new DomainError('link_final', {
      detail: `Only metadata${link.status === 'completed' && isReusable(link) ? ' and a higher maxPayments' : ''} can be changed. Current status: ${linkState(link)}`,
    });
  throw new DomainError('link_priced', {
    detail: `Somebody has been given an invoice of this payment link with these terms, which do not change while it can be paid: ${refused.join(', ')}`,
  });
}

/** A link that was born with its invoice is that invoice; one whose payers choose goes on beside what they have chosen. */
function changeableOf(link: PaymentLink, changed: readonly string[]): readonly string[] {
  if (link.invoiceId === null) return changed;
  return asksPayer(link) ? DOORS : PAGES;
}

/** What is taken stays taken, and a limit that is reached at once would end the link by the back door. */
function limitFaults(link: PaymentLink, limit: number | null): TermFault[] {
  const say = (detail: string): TermFault[] => [{ code: 'attributes_invalid', attribute: 'maxPayments', detail }];
  if (!isReusable(link))
    return limit === null || limit === 1
      ? []
      : say('belongs to links that can be used again: a standard link is paid once');
  if (limit === null || limit === link.maxPayments) return [];
  if (limit < link.slotsUsed) return say(`must be at least ${link.slotsUsed}: as many are paid or being paid`);
  return limit > link.paymentsMade
    ? []
    : say(`must be more than the ${link.paymentsMade} payments made: to take no more, pause the link or let it end`);
}
