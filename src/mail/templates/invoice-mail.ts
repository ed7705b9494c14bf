import type { MailTemplates } from './mail-template';

/** About invoices: to the merchant's members, and the receipt to the payer. */
export const INVOICE_MAIL: MailTemplates = {
  'invoice.paid': {
    en: {
      subject: 'Invoice {number} is paid',
      paragraphs: ['{amount} arrived for invoice {number} of {merchant}.'],
      link: 'See the invoice',
    },
  },
  'invoice.held': {
    en: {
      subject: 'Money for invoice {number} waits for a decision',
      paragraphs: [
        'Money arrived for invoice {number} of {merchant}, and it could not be counted as its payment: {reason}.',
        'It lies on the receiving account. Decide what it is: attach it to an invoice, or close the case.',
      ],
      link: 'See the invoice',
    },
  },
  'invoice.failed': {
    en: {
      subject: 'Invoice {number} was not paid',
      paragraphs: ['Invoice {number} of {merchant} over {amount} ended without a payment: {reason}.'],
      link: 'See the invoice',
    },
  },
  receipt: {
    en: {
      subject: 'Your payment to {merchant}',
      paragraphs: ['{merchant} has received your payment of {amount} for invoice {number}.'],
      link: 'See the receipt',
    },
  },
};
