import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import { type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import { forgetSql, remindSql } from '../database/deadline-sql';
import { type WriteFragment, statementOf } from '../database/write-fragment';
import { openLife } from '../lives/open-life';
import { columnValue, linkInsert, type NewLink } from './link-insert';
import type { LinkKind } from './link-kinds';
import type { LinkStatus } from './link-states';
import { LINK_STATE_SQL, type LinkState, type PaymentLink } from './payment-link';
import type { ShopTerms } from './shop-terms';

/** Any of each list. */
export interface LinkFilter {
  readonly kind?: readonly LinkKind[];
  readonly reference?: readonly string[];
  readonly status?: readonly LinkState[];
  readonly publicId?: readonly string[];
  readonly createdAt?: { readonly from?: Date; readonly to?: Date };
}

/** What an owner may rewrite of a link. */
export type LinkRevision = Pick<
  PaymentLink,
  | 'title'
  | 'description'
  | 'metadata'
  | 'amount'
  | 'scale'
  | 'minimum'
  | 'maximum'
  | 'presets'
  | 'maxPayments'
  | 'maxQuantity'
  | 'expiresAt'
  | 'successRedirectUrl'
  | 'unsuccessRedirectUrl'
  | 'productIds'
  | 'productQuantities'
  | 'taxRateId'
  | Exclude<keyof ShopTerms, 'slug'>
> & { readonly status: LinkStatus };

/** What stands in tables of its own. */
type Beside = 'productIds' | 'productQuantities' | 'taxRateId';
const REVISABLE: Readonly<Record<Exclude<keyof LinkRevision, Beside>, string>> = {
  title: 'title',
  description: 'description',
  metadata: 'metadata',
  amount: 'amount',
  scale: 'scale',
  minimum: 'minimum',
  maximum: 'maximum',
  presets: 'presets',
  maxPayments: 'max_payments',
  maxQuantity: 'max_quantity',
  coverImage: 'cover_image',
  customFields: 'custom_fields',
  collectsAddress: 'collects_address',
  adjustsQuantity: 'adjusts_quantity',
  sellsEverything: 'sells_everything',
  showsCodes: 'shows_codes',
  collectsTax: 'collects_tax',
  paidFor: 'paid_for',
  customerId: 'customer_id',
  expiresAt: 'expires_at',
  successRedirectUrl: 'success_redirect_url',
  unsuccessRedirectUrl: 'unsuccess_redirect_url',
  status: 'status',
};

const COLUMNS = `l.merchant_id as "merchantId", l.id, l.public_id as "publicId", l.kind, l.status, l.network, l.invoice_id as "invoiceId", l.direction, l.title, l.description, l.amount,
  l.minimum, l.maximum, l.presets, l.max_payments as "maxPayments", l.max_quantity as "maxQuantity", l.recurrence, l.scale, l.currency, l.account_currency as "accountCurrency",
  l.pay_currencies as "payCurrencies", l.payment_methods as "paymentMethods", l.reference, l.success_redirect_url as "successRedirectUrl", l.unsuccess_redirect_url as "unsuccessRedirectUrl",
  l.metadata, l.expires_at as "expiresAt", l.slots_used::float8 as "slotsUsed", l.payments_made::float8 as "paymentsMade", l.payments_over_limit::float8 as "paymentsOverLimit",
  case when l.kind = 'product' then array(select p.product_id from payment_link_products p where p.merchant_id = l.merchant_id and p.link_id = l.id order by p.position) else '{}' end as "productIds",
  case when l.kind = 'product' then array(select p.quantity from payment_link_products p where p.merchant_id = l.merchant_id and p.link_id = l.id order by p.position) else '{}' end as "productQuantities",
  (select t.tax_rate_id from payment_link_tax_rates t where t.merchant_id = l.merchant_id and t.link_id = l.id) as "taxRateId",
  l.slug, l.cover_image as "coverImage", l.custom_fields as "customFields", l.collects_address as "collectsAddress", l.adjusts_quantity as "adjustsQuantity",
  l.sells_everything as "sellsEverything", l.shows_codes as "showsCodes", l.collects_tax as "collectsTax", l.paid_for as "paidFor", l.customer_id as "customerId",
  (select json_build_object('subscriptionId', s.id, 'index', l.period_index, 'tax', case when s.tax_percentage is not null then json_build_object('percentage', s.tax_percentage, 'inclusive', s.tax_inclusive) end,
       'details', json_build_object('name', s.payer_name, 'email', s.email, 'address', s.payer_address, 'customFields', case when s.answers::text <> '{}' then s.answers end))
     from subscriptions s where s.merchant_id = l.merchant_id and s.id = l.subscription_id) as period,
  l.version, l.created_at as "createdAt", l.updated_at as "updatedAt"`;
const OWNED = 'l.merchant_id = $1 and ($2::text is null or l.network = $2)';
const DUE = `l.expires_at < $3 and l.invoice_id is null and l.status in ('active', 'inactive')`;
/** No subscription waits for its period any more: while one does, the link ends after it. */
const UNAWAITED = `not exists (select from subscription_periods p where p.merchant_id = l.merchant_id and p.link_id = l.id and p.state in ('open', 'past_due'))`;
const REMINDED = `, reminded as (
         ${remindSql('link', '(select merchant_id, id, network, expires_at from revised where invoice_id is null)')}
       )`;
/** The snapshot of a statement shows the row as it was before. */
const DEADLINE_MOVED = `, before as (
         select merchant_id, id, network, expires_at from payment_links where merchant_id = $1 and id = $2
       ), forgotten as (
         ${forgetSql('link', 'before')}
       )${REMINDED}`;
const SORTS = { createdAt: { sql: 'l.created_at', type: 'timestamptz' }, id: { sql: 'l.id', type: 'uuid' } } as const;

@Injectable()
export class LinksRepository {
  constructor(private readonly transactions: Transactions) {}

  /** A link without invoice, and what is written with it; false while nothing may be given out. Violates what `linkInsert` does. */
  async insertAlone(link: NewLink, companions: readonly WriteFragment[]): Promise<boolean> {
    const { text, values } = statementOf(
      [openLife(link.network), linkInsert(link, 'open'), ...companions],
      'select id from linked',
    );
    return (await this.transactions.rows(text, values)).length > 0;
  }

  async find(owner: Tenant, id: string): Promise<PaymentLink | null> {
    const [row] = await this.listByIds(owner, [id]);
    return row ?? null;
  }

  listByIds(owner: Tenant, ids: readonly string[]): Promise<PaymentLink[]> {
    return this.transactions.rows(`select ${COLUMNS} from payment_links l where ${OWNED} and l.id = any($3::uuid[])`, [
      owner.merchantId,
      owner.network,
      ids,
    ]);
  }

  /** Any holder of the public id may look: it carries 160 random bits. */
  async findPublicById(publicId: string): Promise<PaymentLink | null> {
    const [row] = await this.transactions.rows<PaymentLink>(
      `select ${COLUMNS} from payment_links l where l.public_id = $1`,
      [publicId],
    );
    return row ?? null;
  }

  /** Those that the owner has made: what periods are paid by is found at their subscription. */
  list(owner: Tenant, filter: LinkFilter, page: Keyset): Promise<PaymentLink[]> {
    const { kind, reference, status, publicId, createdAt } = filter;
    const values: unknown[] = [
      owner.merchantId,
      owner.network,
      reference ?? null,
      status ?? null,
      publicId ?? null,
      createdAt?.from ?? null,
      createdAt?.to ?? null,
      kind ?? null,
    ];
    return this.transactions.page(
      `select ${COLUMNS} from payment_links l where ${OWNED} and l.subscription_id is null and ($3::text[] is null or l.reference = any($3)) and ($4::text[] is null or ${LINK_STATE_SQL} = any($4))
         and ($5::text[] is null or l.public_id = any($5)) and ($6::timestamptz is null or l.created_at >= $6) and ($7::timestamptz is null or l.created_at < $7) and ($8::text[] is null or l.kind = any($8))
         ${keysetClause(page, SORTS, values)}`,
      values,
    );
  }

  /** Those that ask for money, the newest first. */
  listNewest(owner: Tenant, skip: number, take: number): Promise<PaymentLink[]> {
    return this.transactions.page(
      `select ${COLUMNS} from payment_links l where ${OWNED} and l.direction = 'invoice' order by l.created_at desc, l.id desc offset $3 limit $4`,
      [owner.merchantId, owner.network, skip, take],
    );
  }

  /** The whole link, locked for a change by its owner. Read after it is locked: whoever waited sees products and taxes as they are now. */
  async lockOwned(owner: Tenant, id: string): Promise<PaymentLink | null> {
    const locked = await this.transactions.rows(
      `select from payment_links l where ${OWNED} and l.id = $3 for no key update of l`,
      [owner.merchantId, owner.network, id],
    );
    return locked.length === 0 ? null : this.find(owner, id);
  }

  /** Rewrites members of a link that is locked. One that opens again is reminded of its deadline again. */
  async revise(
    link: Pick<PaymentLink, 'merchantId' | 'id' | 'status'>,
    revision: Partial<LinkRevision>,
    at: Date,
  ): Promise<void> {
    const reopens = link.status === 'completed' && revision.status === 'active';
    const members = (Object.keys(revision) as (keyof LinkRevision)[]).filter(
      (member) => member in REVISABLE,
    ) as (keyof typeof REVISABLE)[];
    const values = members.map((member) => columnValue(member, revision[member]));
    const assignments = members.map((member, index) => `${REVISABLE[member]} = $${index + 4}`);
    await this.transactions.affected(
      `with revised as (
         update payment_links set ${['updated_at = $3', 'version = version + 1', ...assignments].join(', ')} where merchant_id = $1 and id = $2
         returning merchant_id, id, network, expires_at, invoice_id
       )${revision.expiresAt === undefined ? (reopens ? REMINDED : '') : DEADLINE_MOVED}
       select from revised`,
      [link.merchantId, link.id, at, ...values],
    );
    if (revision.productIds !== undefined || revision.productQuantities !== undefined)
      await this.restock(link, revision.productIds ?? [], revision.productQuantities ?? []);
    if (revision.taxRateId !== undefined) await this.retax(link, revision.taxRateId);
  }

  private async restock(
    { merchantId, id }: Pick<PaymentLink, 'merchantId' | 'id'>,
    products: readonly string[],
    quantities: readonly number[],
  ): Promise<void> {
    await this.transactions.affected('delete from payment_link_products where merchant_id = $1 and link_id = $2', [
      merchantId,
      id,
    ]);
    await this.transactions.affected(
      `insert into payment_link_products (merchant_id, link_id, position, product_id, quantity)
       select $1, $2, p.position, p.product_id, p.quantity from unnest($3::uuid[], $4::integer[]) with ordinality as p (product_id, quantity, position)`,
      [merchantId, id, products, quantities],
    );
  }

  private async retax({ merchantId, id }: Pick<PaymentLink, 'merchantId' | 'id'>, rate: string | null): Promise<void> {
    await this.transactions.affected('delete from payment_link_tax_rates where merchant_id = $1 and link_id = $2', [
      merchantId,
      id,
    ]);
    if (rate !== null)
      await this.transactions.affected(
        'insert into payment_link_tax_rates (merchant_id, link_id, tax_rate_id) values ($1, $2, $3)',
        [merchantId, id, rate],
      );
  }

  /** The link that a merchant has at a path. */
  async findBySlug(merchantId: string, slug: string): Promise<PaymentLink | null> {
    const [row] = await this.transactions.rows<PaymentLink>(
      `select ${COLUMNS} from payment_links l where l.merchant_id = $1 and l.slug = $2`,
      [merchantId, slug],
    );
    return row ?? null;
  }

  /** Locks the link for a change of its own; what was read before may be old. */
  async lock(merchantId: string, id: string): Promise<Pick<PaymentLink, 'status' | 'invoiceId' | 'version'>> {
    const [row] = await this.transactions.rows<Pick<PaymentLink, 'status' | 'invoiceId' | 'version'>>(
      `select status, invoice_id as "invoiceId", version from payment_links where merchant_id = $1 and id = $2 for no key update`,
      [merchantId, id],
    );
    if (row === undefined) throw new Error(`payment link ${id} vanished`);
    return row;
  }

  /** Ends a link that is locked. */
  async expire(link: Pick<PaymentLink, 'merchantId' | 'id'>, at: Date): Promise<void> {
    await this.transactions.affected(
      `with ended as (
         update payment_links set status = 'expired', updated_at = $3, version = version + 1 where merchant_id = $1 and id = $2
         returning merchant_id, id, network, expires_at
       ), forgotten as (${forgetSql('link', 'ended')})
       select from ended`,
      [link.merchantId, link.id, at],
    );
  }

  /** Ends those of one merchant's links without invoice whose time was over at `now` and that no other transaction holds or has just changed (ADR 19). */
  expireDue(merchantId: string, ids: readonly string[], now: Date): Promise<PaymentLink[]> {
    return this.transactions.rows(
      `with due as (
         select l.merchant_id, l.id, l.version from payment_links l where l.merchant_id = $1 and l.id = any($2::uuid[]) and ${DUE} and ${UNAWAITED}
         order by l.id for no key update skip locked
       ), moved as (
         update payment_links l set status = 'expired', updated_at = $3, version = l.version + 1 from due where l.merchant_id = due.merchant_id and l.id = due.id and l.version = due.version
         returning l.*
       ), forgotten as (
         ${forgetSql('link', 'moved')}
       )
       select ${COLUMNS} from moved l`,
      [merchantId, ids, now],
    );
  }

  /** Those of the ids that have nothing to end at `now`. */
  async listNotDue(merchantId: string, ids: readonly string[], now: Date): Promise<string[]> {
    const rows = await this.transactions.rows<{ id: string }>(
      `select k.id from unnest($2::uuid[]) as k (id) where not exists (select from payment_links l where l.merchant_id = $1 and l.id = k.id and ${DUE})`,
      [merchantId, ids, now],
    );
    return rows.map(({ id }) => id);
  }
}
