import type { MailTemplates } from './mail-template';

/** To subscribers, about the invoice of one period. */
export const SUBSCRIPTION_MAIL: MailTemplates = {
  'subscription.first': {
    en: {
      subject: 'Your subscription at {merchant}',
      paragraphs: [
        'You are invited to subscribe to "{title}". It begins when the first payment of {amount} is made, which is possible until {deadline}.',
      ],
      link: 'See and pay it, or cancel',
    },
  },
  'subscription.opening': {
    en: {
      subject: 'Your next payment to {merchant}',
      paragraphs: [
        'The next period of "{title}" begins on {start}. It costs {amount}, and can be paid from now on until {deadline}.',
      ],
      link: 'See and pay it, or cancel',
    },
  },
  'subscription.before_start': {
    en: {
      subject: 'Your next payment to {merchant}',
      paragraphs: ['The next period of "{title}" begins on {start}. {amount} are not paid yet.'],
      link: 'See and pay it, or cancel',
    },
  },
  'subscription.start': {
    en: {
      subject: 'Your payment to {merchant} is due',
      paragraphs: ['A new period of "{title}" has begun. {amount} are due, and can be paid until {deadline}.'],
      link: 'See and pay it, or cancel',
    },
  },
  'subscription.after_start': {
    en: {
      subject: 'Your payment to {merchant} is past due',
      paragraphs: ['{amount} for "{title}" have been due since {start}. They can be paid until {deadline}.'],
      link: 'See and pay it, or cancel',
    },
  },
  'subscription.grace_end': {
    en: {
      subject: 'Your subscription at {merchant} ends soon',
      paragraphs: ['{amount} for "{title}" are still due. Without a payment the subscription ends on {deadline}.'],
      link: 'See and pay it, or cancel',
    },
  },
};
