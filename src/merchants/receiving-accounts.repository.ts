import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { CREATION_COLUMNS, type Keyset, keysetClause } from '../database/keyset';
import { Transactions } from '../database/transactions';
import type { ReceivingAccount } from './receiving-account';

export type NewReceivingAccount = Pick<ReceivingAccount, 'merchantId' | 'id' | 'network' | 'address' | 'createdAt'>;

/** `reach` is the one network the caller may see; null for all. */
export interface AccountFilter {
  readonly reach: Network | null;
  readonly network?: readonly Network[];
}

const COLUMNS = `merchant_id as "merchantId", id, network, address, is_default as "isDefault", version, created_at as "createdAt"`;
const OWNED = 'merchant_id = $1 and ($2::text is null or network = $2)';

// One statement, so that there is never a moment with two or none. Under the merchant's lock.
const SET_DEFAULT = `
  update receiving_accounts set is_default = (id = $3), version = version + 1
  where merchant_id = $1 and network = $2 and is_default <> (id = $3)`;

@Injectable()
export class ReceivingAccountsRepository {
  constructor(private readonly transactions: Transactions) {}

  list(merchantId: string, filter: AccountFilter, page: Keyset): Promise<ReceivingAccount[]> {
    const values: unknown[] = [merchantId, filter.reach, filter.network ?? null];
    return this.transactions.page(
      `select ${COLUMNS} from receiving_accounts where ${OWNED} and ($3::text[] is null or network = any($3)) ${keysetClause(page, CREATION_COLUMNS, values)}`,
      values,
    );
  }

  async find(merchantId: string, reach: Network | null, id: string): Promise<ReceivingAccount | null> {
    const [row] = await this.transactions.rows<ReceivingAccount>(
      `select ${COLUMNS} from receiving_accounts where ${OWNED} and id = $3`,
      [merchantId, reach, id],
    );
    return row ?? null;
  }

  async findDefault(merchantId: string, network: Network): Promise<ReceivingAccount | null> {
    const [row] = await this.transactions.rows<ReceivingAccount>(
      `select ${COLUMNS} from receiving_accounts where merchant_id = $1 and network = $2 and is_default order by created_at, id limit 1`,
      [merchantId, network],
    );
    return row ?? null;
  }

  async insert({ merchantId, id, network, address, createdAt }: NewReceivingAccount): Promise<ReceivingAccount> {
    const [row] = await this.transactions.rows<ReceivingAccount>(
      `insert into receiving_accounts (merchant_id, id, network, address, is_default, created_at) values ($1, $2, $3, $4, false, $5) returning ${COLUMNS}`,
      [merchantId, id, network, address, createdAt],
    );
    return row as ReceivingAccount;
  }

  async setDefault({ merchantId, network, id }: ReceivingAccount): Promise<void> {
    await this.transactions.affected(SET_DEFAULT, [merchantId, network, id]);
  }
}
