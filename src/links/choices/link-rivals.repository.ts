import { Injectable } from '@nestjs/common';
import { Transactions } from '../../database/transactions';
import { forgetSql, remindSql } from '../../database/deadline-sql';
import type { LinkOfInvoice } from '../link-of-invoice';
import type { InvoiceKey } from '../slots/link-slots.repository';
import type { LinkStatus } from '../link-states';

/** An invoice that is a choice of a link. */
export interface LinkChoiceRow extends InvoiceKey {
  readonly linkId: string;
  readonly open: boolean;
}

/** What a link becomes, and which invoice it shows from now on. */
export interface LinkMove {
  readonly link: LinkKey;
  readonly status: LinkStatus;
  readonly invoiceId: string | null;
}

type LinkKey = Pick<LinkOfInvoice, 'merchantId' | 'id'>;

const KEYS = 'unnest($1::uuid[], $2::uuid[]) as k (merchant_id, invoice_id)';
const OF_KEY = 'c.merchant_id = k.merchant_id and c.invoice_id = k.invoice_id';
const OF_CHOICE = 'i.merchant_id = c.merchant_id and i.id = c.invoice_id';
const OPEN = `i.status in ('PENDING', 'PROCESSING')`;
const UNENDED = `${OPEN} or (i.status = 'EXPIRED' and i.received > 0)`;

/** The choices of single-use links, which live side by side until one of them is paid. */
@Injectable()
export class LinkRivalsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Of links that are locked: the choices that can still be paid or have been in part, the newest of each link first. */
  choices(links: readonly LinkKey[]): Promise<LinkChoiceRow[]> {
    return this.transactions.rows(
      `select c.merchant_id as "merchantId", c.link_id as "linkId", c.invoice_id as id, ${OPEN} as open
       from unnest($1::uuid[], $2::uuid[]) as k (merchant_id, link_id) join payment_link_choices c on c.merchant_id = k.merchant_id and c.link_id = k.link_id join invoices i on ${OF_CHOICE}
       where ${UNENDED} order by c.merchant_id, c.link_id, c.created_at desc, c.invoice_id desc`,
      columns(links),
    );
  }

  /** Which of these choices still have to be ended, or have money that does not count any more. */
  unended(choices: readonly InvoiceKey[]): Promise<InvoiceKey[]> {
    return this.transactions.rows(
      `select c.merchant_id as "merchantId", c.invoice_id as id from ${KEYS} join payment_link_choices c on ${OF_KEY} join invoices i on ${OF_CHOICE} where ${UNENDED}`,
      columns(choices),
    );
  }

  /** A link that goes back to its payers has its own deadline again. */
  async set(moves: readonly LinkMove[], at: Date): Promise<void> {
    if (moves.length === 0) return;
    await this.transactions.affected(
      `with moved as (
         update payment_links l set status = m.status, invoice_id = m.invoice_id, updated_at = $5, version = l.version + 1
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as m (merchant_id, id, status, invoice_id) where l.merchant_id = m.merchant_id and l.id = m.id
         returning l.merchant_id, l.id, l.network, l.expires_at, l.status in ('active', 'inactive') as open, l.invoice_id
       ), forgotten as (
         ${forgetSql('link', '(select merchant_id, id, network, expires_at from moved where not open)')}
       ), reminded as (
         ${remindSql('link', '(select merchant_id, id, network, expires_at from moved where open and invoice_id is null)')}
       )
       select from moved`,
      [
        ...columns(moves.map(({ link }) => link)),
        moves.map(({ status }) => status),
        moves.map(({ invoiceId }) => invoiceId),
        at,
      ],
    );
  }

  /** Whose choice it was is not needed any more; those that could not be ended now are left for `listClosing`. */
  async close(ended: readonly InvoiceKey[], left: readonly InvoiceKey[] = []): Promise<void> {
    if (ended.length > 0)
      await this.transactions.affected(
        `update payment_link_choices c set payer_address = null, closing = false from ${KEYS} where ${OF_KEY} and c.slot is null and (c.payer_address is not null or c.closing)`,
        columns(ended),
      );
    if (left.length > 0)
      await this.transactions.affected(
        `update payment_link_choices c set closing = true from ${KEYS} where ${OF_KEY} and not c.closing`,
        columns(left),
      );
  }

  /** Choices to be ended whose invoice another transaction held when the link was decided. */
  listClosing(limit: number): Promise<(InvoiceKey & { readonly completed: boolean; readonly open: boolean })[]> {
    return this.transactions.rows(
      `select c.merchant_id as "merchantId", c.invoice_id as id, l.status = 'completed' as completed, ${OPEN} as open
       from payment_link_choices c join payment_links l on l.merchant_id = c.merchant_id and l.id = c.link_id join invoices i on ${OF_CHOICE} where c.closing limit $1`,
      [limit],
    );
  }
}

function columns(keys: readonly InvoiceKey[]): [string[], string[]] {
  return [keys.map(({ merchantId }) => merchantId), keys.map(({ id }) => id)];
}
