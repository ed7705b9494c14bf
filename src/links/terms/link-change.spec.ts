import { isDomainError } from '../../common/errors';
import { type LinkChange, linkRevision } from './link-change';
import type { PaymentLink } from '../payment-link';
import { NO_SHOP } from '../shop-terms';

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
  ...NO_SHOP,
  productIds: [],
  productQuantities: [],
  taxRateId: null,
  period: null,
  version: 1n,
  createdAt: NOW,
  updatedAt: NOW,
};

const FULL = { status: 'completed', slotsUsed: 5, paymentsMade: 5 } as const;
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
    ['a pause of what was born with its price', PRICED, { status: 'inactive' }, 'link_priced'],
    ['a pause of what a payer has chosen', { ...PRICED, slug: 's' }, { status: 'inactive' }, { status: 'inactive' }],
    [
      'the end of a pause of what a payer has chosen',
      { ...PRICED, slug: 's', status: 'inactive' },
      { status: 'active' },
      { status: 'active' },
    ],
    ['a title of what a payer has chosen', { ...PRICED, slug: 's' }, { title: 'Two' }, 'link_priced'],
    [
      'a redirect of what is priced',
      PRICED,
      { successRedirectUrl: 'https://example.com/' },
      { successRedirectUrl: 'https://example.com/' },
    ],
    ['no end', {}, { expiresAt: null }, { expiresAt: null }],
    ['no end where there is none', { expiresAt: null }, { expiresAt: null }, {}],
    [
      'an end where there was none',
      { expiresAt: null },
      { expiresAt: '2026-07-01T00:00:00Z' },
      { expiresAt: new Date('2026-07-01T00:00:00Z') },
    ],
    [
      'no end of a single-use link that nobody has chosen for',
      { kind: 'standard', maxPayments: null },
      { expiresAt: null },
      { expiresAt: null },
    ],
    ['no end of what is priced', PRICED, { expiresAt: null }, 'link_priced'],
    ['no end of what has ended', { status: 'expired' }, { expiresAt: null }, 'link_final'],
    ['a higher limit of what it has completed', FULL, { maxPayments: 6 }, { maxPayments: 6, status: 'active' }],
    ['no limit of what it has completed', FULL, { maxPayments: null }, { maxPayments: null, status: 'active' }],
    [
      'a higher limit and what follows from it',
      FULL,
      { maxPayments: 6, status: 'active' },
      { maxPayments: 6, status: 'active' },
    ],
    [
      'a higher limit with a note',
      FULL,
      { maxPayments: 6, metadata: {} },
      { maxPayments: 6, metadata: {}, status: 'active' },
    ],
    ['a higher limit and a pause', FULL, { maxPayments: 6, status: 'inactive' }, 'link_final'],
    ['a higher limit and a title', FULL, { maxPayments: 6, title: 'Two' }, 'link_final'],
    ['a higher limit and another end', FULL, { maxPayments: 6, expiresAt: '2026-07-01T00:00:00Z' }, 'link_final'],
    [
      'a higher limit and the same end',
      FULL,
      { maxPayments: 6, expiresAt: '2026-06-01T00:00:00Z' },
      { maxPayments: 6, status: 'active' },
    ],
    ['a higher limit after its end', { ...FULL, expiresAt: NOW }, { maxPayments: 6 }, 'link_final'],
    [
      'a higher limit a moment before its end',
      { ...FULL, expiresAt: new Date(NOW.getTime() + 1) },
      { maxPayments: 6 },
      { maxPayments: 6, status: 'active' },
    ],
    [
      'a higher limit of what has no end',
      { ...FULL, expiresAt: null },
      { maxPayments: 6 },
      { maxPayments: 6, status: 'active' },
    ],
    ['the same limit of what it has completed', FULL, { maxPayments: 5 }, {}],
    ['a lower limit of what it has completed', FULL, { maxPayments: 4 }, ['attributes_invalid maxPayments']],
    ['a revival of what is full', FULL, { status: 'active' }, 'link_final'],
    ['a pause of what is full', FULL, { status: 'inactive' }, 'link_final'],
    [
      'a limit of a single-use link that was paid',
      { ...PRICED, status: 'completed' },
      { maxPayments: 2 },
      ['attributes_invalid maxPayments'],
    ],
    ['no limit of a single-use link that was paid', { ...PRICED, status: 'completed' }, { maxPayments: null }, {}],
    ['a higher limit of what has expired', { status: 'expired' }, { maxPayments: 6 }, 'link_final'],
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
