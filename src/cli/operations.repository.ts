import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { migrationNames } from '../database/migrate';
import { Transactions } from '../database/transactions';

export interface MerchantRow {
  readonly id: string;
  readonly name: string;
  readonly network: Network;
  readonly invoices: bigint;
  readonly createdAt: Date;
}

export interface WalletRow {
  readonly use: string;
  readonly network: string;
  readonly address: string;
}

export interface CursorRow {
  readonly network: Network;
  readonly cursor: bigint | null;
  readonly ledger: number;
  readonly ingestedThrough: Date | null;
  readonly providerLedger: number;
  readonly polledAt: Date | null;
  readonly reader: string | null;
  /** Everything that had closed was read in the present life, on the server process that runs now. */
  readonly caughtUp: boolean;
}

export interface QuarantinedRow {
  readonly network: Network;
  readonly operationId: bigint;
  readonly reason: string;
  readonly recordedAt: Date;
  readonly raw: string;
  /** `unreadable` was not understood, `unrecorded` waits for `quarantine retry`, `waiting` is tried again by the service. */
  readonly state: 'unreadable' | 'unrecorded' | 'waiting';
  readonly attempts: number;
  readonly invoice: string | null;
}

export interface SuspendedRow {
  readonly network: Network;
  readonly operationId: bigint;
  readonly outcome: string;
  readonly amount: bigint;
  readonly assetCode: string;
  readonly assetIssuer: string | null;
  readonly from: string;
  readonly account: string;
  readonly merchantId: string | null;
  readonly invoice: string | null;
  readonly memoType: string;
  readonly memo: Buffer;
  readonly transactionHash: string;
  readonly closedAt: Date;
}

const CURSOR_COLUMNS = `network, cursor, ledger, ingested_through as "ingestedThrough", provider_ledger as "providerLedger", polled_at as "polledAt",
  case when lease_until > now() then lease_owner::text end as reader,
  coalesce(caught_up_on = pg_postmaster_start_time() and caught_up_life = (select id from lives where ordinal = current_life()), false) as "caughtUp"`;

const QUARANTINED = `q.network, q.operation_id as "operationId", q.reason, q.recorded_at as "recordedAt", q.raw, q.attempts,
  case when q.credit is null then 'unreadable' when q.retry_at is null then 'unrecorded' else 'waiting' end as state`;

/** What an operator looks at across merchants, and the one thing an operator may move by hand. */
@Injectable()
export class OperationsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Names of the migrations this version has and the database has not. */
  async pendingMigrations(): Promise<string[]> {
    const [table] = await this.transactions.rows<{ there: boolean }>(
      `select to_regclass('schema_migrations') is not null as there`,
    );
    const applied =
      table?.there === true ? await this.transactions.rows<{ name: string }>('select name from schema_migrations') : [];
    const names = new Set(applied.map((row) => row.name));
    return migrationNames().filter((name) => !names.has(name));
  }

  listMerchants(limit: number): Promise<MerchantRow[]> {
    return this.transactions.rows(
      `select m.id, m.name, m.default_network as network, (select count(*) from invoices i where i.merchant_id = m.id) as invoices, m.created_at as "createdAt"
       from merchants m order by m.created_at desc, m.id desc limit $1`,
      [limit],
    );
  }

  async merchantExists(merchantId: string): Promise<boolean> {
    return (await this.transactions.rows('select 1 from merchants where id = $1', [merchantId])).length === 1;
  }

  /** Who may sign in for a merchant, and where its money arrives. */
  listWallets(merchantId: string): Promise<WalletRow[]> {
    return this.transactions.rows(
      `select 'signs in as ' || role as use, 'any' as network, wallet as address from members where merchant_id = $1 and status = 'active'
       union all select case when is_default then 'receives (default)' else 'receives' end, network, address from receiving_accounts where merchant_id = $1
       order by use, network, address`,
      [merchantId],
    );
  }

  listCursors(): Promise<CursorRow[]> {
    return this.transactions.rows(`select ${CURSOR_COLUMNS} from ledger_cursors order by network`);
  }

  async findCursor(network: Network): Promise<CursorRow | null> {
    const [row] = await this.transactions.rows<CursorRow>(
      `select ${CURSOR_COLUMNS} from ledger_cursors where network = $1`,
      [network],
    );
    return row ?? null;
  }

  /**
   * Makes reading go on after `ledger`. What was read is unknown from here on, so nothing expires before the next
   * complete read. False when the cursor is not `from` any more: a running service has moved it meanwhile.
   */
  async moveCursor(network: Network, from: bigint | null, ledger: number): Promise<boolean> {
    const moved = await this.transactions.affected(
      `update ledger_cursors set cursor = (($3::bigint + 1) << 32) - 1, ledger = $3, ingested_through = null, provider_ledger = least(provider_ledger, $3) where network = $1 and cursor is not distinct from $2`,
      [network, from, ledger],
    );
    return moved === 1;
  }

  listQuarantined(limit: number): Promise<QuarantinedRow[]> {
    return this.transactions.rows(
      `select ${QUARANTINED}, (select i.public_id from invoices i where i.merchant_id = q.merchant_id and i.id = q.invoice_id) as invoice
       from quarantined_items q order by recorded_at desc, network, operation_id desc, change_index limit $1`,
      [limit],
    );
  }

  /** Everything of the operation. */
  clearQuarantined(network: Network, operationId: bigint): Promise<Omit<QuarantinedRow, 'invoice'>[]> {
    return this.transactions.rows(
      `delete from quarantined_items q where network = $1 and operation_id = $2 returning ${QUARANTINED}`,
      [network, operationId],
    );
  }

  /** Money that no invoice took and that waits for a decision, newest first; of one merchant, or of all. */
  listSuspended(merchantId: string | null, limit: number): Promise<SuspendedRow[]> {
    return this.transactions.rows(
      `select p.network, p.operation_id as "operationId", p.outcome, p.amount, p.asset_code as "assetCode", p.asset_issuer as "assetIssuer", p.from_address as "from", p.account,
         p.merchant_id as "merchantId", i.public_id as invoice, p.memo_type as "memoType", p.memo, p.transaction_hash as "transactionHash", p.closed_at as "closedAt"
       from payments p left join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
       where p.disposition = 'suspense' and ($1::uuid is null or p.merchant_id = $1)
         and not exists (select from payment_resolutions s where s.merchant_id = p.merchant_id and s.payment_id = p.id and s.undone_at is null)
       order by p.recorded_at desc, p.id desc limit $2`,
      [merchantId, limit],
    );
  }
}
