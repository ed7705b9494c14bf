import type { PricedLine } from '../common/priced-line';
import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import type { Asset } from '../common/money';
import type { Network } from '../common/network';
import type { TillRow } from '../common/till';
import type { Customer } from '../customers/customer';
import { CustomerRecordsService } from '../customers/customer-records.service';
import type { Invoice, PayerAnswers } from '../invoices/invoice';
import { InvoiceReadsService } from '../invoices/invoice-reads.service';
import { storedTaxes } from '../invoices/invoice-totals';
import { type InvoiceDraft, type InvoicePeriod, InvoicesService } from '../invoices/invoices.service';
import type { Keyset } from '../database/keyset';
import { MerchantsService } from '../merchants/merchants.service';
import { CurrenciesService } from '../rates/currencies.service';
import { LinkChoicesRepository } from './choices/link-choices.repository';
import { DEFAULT_TITLE } from './offers/link-products.service';
import { NO_DETAILS, type PayerDetails } from './offers/payer-details';
import { addressText } from './offers/sent-details';
import type { PaymentLink } from './payment-link';
import type { LinkTerms } from './terms/link-terms';
import { plainWords } from './terms/markdown';
import { type ItemTax, type Worth, worthOf } from './offers/link-worth';

/** Whose link, and where. */
interface Place {
  readonly merchantId: string;
  readonly network: Network;
  /** The link's creator, as the invoice names it. */
  readonly actor: string;
  /** See Principal. */
  readonly till?: TillRow;
}

/** For what, and whom. */
export interface InvoiceAim {
  /** Absent where nobody has subscribed. */
  readonly period?: InvoicePeriod;
  readonly client?: InvoiceClient;
}

/** The customer whom the merchant has named. */
type InvoiceClient = Pick<Customer, 'name' | 'email' | 'company' | 'address'>;

/** One of several invoices. */
export interface InvoiceOrder extends InvoiceAim {
  readonly terms: InvoiceTerms;
  readonly price: Price;
  readonly details?: PayerDetails;
}

/** What an invoice takes from its link. */
type InvoiceTerms = Pick<LinkTerms, 'title' | 'description' | 'reference' | 'expiresAt'> &
  Partial<Pick<PaymentLink, 'paidFor' | 'customerId' | 'slug'>>;

interface Price {
  /** Null for a price in the asset itself. */
  readonly quoteId: string | null;
  readonly asset: Asset;
  readonly worth: Worth;
  readonly lines: readonly PricedLine[];
  readonly scale: number;
  /** A rate of the moment has its part in the price. */
  readonly isRated: boolean;
  /** In the place of the merchant's own. */
  readonly lateGraceSeconds?: number;
}

type Client = Pick<InvoiceDraft, 'clientName' | 'clientEmail' | 'clientCompany' | 'clientAddress'>;

/**
 * A quote that could be paid at the merchant's usual leisure would be an option that the payer uses when the market
 * has moved. What was signed under it, also for a choice that was replaced, is on its way no longer than this.
 */
const QUOTED_GRACE_SECONDS = 300;

/** The invoices behind links with terms of their own. */
@Injectable()
export class LinkInvoicesService {
  constructor(
    private readonly invoices: InvoicesService,
    private readonly choices: LinkChoicesRepository,
    private readonly reads: InvoiceReadsService,
    private readonly merchants: MerchantsService,
    private readonly currencies: CurrenciesService,
    private readonly customers: CustomerRecordsService,
  ) {}

  /** What is born with a link. Null where a payer has to choose first: for a price in fiat, an amount that is not fixed, and every reusable link. */
  async atBirth(place: Place, terms: LinkTerms, tax: ItemTax | null): Promise<InvoiceDraft | null> {
    const { kind, amount, currency, title, scale } = terms;
    if (kind !== 'standard' || amount === null || this.currencies.get(currency).kind === 'fiat') return null;
    const worth = worthOf([{ description: title ?? DEFAULT_TITLE, price: amount, tax }], 1, 1n);
    if (worth === undefined) throw new Error(`a payment link of ${amount} stroops is worth nothing`);
    const price = {
      asset: this.currencies.payable(place.network, currency),
      worth,
      lines: [],
      scale,
      quoteId: null,
      isRated: false,
    };
    return draftOf(place, await this.merchants.till(place, place.network), { terms, price });
  }

  get(link: { readonly merchantId: string; readonly network: Network }, invoiceId: string): Promise<Invoice> {
    return this.reads.get(link, invoiceId);
  }

