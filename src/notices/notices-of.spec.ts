import type { EventDraft } from '../webhooks/event-types';
import { noticesOf, occurrenceOf } from './notices-of';

const about = {
  merchantId: 'm',
  merchant: 'Shop',
  id: 'i',
  publicId: 'p',
  number: 'INV-1',
  clientEmail: 'payer@example.com',
  chosen: true,
  members: [
    { id: 'one', email: 'one@example.com', on: ['held'] as const },
    { id: 'two', email: 'two@example.com', on: ['paid', 'failed'] as const },
  ],
};
const event = (type: EventDraft['type']): EventDraft => ({
  merchantId: 'm',
  type,
  network: 'sandbox',
  subjectType: 'payment',
  subjectId: 'payment-1',
  data: { invoiceId: 'p', amount: '5.00', asset: { code: 'XLM', issuer: null }, outcome: 'link_closed' },
});
const mailsOf = (type: EventDraft['type']): unknown[] => {
  const occurrence = occurrenceOf(event(type));
  return occurrence === undefined
    ? []
    : noticesOf(occurrence, about, 'https://shop.example').map(({ to, template, data }) => [
        to,
        template,
        data['reason'],
      ]);
};

describe('money that is held', () => {
  it.each(['payment.suspended', 'payment.released'] as const)(
    'by %s is told to the members who want to know, and to nobody else',
    (type) => {
      expect(mailsOf(type)).toEqual([['one@example.com', 'invoice.held', 'the link was paid or closed already']]);
    },
  );

  it('again, after it counted, is another occurrence', () => {
    const keys = (['payment.suspended', 'payment.released'] as const).map(
      (type) => occurrenceOf(event(type))?.subjectId,
    );
    expect(new Set(keys).size).toBe(2);
  });
});
