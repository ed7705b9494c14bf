import { isDomainError } from '../../common/errors';
import { type LinkChange, linkRevision } from './link-change';
import type { PaymentLink } from '../payment-link';

const NOW = new Date('2026-05-17T10:00:00.000Z');
const LINK: PaymentLink = {
  merchantId: 'm',
  id: 'l',
  publicId: 'p',
  kind: 'donation',
  status: 'active',
  network: 'sandbox',
  invoiceId: null,
  direction: 'invoice',
  title: 'One',
  description: null,
  amount: 50_000_000n,
  minimum: null,
  maximum: null,
  presets: null,
  scale: 2,
  currency: 'XLM',
  accountCurrency: null,
  payCurrencies: null,
  paymentMethods: ['on_chain'],
  reference: null,
  successRedirectUrl: null,
  unsuccessRedirectUrl: null,
  metadata: { a: 'b' },
  expiresAt: new Date('2026-06-01T00:00:00.000Z'),
  maxPayments: 5,
  maxQuantity: null,
  recurrence: null,
  slotsUsed: 3,
  paymentsMade: 2,
  paymentsOverLimit: 0,
  productIds: [],
  taxRateId: null,
  version: 1n,
  createdAt: NOW,
  updatedAt: NOW,
};

const PRICED = { kind: 'standard', invoiceId: 'i', maxPayments: null } as const;

const judged = (link: Partial<PaymentLink>, change: LinkChange): unknown => {
  try {
    const result = linkRevision({ ...LINK, ...link }, change, NOW);
    return 'revision' in result ? result.revision : result.faults.map(({ code, attribute }) => `${code} ${attribute}`);
  } catch (error) {
    if (isDomainError(error)) return error.code;
    throw error;
  }
};

describe('a change of a link', () => {
  it.each<[string, Partial<PaymentLink>, LinkChange, unknown]>([
    ['nothing', {}, {}, {}],
    [
      'what it is already',
      {},
      { title: 'One', metadata: { a: 'b' }, maxPayments: 5, status: 'active', expiresAt: '2026-06-01T00:00:00Z' },
      {},
    ],
    ['what differs', {}, { title: null, maxPayments: 6 }, { title: null, maxPayments: 6 }],
    ['an end', {}, { expiresAt: '2026-07-01T00:00:00Z' }, { expiresAt: new Date('2026-07-01T00:00:00Z') }],
    ['an end in the past', {}, { expiresAt: '2026-05-01T00:00:00Z' }, ['expiry_in_past expiresAt']],
    ['no limit', {}, { maxPayments: null }, { maxPayments: null }],
    ['the least limit', {}, { maxPayments: 3 }, { maxPayments: 3 }],
    ['a limit below what is taken', {}, { maxPayments: 2 }, ['attributes_invalid maxPayments']],
    ['a limit that is met', { slotsUsed: 2 }, { maxPayments: 2 }, ['attributes_invalid maxPayments']],
    ['the limit that a standard link has', { kind: 'standard', maxPayments: null }, { maxPayments: 1 }, {}],
    [
      'the limit that no standard link has',
      { kind: 'standard', maxPayments: null },
      { maxPayments: 2 },
      ['attributes_invalid maxPayments'],
    ],
    ['a pause', {}, { status: 'inactive' }, { status: 'inactive' }],
    ['the end of a pause', { status: 'inactive' }, { status: 'active' }, { status: 'active' }],
    ['a title that an invoice has', PRICED, { title: 'Two' }, 'link_priced'],
    ['a pause of what is priced', PRICED, { status: 'inactive' }, 'link_priced'],
    [
      'a redirect of what is priced',
      PRICED,
      { successRedirectUrl: 'https://example.com/' },
      { successRedirectUrl: 'https://example.com/' },
    ],
    ['metadata of what has ended', { status: 'completed' }, { metadata: {} }, { metadata: {} }],
    [
      'a redirect of what has ended',
      { status: 'expired' },
      { successRedirectUrl: 'https://example.com/' },
      'link_final',
    ],
    ['a revival', { status: 'expired' }, { status: 'active' }, 'link_final'],
    ['the end of what has ended', { status: 'cancelled' }, { expiresAt: '2026-07-01T00:00:00Z' }, 'link_final'],
  ])('to %s', (_what, link, change, expected) => {
    expect(judged(link, change)).toEqual(expected);
  });
});
