import type { MailEntry } from '../mail/mail-outbox.service';
import type { MailOccasion } from '../merchants/member';
import type { EventDraft } from '../webhooks/event-types';
import type { Addressed } from './notices.repository';

/** What happened to an invoice, in the words of a mail. */
export interface Occurrence {
  readonly occasion: MailOccasion;
  readonly merchantId: string;
  readonly publicId: string;
  readonly amount: string;
  readonly reason: string;
  /** One occurrence, one mail to each: the payment where it is one, else the invoice. */
  readonly subjectId: string;
}

/** Why money waits, for people; an outcome without words of its own is told as it is called. */
const REASONS: Readonly<Record<string, string>> = {
  wrong_asset: 'it is another asset',
  too_late: 'it came too late',
  invoice_closed: 'the invoice was closed',
  link_closed: 'the link was paid or closed already',
  link_full: 'the link had all the payments that it takes',
  predates_invoice: 'it is older than the invoice',
  self_payment: 'the receiving account sent it to itself',
};

/** Undefined for an event that nobody is written to about. */
export function occurrenceOf({ merchantId, type, subjectId, data }: EventDraft): Occurrence | undefined {
  const asset = (data['asset'] as { code?: unknown } | undefined)?.code;
  const amountOf = (member: string): string => `${String(data[member])} ${String(asset)}`;
  // Held at once, or counted before and held since.
  if (type === 'payment.suspended' || type === 'payment.released')
    return {
      occasion: 'held',
      merchantId,
      publicId: String(data['invoiceId']),
      amount: amountOf('amount'),
      reason: REASONS[String(data['outcome'])] ?? String(data['outcome']).replaceAll('_', ' '),
      subjectId: type === 'payment.released' ? `${subjectId}.released` : subjectId,
    };
  if (type !== 'invoice.paid' && type !== 'invoice.expired') return undefined;
  const paid = type === 'invoice.paid';
  return {
    occasion: paid ? 'paid' : 'failed',
    merchantId,
    publicId: String(data['id']),
    amount: amountOf(paid ? 'received' : 'amount'),
    reason: 'its time is over',
    subjectId,
  };
}

/**
 * The mail about one occurrence: to the members who asked for it and, with a receipt, to a payer who left an address. A checkout
 * that a payer leaves is no failure worth a mail: there is one for everybody who has looked.
 */
export function noticesOf(occurrence: Occurrence, about: Addressed, publicUrl: string): MailEntry[] {
  const { occasion, amount, reason, subjectId } = occurrence;
  if (occasion === 'failed' && about.chosen) return [];
  const { merchant, number } = about;
  const data = { url: `${publicUrl}/pay/${about.publicId}`, merchant, number, amount, reason };
  const mail = (template: string, to: string, dedupeKey: string): MailEntry => ({
    to,
    template,
    locale: 'en',
    data,
    dedupeKey,
  });
  const toMembers = about.members
    .filter(({ on }) => on.includes(occasion))
    .map(({ id, email }) => mail(`invoice.${occasion}`, email, `${occasion}.${subjectId}.${id}`));
  const receipt =
    occasion === 'paid' && about.clientEmail !== null
      ? [mail('receipt', about.clientEmail, `receipt.${subjectId}`)]
      : [];
  return [...toMembers, ...receipt];
}
