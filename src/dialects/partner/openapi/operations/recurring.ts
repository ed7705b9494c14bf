import {
  CancelSubscriptionDto,
  ChangePriceDto,
  CreateSubscriptionDto,
  UpdateSubscriptionDto,
} from '../../subscriptions/subscription.dto';
import { record, url } from '../../../../http/json-schema';
import type { Noun } from '../nouns';

export const RECURRING: readonly Noun[] = [
  {
    type: 'subscriptions',
    singular: 'subscription',
    plural: 'subscriptions',
    about:
      'Promises to pay the same sum again and again. Nobody can pull money here: every period has an invoice of its own that the subscriber pays. `entitled` says whether this instant is paid for.',
    versioned: true,
    operations: {
      GET: { summary: 'List subscriptions' },
      POST: {
        summary: 'Subscribe a customer',
        description:
          'To a link of the kind `subscription`. The first invoice is open for seven days; the subscription begins when it is paid.',
        dto: CreateSubscriptionDto,
        needs: ['link', 'customer'],
        example: {
          attributes: { reference: 'member-$RANDOM' },
          relationships: {
            link: { type: 'paymentLinks', id: '$SUBSCRIPTION_LINK_ID' },
            customer: { type: 'customers', id: '$CUSTOMER_ID' },
          },
        },
      },
      'GET /:id': { summary: 'Read a subscription' },
      'PATCH /:id': {
        summary: 'Change a subscription',
        description:
          '`pausedUntil` is a pause: periods that would begin in it are skipped. `customerEmail` is where reminders go, null for nowhere; the customer stays who it is.',
        dto: UpdateSubscriptionDto,
        example: { attributes: { metadata: { plan: 'gold' } } },
      },
      'POST /:id/cancellation': {
        summary: 'Cancel a subscription',
        description:
          'At once, and its open invoice with it; or, with `atPeriodEnd`, when the time that is paid for is over. What was paid stays paid.',
        dto: CancelSubscriptionDto,
        example: { attributes: { atPeriodEnd: true } },
      },
      'POST /:id/resumption': {
        summary: 'Resume a subscription',
        description: 'Takes back a cancellation that has not come yet.',
      },
      'POST /:id/portal_link': {
        summary: 'Issue a portal link for a subscription',
        description:
          'The address at which the subscriber sees, pays and cancels, told this once; those that were issued before work no more.',
        meta: record({ portalUrl: url }),
      },
      'POST /:id/price_change': {
        summary: 'Reprice a subscription',
        description: 'From a period on whose invoice is not open yet.',
        dto: ChangePriceDto,
        example: { attributes: { amount: '15.00', fromPeriod: 24 } },
      },
    },
  },
  {
    type: 'subscriptionPeriods',
    singular: 'subscription period',
    plural: 'subscription periods',
    about: 'Stretches of time that a subscription asks for, each with its invoice. A skipped one was never asked for.',
    operations: { 'GET /:id': { summary: 'Read a subscription period' } },
  },
];
