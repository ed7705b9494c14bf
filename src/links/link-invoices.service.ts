import type { PricedLine } from '../common/priced-line';
import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import type { Asset } from '../common/money';
import type { Network } from '../common/network';
import type { TillRow } from '../common/till';
import type { Invoice } from '../invoices/invoice';
import { InvoiceReadsService } from '../invoices/invoice-reads.service';
import { storedTaxes } from '../invoices/invoice-totals';
import { type InvoiceDraft, type InvoicePeriod, InvoicesService } from '../invoices/invoices.service';
import type { Keyset } from '../database/keyset';
import { MerchantsService } from '../merchants/merchants.service';
import { CurrenciesService } from '../rates/currencies.service';
import { LinkChoicesRepository } from './choices/link-choices.repository';
import { DEFAULT_TITLE } from './offers/link-products.service';
import type { LinkTerms } from './terms/link-terms';
import { type ItemTax, type Worth, worthOf } from './offers/link-worth';

/** Whose link, and where. */
interface Place {
  readonly merchantId: string;
  readonly network: Network;
  /** The link's creator, as the invoice names it. */
  readonly actor: string;
  /** See Principal. */
  readonly till?: TillRow;
  /** Absent where nobody has subscribed. */
  readonly period?: InvoicePeriod;
  readonly client?: InvoiceClient;
}

/** Who is asked, where that is known. */
export interface InvoiceClient {
  readonly name: string;
  readonly email: string | null;
}

/** What an invoice takes from its link. */
type InvoiceTerms = Pick<LinkTerms, 'title' | 'description' | 'reference' | 'expiresAt'>;

interface Price {
  /** Null for a price in the asset itself. */
  readonly quoteId: string | null;
  readonly asset: Asset;
  readonly worth: Worth;
  readonly lines: readonly PricedLine[];
  readonly scale: number;
  /** In the place of the merchant's own. */
  readonly lateGraceSeconds?: number;
}

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
  ) {}

  /** What is born with a link. Null where a payer has to choose first: for a price in fiat, an amount that is not fixed, and every reusable link. */
  async atBirth(place: Place, terms: LinkTerms, tax: ItemTax | null): Promise<InvoiceDraft | null> {
    const { kind, amount, currency, title, scale } = terms;
    if (kind !== 'standard' || amount === null || this.currencies.get(currency).kind === 'fiat') return null;
    const worth = worthOf([{ description: title ?? DEFAULT_TITLE, price: amount, tax }], 1, 1n);
    if (worth === undefined) throw new Error(`a payment link of ${amount} stroops is worth nothing`);
    return this.draft(place, terms, {
      asset: this.currencies.payable(place.network, currency),
      worth,
      lines: [],
      scale,
      quoteId: null,
    });
  }

  get(link: { readonly merchantId: string; readonly network: Network }, invoiceId: string): Promise<Invoice> {
    return this.reads.get(link, invoiceId);
  }

  /** A page of everything that the link has opened. */
  async list(owner: Tenant, linkId: string, page: Keyset): Promise<Invoice[]> {
    const ids = await this.choices.listInvoiceIds(owner, linkId, page);
    const found = new Map((await this.reads.listByIds(owner, ids)).map((invoice) => [invoice.id, invoice]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** What a payer has chosen. Throws `recovering`. */
  async create(place: Place, terms: InvoiceTerms, price: Price): Promise<Invoice> {
    return this.invoices.createWith(await this.draft(place, terms, price));
  }

  private async draft(
    place: Place,
    terms: InvoiceTerms,
    { asset, worth, lines, scale, quoteId, lateGraceSeconds }: Price,
  ): Promise<InvoiceDraft> {
    const { merchantId, network, actor, period, client } = place;
    const { destination, policy: merchantPolicy } = await this.merchants.till(place, network);
    const usual =
      quoteId === null
        ? merchantPolicy.lateGraceSeconds
        : Math.min(merchantPolicy.lateGraceSeconds, QUOTED_GRACE_SECONDS);
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
      description: terms.description,
      notes: null,
      reference: terms.reference,
      clientName: client?.name ?? null,
      clientEmail: client?.email ?? null,
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
}
