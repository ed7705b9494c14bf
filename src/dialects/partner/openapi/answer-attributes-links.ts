import { LINK_KINDS } from '../../../links/link-kinds';
import { LINK_STATES } from '../../../links/payment-link';
import { recurrence } from './answer-attributes-recurring';
import { type Attributes, createdAt, network, told, updatedAt } from './answer-shapes';
import {
  choice,
  currencyCode,
  decimal,
  flag,
  instant,
  labels,
  list,
  metadata,
  nullable,
  record,
  text,
  url,
  whole,
} from '../../../http/json-schema';

/** What answers say of payment links. */
export const PAYMENT_LINK_ATTRIBUTES: Attributes = {
  kind: choice(LINK_KINDS),
  amount: told(
    'Null where the payer says how much, and for products, whose prices count when somebody checks out.',
    nullable(decimal),
  ),
  openAmount: told(
    'What the payer may say.',
    nullable(record({ minimum: decimal, maximum: decimal, presets: list(decimal, 10) })),
  ),
  quantity: told('Null: exactly one.', nullable(record({ maximum: whole(2, 1000) }))),
  currency: currencyCode,
  accountCurrency: nullable(currencyCode),
  network: nullable(network),
  networkName: nullable(text(40)),
  reference: nullable(text(255)),
  hostedPageUrl: url,
  publicId: text(40),
  status: choice(LINK_STATES),
  maxPayments: told('Null: no limit.', nullable(whole(1))),
  slotsUsed: told('Invoices that may still be paid, and those that were.', whole()),
  paymentsMade: whole(),
  paymentsOverLimit: told('Attached by hand although no slot was free.', whole()),
  recurrence,
  approvalStatus: told('Of links that pay out, which are not offered yet.', { type: 'null' }),
  expiresAt: nullable(instant),
  createdAt,
  updatedAt,
  paymentType: choice(['Invoice', 'Payout']),
  paymentMethods: list(text(40), 10),
  payCurrencies: nullable(list(currencyCode, 50)),
  successRedirectUrl: nullable(url),
  unsuccessRedirectUrl: nullable(url),
  title: nullable(text(300)),
  description: nullable(text(2000)),
  metadata,
  slug: told(
    'Path of the page behind the handle of its merchant. This and what follows is not there for links of which none of it was said.',
    nullable(text(100)),
  ),
  coverImage: nullable(url),
  customFields: told('Questions to the payer: labels by keys.', nullable(labels)),
  collectsAddress: flag,
  adjustsQuantity: told('The payer may say how many of each product.', flag),
  sellsEverything: told('The payer picks from all active products.', flag),
  showsCodes: told('False: the page shows no QR code and no address for wallet apps.', flag),
  collectsTax: told(
    'Null: products are taxed as they say. Otherwise whether everything is taxed, by the rate of the link.',
    nullable(flag),
  ),
  paidFor: told(
    'What the merchant calls it; the reference of its invoices where the link has none.',
    nullable(text(255)),
  ),
  productQuantities: told('How many of each product, in the order of the relationship.', list(whole(1, 1000), 50)),
};
