import { CreateInvoiceDto } from '../../invoices/invoice.dto';
import { CreateLinkDto, UpdateLinkDto } from '../../links/link.dto';
import { CreateResolutionDto } from '../../payments/payment-resolution.dto';
import type { Noun } from '../nouns';

export const MONEY: readonly Noun[] = [
  {
    type: 'paymentLinks',
    singular: 'payment link',
    plural: 'payment links',
    about:
      'Pages where somebody pays. The `target` of a standard link is the invoice that waits for the money; it has one once a payer has chosen, or at once with a fixed price in an asset. Links to products and donations can be used again and list what they opened under `invoices`.',
    versioned: true,
    operations: {
      GET: { summary: 'List payment links' },
      POST: {
        summary: 'Create a payment link',
        description:
          '`amount` is null with `openAmount`, and with the relationship `products`, which a link of the kind `product` must have (1 to 20). With a `slug` the link has a page at `/p/{handle of the merchant}/{slug}`, its description is read as Markdown, and payers may say who they are. `expires_at` is accepted as well as `expiresAt`, `payment_links` as well as `paymentLinks`.',
        dto: CreateLinkDto,
        example: {
          attributes: {
            amount: '25.00',
            currency: 'USDC',
            paymentType: 'Invoice',
            expiresAt: '$IN_A_DAY',
            reference: 'order-$RANDOM',
            title: 'Order 7',
          },
        },
      },
      'GET /:id': { summary: 'Read a payment link' },
      'GET /:id/statistics': {
        summary: 'Read how a payment link does',
        operationId: 'readStatisticsOfPaymentLink',
        answers: 'paymentLinkStatistics',
        filtered: true,
      },
      'PATCH /:id': {
        summary: 'Change a payment link',
        description:
          'Members that are not sent stay as they are. `inactive` is a pause. What an invoice was made with stays: of a standard link that has its invoice only redirects and metadata change, of one that has ended only metadata.',
        dto: UpdateLinkDto,
        example: { attributes: { metadata: { order: '8' } } },
      },
      'POST /:id/expiration': {
        summary: 'Expire a payment link',
        description:
          'Nobody can choose or check out from now on. The invoice of a standard link ends with it; what a reusable link has opened can be paid until its own end.',
      },
    },
  },
  {
    type: 'paymentLinkStatistics',
    singular: 'payment link statistics',
    plural: 'payment link statistics',
    about:
      'How a link does, day by day: page views, counted without cookies and without programs that look at pages; choices of payers; what of them was paid and what ended unpaid; what came in of each asset. `conversion` is payments for each page view. The id is that of the link.',
    operations: {
      'GET /:id': {
        summary: 'Read statistics of a payment link',
        operationId: 'readPaymentLinkStatistics',
        filtered: true,
      },
    },
  },
  {
    type: 'invoices',
    singular: 'invoice',
    plural: 'invoices',
    about:
      'What is owed, and what of it has arrived. Sums are computed here; nothing but the ledger makes an invoice paid.',
    operations: {
      GET: { summary: 'List invoices' },
      POST: {
        summary: 'Create an invoice',
        description: 'Lines are added up, the tax is put on top and the discount taken off.',
        dto: CreateInvoiceDto,
        example: {
          attributes: {
            currency: 'USDC',
            lines: [{ description: 'Beans', quantity: '2.5', rate: '4.00' }],
            taxRate: '19',
            clientName: 'Grace',
            expiresAt: '$IN_A_DAY',
          },
        },
      },
      'GET /:id': { summary: 'Read an invoice' },
      'GET /:id/receipt': {
        summary: 'Read the receipt of an invoice',
        description: 'A PDF of what has been paid so far, on A4. An invoice of which nothing has been paid has none.',
        operationId: 'readInvoiceReceipt',
      },
      'POST /:id/cancellation': {
        summary: 'Cancel an invoice',
        description:
          'Nobody can pay it from now on; money that arrives all the same is held. One that is paid or has ended stays as it is.',
      },
      'POST /:id/erasure': {
        summary: 'Erase who paid an invoice',
        description:
          'Name, e-mail, company, address and answers are gone for good, from its events too; what was owed and paid stays for the books. Doing it again changes nothing.',
      },
    },
  },
  {
    type: 'payments',
    singular: 'payment',
    plural: 'payments',
    about:
      'Money that was seen on the ledger. `held` payments name no invoice that could take them and wait for a payment resolution.',
    operations: { GET: { summary: 'List payments' }, 'GET /:id': { summary: 'Read a payment' } },
  },
  {
    type: 'paymentResolutions',
    singular: 'payment resolution',
    plural: 'payment resolutions',
    about:
      'What a human decided about a held payment, once: attach it to an invoice, note that it was sent back, or dismiss it.',
    operations: {
      GET: { summary: 'List payment resolutions' },
      POST: {
        summary: 'Decide about a held payment',
        description:
          '`attach` needs the relationship `invoice`; `dismiss` needs a `reason`; `refund` may tell the transaction that sent the money back.',
        dto: CreateResolutionDto,
        needs: ['payment'],
        example: {
          attributes: { action: 'dismiss', reason: 'a gift' },
          relationships: { payment: { type: 'payments', id: '$PAYMENT_ID' } },
        },
      },
      'GET /:id': { summary: 'Read a payment resolution' },
    },
  },
];