  /** Those of these that there are, in the order of the ids. */
  async listByIds(
    link: { readonly merchantId: string; readonly network: Network },
    ids: readonly string[],
  ): Promise<Invoice[]> {
    if (ids.length === 0) return [];
    const found = new Map((await this.reads.listByIds(link, ids)).map((invoice) => [invoice.id, invoice]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** A page of everything that the link has opened. */
  async list(owner: Tenant, linkId: string, page: Keyset): Promise<Invoice[]> {
    const ids = await this.choices.listInvoiceIds(owner, linkId, page);
    const found = new Map((await this.reads.listByIds(owner, ids)).map((invoice) => [invoice.id, invoice]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** What a payer has chosen, made out to the link's customer, or to whom the payer says. Throws `recovering`. */
  async create(place: Place & InvoiceAim, terms: InvoiceTerms, price: Price, details = NO_DETAILS): Promise<Invoice> {
    const { period, client } = place;
    const aim = { ...(period === undefined ? {} : { period }), ...(client === undefined ? {} : { client }) };
    const [invoice] = await this.createAll(place, [{ ...aim, terms, price, details }]);
    if (invoice === undefined) throw new Error('an invoice was not made');
    return invoice;
  }

  /** However many, each in the place of its order, in as many statements as one. Throws `recovering`: then none is made. */
  async createAll(place: Place, orders: readonly InvoiceOrder[]): Promise<Invoice[]> {
    if (orders.length === 0) return [];
    const till = await this.merchants.till(place, place.network);
    const customers = await this.customersOf(place.merchantId, orders);
    return this.invoices.createAll(
      orders.map((order) => ({
        ...draftOf(place, till, order),
        ...clientOf(order, customers.get(order.terms.customerId ?? '')),
        payer: answersOf(order.details ?? NO_DETAILS),
      })),
    );
  }

  /** Nobody is left of an erased customer. */
  private async customersOf(merchantId: string, orders: readonly InvoiceOrder[]): Promise<Map<string, Customer>> {
    const ids = [...new Set(orders.flatMap(({ terms }) => terms.customerId ?? []))];
    const found = ids.length === 0 ? [] : await this.customers.listByIds(merchantId, ids);
    return new Map(found.flatMap((customer) => (customer.erasedAt === null ? [[customer.id, customer] as const] : [])));
  }
}

function clientOf({ details = NO_DETAILS, client }: InvoiceOrder, customer: Customer | undefined): Client {
  const { name, email, address } = details;
  const told = address === null ? null : addressText(address);
  const billed = client ?? customer;
  if (billed === undefined) return { clientName: name, clientEmail: email, clientCompany: null, clientAddress: told };
  return {
    clientName: billed.name,
    clientEmail: billed.email,
    clientCompany: billed.company,
    clientAddress: told ?? billed.address,
  };
}

function draftOf(
  { merchantId, network, actor }: Place,
  { destination, policy: merchantPolicy }: Awaited<ReturnType<MerchantsService['till']>>,
  { terms, price: { asset, worth, lines, scale, isRated, lateGraceSeconds }, period }: InvoiceOrder,
): InvoiceDraft {
  const usual = isRated
    ? Math.min(merchantPolicy.lateGraceSeconds, QUOTED_GRACE_SECONDS)
    : merchantPolicy.lateGraceSeconds;
  const policy = { ...merchantPolicy, lateGraceSeconds: lateGraceSeconds ?? usual };
  const { subtotal, taxRate, taxes, taxAmount, total } = worth;
  return {
    merchantId,
    createdBy: actor,
    network,
    destination,
    asset,
    status: 'PENDING' as const,
    title: terms.title ?? DEFAULT_TITLE,
    description:
      terms.slug === null || terms.slug === undefined ? terms.description : plainWords(terms.description ?? '') || null,
    notes: null,
    reference: terms.reference ?? terms.paidFor ?? null,
    clientName: null,
    clientEmail: null,
    clientCompany: null,
    clientAddress: null,
    lines,
    subtotal,
    taxRate,
    taxes: storedTaxes(taxes),
    taxAmount,
    discount: 0n,
    total,
    scale,
    activateNewAccounts: false,
    expiresAt: terms.expiresAt,
    policy,
    ...(period === undefined ? {} : { period }),
  };
}

function answersOf({ address, customFields }: PayerDetails): PayerAnswers | null {
  return address === null && customFields === null ? null : { address, customFields };
}
