import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import type { InvoiceKey } from '../invoices/invoice-settlement.service';
import type { Credit } from '../stellar/ledger-source';
import { creditText, readCredit } from './kept-credit';

/** A credit that is kept aside, with the invoice it names where that is known. */
export interface AsideCredit {
  readonly credit: Credit;
  readonly invoice: InvoiceKey | null;
}

/** The same, as it is kept: with how often it has been tried since. */
export interface KeptCredit extends AsideCredit {
  readonly attempts: number;
}

/** Per network: what a human must look at, and what is tried again by itself. */
export interface QuarantineCount {
  readonly network: Network;
  readonly quarantined: number;
  readonly waiting: number;
}

interface Row {
  readonly credit: string;
  readonly merchantId: string | null;
  readonly invoiceId: string | null;
  readonly attempts: number;
}

const MAX_REASON = 1_000;
const COLUMNS = `q.credit, q.merchant_id as "merchantId", q.invoice_id as "invoiceId", q.attempts`;
/** Text of PostgreSQL holds everything but NUL. */
const storable = (text: string): string => text.replaceAll('\0', '?');

/** Of the ledger, whatever could not be recorded: kept whole, and taken out by the statement that records it. */
@Injectable()
export class QuarantineRepository {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /**
   * Keeps credits that could not be recorded; those recorded meanwhile are left alone. With `retryAt` they are tried again by
   * themselves, with null a human has to. A credit that is kept already gets the new reason and one more attempt.
   */
  async keep(network: Network, credits: readonly AsideCredit[], reason: string, retryAt: Date | null): Promise<void> {
    if (credits.length === 0) return;
    const column = <T>(read: (each: AsideCredit) => T): T[] => credits.map(read);
    await this.transactions.affected(
      `insert into quarantined_items as q (network, operation_id, change_index, reason, raw, credit, merchant_id, invoice_id, retry_at, recorded_at)
       select $1, k.operation_id, k.change_index, $2, k.credit, k.credit, k.merchant_id, k.invoice_id, $3, $4
       from unnest($5::bigint[], $6::integer[], $7::text[], $8::uuid[], $9::uuid[]) as k (operation_id, change_index, credit, merchant_id, invoice_id)
       where not exists (select from payments p where p.network = $1 and p.operation_id = k.operation_id and p.change_index = k.change_index)
       on conflict (network, operation_id, change_index) do update set reason = excluded.reason, retry_at = excluded.retry_at, attempts = least(q.attempts + 1, 1000000)`,
      [
        network,
        storable(reason).slice(0, MAX_REASON),
        retryAt,
        this.clock.now(),
        column(({ credit }) => credit.operationId),
        column(({ credit }) => credit.index),
        column(({ credit }) => creditText(credit)),
        column(({ invoice }) => invoice?.merchantId ?? null),
        column(({ invoice }) => invoice?.id ?? null),
      ],
    );
  }

  /** What waits for these invoices, in ledger order. */
  async waitingFor(network: Network, invoices: readonly InvoiceKey[]): Promise<Credit[]> {
    if (invoices.length === 0) return [];
    const rows = await this.transactions.rows<Row>(
      `select ${COLUMNS} from quarantined_items q where q.network = $1 and q.retry_at is not null and (q.merchant_id, q.invoice_id) in (select * from unnest($2::uuid[], $3::uuid[]))
         and not exists (select from payments p where p.network = q.network and p.operation_id = q.operation_id and p.change_index = q.change_index)
       order by q.operation_id, q.change_index`,
      [network, invoices.map(({ merchantId }) => merchantId), invoices.map(({ id }) => id)],
    );
    return rows.map(({ credit }) => readCredit(credit));
  }

  /**
   * What is due to be tried again: of each merchant the invoice that waits longest, with all that waits for it. So many invoices
   * at most, and no merchant's are more than one of them.
   */
  async listDue(network: Network, limit: number): Promise<KeptCredit[][]> {
    const rows = await this.transactions.rows<Row>(
      `with turn as (
         select distinct on (merchant_id) merchant_id, invoice_id, operation_id, retry_at from quarantined_items
         where network = $1 and retry_at <= $2 order by merchant_id, retry_at, operation_id
       ), due as (select * from turn order by retry_at limit $3)
       select ${COLUMNS} from due
         join quarantined_items q on q.network = $1 and q.retry_at is not null
           and case when due.invoice_id is null then q.operation_id = due.operation_id else q.merchant_id = due.merchant_id and q.invoice_id = due.invoice_id end
       order by due.retry_at, due.operation_id, q.operation_id, q.change_index`,
      [network, this.clock.now(), limit],
    );
    return [
      ...Map.groupBy(rows.map(aside), ({ credit, invoice }) => invoice?.id ?? credit.operationId.toString()).values(),
    ];
  }

  /** What is kept of the credits of an operation. */
  async ofOperation(network: Network, operationId: bigint): Promise<KeptCredit[]> {
    const rows = await this.transactions.rows<Row>(
      `select ${COLUMNS} from quarantined_items q where q.network = $1 and q.operation_id = $2 and q.credit is not null order by q.change_index`,
      [network, operationId],
    );
    return rows.map(aside);
  }

  /** Operations with credits that wait for a human, in ledger order. */
  async listUnrecorded(network: Network): Promise<bigint[]> {
    const rows = await this.transactions.rows<{ id: bigint }>(
      'select distinct operation_id as id from quarantined_items where network = $1 and credit is not null and retry_at is null order by 1',
      [network],
    );
    return rows.map(({ id }) => id);
  }

  /** Takes out what was recorded in the very moment in which it was put aside. */
  async forgetRecorded(network: Network): Promise<void> {
    await this.transactions.affected(
      `delete from quarantined_items q using payments p
       where q.network = $1 and q.credit is not null and p.network = q.network and p.operation_id = q.operation_id and p.change_index = q.change_index`,
      [network],
    );
  }

  async counts(): Promise<QuarantineCount[]> {
    const rows = await this.transactions.rows<{ network: Network; quarantined: bigint; waiting: bigint }>(
      `select network, count(*) filter (where retry_at is null) as quarantined, count(*) filter (where retry_at is not null) as waiting from quarantined_items group by network`,
    );
    return rows.map(({ network, quarantined, waiting }) => ({
      network,
      quarantined: Number(quarantined),
      waiting: Number(waiting),
    }));
  }
}

function aside({ credit, merchantId, invoiceId, attempts }: Row): KeptCredit {
  return {
    attempts,
    credit: readCredit(credit),
    invoice: merchantId === null || invoiceId === null ? null : { merchantId, id: invoiceId },
  };
}
