import type { Tenant } from '../../common/tenant';
import { Injectable } from '@nestjs/common';
import type { Amount } from '../../common/money';
import { type Keyset, keysetClause } from '../../database/keyset';
import { Transactions } from '../../database/transactions';
import type { Basket } from '../offers/basket';
import type { PaymentLink } from '../payment-link';

/** What a payer chose, and which invoice it made. */
export interface NewChoice {
  readonly invoiceId: string;
  /** Null for a link that is priced in the asset that is paid. */
  readonly quoteId: string | null;
  readonly payCurrency: string;
  /** In the link's currency. */
  readonly amount: Amount;
  readonly quantity: number;
  /** When the invoice was made: lists of a link's invoices follow it. */
  readonly createdAt: Date;
  /** What of the goods; null where the link sells none. */
  readonly basket: Basket | null;
  /** Of what the payer's client names it by. */
  readonly keyDigest: Buffer | null;
  /** Of what the payer said under that name, where the same name must not say anything else. */
  readonly saidDigest: Buffer | null;
}

export interface StoredChoice {
  readonly linkId: string;
  readonly quoteId: string | null;
  readonly payCurrency: string;
  readonly amount: Amount;
}

/** A choice that was made under a key. */
export interface KeptChoice {
  readonly invoiceId: string;
  readonly payCurrency: string;
  readonly amount: Amount;
  readonly quantity: number;
  /** Null where nobody has kept it. */
  readonly saidDigest: Buffer | null;
}

/** A choice of a single-use link that can still be paid. */
export interface OwnChoice {
  readonly invoiceId: string;
  readonly publicId: string;
  readonly payCurrency: string;
  readonly amount: Amount;
  readonly quantity: number;
  readonly basket: Basket | null;
  readonly expiresAt: Date;
}

type LinkKey = Pick<PaymentLink, 'merchantId' | 'id'>;

const INSERT = `insert into payment_link_choices (merchant_id, invoice_id, link_id, quote_id, pay_currency, amount, quantity, slot, payer_address, created_at, key_digest, basket, said_digest) values ($1, $3, $2, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, $13)`;
/** Within the branch, so that its index ends the search after one page. */
const CHOSEN = {
  createdAt: { sql: 'c.created_at', type: 'timestamptz' },
  id: { sql: 'c.invoice_id', type: 'uuid' },
} as const;
const SORTS = { createdAt: { sql: 'o.created_at', type: 'timestamptz' }, id: { sql: 'o.id', type: 'uuid' } } as const;

@Injectable()
export class LinkChoicesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Makes an invoice the newest choice of a single-use link; the caller holds the link's lock. */
  async choose(link: LinkKey, choice: NewChoice, payerAddress: string, at: Date): Promise<void> {
    await this.transactions.affected(
      `with chosen as (${INSERT}) update payment_links set invoice_id = $3, updated_at = $14, version = version + 1 where merchant_id = $1 and id = $2`,
      [...values(link, choice, null, payerAddress), at],
    );
  }

  /** Choices of a single-use link that payers at one address can pay at `now`, the newest first. Exact while the caller holds the link's lock. */
  listOwn(link: LinkKey, payerAddress: string, now: Date): Promise<OwnChoice[]> {
    return this.transactions.rows(
      `select c.invoice_id as "invoiceId", i.public_id as "publicId", c.pay_currency as "payCurrency", c.amount, c.quantity, c.basket, i.expires_at as "expiresAt"
       from payment_link_choices c join invoices i on i.merchant_id = c.merchant_id and i.id = c.invoice_id
       where c.merchant_id = $1 and c.link_id = $2 and c.payer_address = $3 and c.slot is null and i.status in ('PENDING', 'PROCESSING') and i.expires_at > $4
       order by c.created_at desc, c.invoice_id desc`,
      [link.merchantId, link.id, payerAddress, now],
    );
  }

  /** Remembers an invoice that holds a slot; the caller has taken it. */
  async hold(link: LinkKey, choice: NewChoice, payerAddress: string | null): Promise<void> {
    await this.transactions.affected(INSERT, values(link, choice, 'held', payerAddress));
  }

  /** Null when the invoice was not chosen but born with its link, or has none. */
  async find(merchantId: string, invoiceId: string): Promise<StoredChoice | null> {
    const [row] = await this.transactions.rows<StoredChoice>(
      'select link_id as "linkId", quote_id as "quoteId", pay_currency as "payCurrency", amount from payment_link_choices where merchant_id = $1 and invoice_id = $2',
      [merchantId, invoiceId],
    );
    return row ?? null;
  }

  /** What was chosen for a link under a key; null when nothing was. */
  async findByKey(link: LinkKey, keyDigest: Buffer): Promise<KeptChoice | null> {
    const [row] = await this.transactions.rows<KeptChoice>(
      'select invoice_id as "invoiceId", pay_currency as "payCurrency", amount, quantity, said_digest as "saidDigest" from payment_link_choices where merchant_id = $1 and link_id = $2 and key_digest = $3',
      [link.merchantId, link.id, keyDigest],
    );
    return row ?? null;
  }

  /** Slots of a link that payers at one address hold unpaid. Exact while the caller holds the link's lock. */
  async countHeld(link: LinkKey, payerAddress: string): Promise<number> {
    const [row] = await this.transactions.rows<{ held: number }>(
      `select count(*)::integer as held from payment_link_choices where merchant_id = $1 and link_id = $2 and payer_address = $3 and slot = 'held'`,
      [link.merchantId, link.id, payerAddress],
    );
    return row?.held ?? 0;
  }

  /** One page of the ids of every invoice of a link, by the time they were made. */
  async listInvoiceIds(owner: Tenant, linkId: string, page: Keyset): Promise<string[]> {
    const parameters: unknown[] = [owner.merchantId, linkId];
    const rows = await this.transactions.rows<{ id: string }>(
      `select o.id from (
         (select c.invoice_id as id, c.created_at from payment_link_choices c where c.merchant_id = $1 and c.link_id = $2 ${keysetClause(page, CHOSEN, parameters)})
         union all
         select i.id, i.created_at from payment_links l join invoices i on i.merchant_id = l.merchant_id and i.id = l.invoice_id
         where l.merchant_id = $1 and l.id = $2 and not exists (select from payment_link_choices c where c.merchant_id = l.merchant_id and c.invoice_id = l.invoice_id)
       ) as o where true ${keysetClause(page, SORTS, parameters)}`,
      parameters,
    );
    return rows.map(({ id }) => id);
  }
}

function values(link: LinkKey, choice: NewChoice, slot: 'held' | null, payerAddress: string | null): unknown[] {
  return [
    link.merchantId,
    link.id,
    choice.invoiceId,
    choice.quoteId,
    choice.payCurrency,
    choice.amount,
    choice.quantity,
    slot,
    payerAddress,
    choice.createdAt,
    choice.keyDigest,
    choice.basket === null ? null : JSON.stringify(choice.basket),
    choice.saidDigest,
  ];
}
