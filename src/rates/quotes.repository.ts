import type { Tenant } from '../common/tenant';
import { Injectable } from '@nestjs/common';
import { CREATION_COLUMNS, type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { Quote } from './quote';

interface QuoteRow extends Omit<Quote, 'asset'> {
  readonly assetCode: string;
  readonly assetIssuer: string | null;
}

const COLUMNS = `merchant_id as "merchantId", id, network, currency, amount, asset_code as "assetCode", asset_issuer as "assetIssuer", pay_amount as "payAmount",
  rate::text as rate, evidence, created_at as "createdAt", expires_at as "expiresAt"`;
const OWNED = 'merchant_id = $1 and ($2::text is null or network = $2)';

@Injectable()
export class QuotesRepository {
  constructor(private readonly transactions: Transactions) {}

  async insert(quote: Quote): Promise<void> {
    const { merchantId, id, network, currency, amount, asset, payAmount, rate, evidence, createdAt, expiresAt } = quote;
    await this.transactions.affected(
      `insert into quotes (merchant_id, id, network, currency, amount, asset_code, asset_issuer, pay_amount, rate, evidence, created_at, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        merchantId,
        id,
        network,
        currency,
        amount,
        asset.code,
        asset.issuer,
        payAmount,
        rate,
        JSON.stringify(evidence),
        createdAt,
        expiresAt,
      ],
    );
  }

  async find(owner: Tenant, id: string): Promise<Quote | null> {
    const [row] = await this.transactions.rows<QuoteRow>(`select ${COLUMNS} from quotes where ${OWNED} and id = $3`, [
      owner.merchantId,
      owner.network,
      id,
    ]);
    return row === undefined ? null : quoteOf(row);
  }

  async list(owner: Tenant, page: Keyset): Promise<Quote[]> {
    const values: unknown[] = [owner.merchantId, owner.network];
    const rows = await this.transactions.page<QuoteRow>(
      `select ${COLUMNS} from quotes where ${OWNED} ${keysetClause(page, CREATION_COLUMNS, values)}`,
      values,
    );
    return rows.map(quoteOf);
  }

  /** Up to `limit` quotes that ended before this instant and that no invoice rests on. Returns how many went. */
  deleteUnchosen(endedBefore: Date, limit: number): Promise<number> {
    return this.transactions.affected(
      `with old as (
         select q.merchant_id, q.id from quotes q
         where q.expires_at < $1 and not exists (select from payment_link_choices c where c.merchant_id = q.merchant_id and c.quote_id = q.id)
         limit $2
       )
       delete from quotes q using old where q.merchant_id = old.merchant_id and q.id = old.id`,
      [endedBefore, limit],
    );
  }
}

function quoteOf({ assetCode, assetIssuer, ...row }: QuoteRow): Quote {
  return { ...row, asset: { code: assetCode, issuer: assetIssuer } };
}
