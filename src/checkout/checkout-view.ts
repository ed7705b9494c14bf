import type { PricedLine } from '../common/priced-line';
import { plainLine, plainText } from '../common/plain-text';
import type { Invoice } from '../invoices/invoice';
import type { StoredTax } from '../invoices/invoice-totals';
import { percentageText } from '../common/percentage';
import type { LinkContext } from './link-context';
import { isPayable, type PaymentFacts, printAmount } from './payment-facts';

/** Everything the page says: the facts, and the merchant's words without anything that could forge them. */
export interface CheckoutView extends PaymentFacts {
  readonly merchant: string;
  readonly number: string;
  readonly title: string;
  readonly description: string | null;
  readonly lines: readonly PricedLine[];
  readonly subtotal: string;
  /** `percent` is null where several rates make the sum; `parts` then lists them. */
  readonly tax: {
    readonly percent: string | null;
    readonly amount: string;
    readonly parts: readonly StoredTax[];
  } | null;
  readonly discount: string | null;
  readonly link: LinkContext;
  /** Codes of the other listed assets, which the market may exchange on the way. */
  readonly otherAssets: readonly string[];
  /** The instant of this view, for the countdown. */
  readonly now: Date;
  /** The asset cannot arrive at the merchant's account: payers should not pay now. */
  readonly blocked: boolean;
  /** True where a throw-away wallet can pay: on the sandbox. */
  readonly testWallet: boolean;
}

/** `listed` are the codes of the assets that can be paid with on the invoice's network. */
export function checkoutView(
  facts: PaymentFacts,
  invoice: Invoice,
  merchantName: string,
  link: LinkContext,
  listed: readonly string[],
  blocked: boolean,
  now: Date,
): CheckoutView {
  return {
    ...facts,
    merchant: plainLine(merchantName) || 'Unnamed merchant',
    number: plainLine(invoice.number),
    title: plainLine(invoice.title) || 'Payment',
    description: plainText(invoice.description ?? '') || null,
    lines: invoice.lines.map((line) => ({
      description: plainLine(line.description),
      quantity: line.quantity,
      rate: line.rate,
      amount: line.amount,
    })),
    subtotal: printAmount(invoice, invoice.subtotal),
    tax:
      invoice.taxAmount === 0n
        ? null
        : {
            percent: invoice.taxRate === null ? null : percentageText(invoice.taxRate),
            amount: printAmount(invoice, invoice.taxAmount),
            parts: invoice.taxes,
          },
    discount: invoice.discount === 0n ? null : printAmount(invoice, invoice.discount),
    link,
    otherAssets: listed.filter((code) => code !== facts.asset.code),
    blocked,
    now,
    testWallet: facts.network === 'sandbox' && isPayable(facts.state),
  };
}
