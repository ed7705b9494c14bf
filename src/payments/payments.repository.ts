import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import type { Network } from '../common/network';
import { Telemetry } from '../common/telemetry';
import { Transactions } from '../database/transactions';
import type { Credit, UnreadableItem } from '../stellar/ledger-source';
import type { Outcome } from './payment-matcher';

/** A credit with what was decided of it. */
export interface JudgedCredit {
  readonly credit: Credit;
  readonly id: string;
  readonly merchantId: string | null;
  readonly invoiceId: string | null;
  readonly disposition: 'applied' | 'suspense';
  readonly outcome: Outcome;
}

export interface CreditIdentity {
  readonly operationId: bigint;
  readonly index: number;
}

/** Recorded money is no longer waiting. */
const INSERT = `
  with recorded as (
  insert into payments (network, operation_id, change_index, id, merchant_id, invoice_id, disposition, outcome, kind, account, muxed_id, from_address,
    asset_code, asset_issuer, amount, memo_type, memo, transaction_hash, ledger, closed_at, recorded_at, applied_at)
  select $1, operation_id, change_index, id, merchant_id, invoice_id, disposition, outcome, kind, account, muxed_id, from_address,
    asset_code, asset_issuer, amount, memo_type, memo, transaction_hash, ledger, closed_at, $2, case when disposition = 'applied' then $2::timestamptz end
  from unnest($3::bigint[], $4::integer[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::text[], $12::numeric[], $13::text[],
    $14::text[], $15::text[], $16::bigint[], $17::text[], $18::bytea[], $19::text[], $20::integer[], $21::timestamptz[])
    as p (operation_id, change_index, id, merchant_id, invoice_id, disposition, outcome, kind, account, muxed_id, from_address,
      asset_code, asset_issuer, amount, memo_type, memo, transaction_hash, ledger, closed_at)
  on conflict (network, operation_id, change_index) do nothing
  returning operation_id, change_index
  ), released as (
    delete from quarantined_items q using recorded where q.network = $1 and q.operation_id = recorded.operation_id and q.change_index = recorded.change_index
  )
  select operation_id as "operationId", change_index as index from recorded`;

/** One by one by their key, whatever is known of the table: a new one is read whole for each page otherwise, until it is analysed. */
const KNOWN = `
  select p.operation_id as "operationId", p.change_index as index from unnest($2::bigint[]) as k (operation_id)
  cross join lateral (select operation_id, change_index from payments where network = $1 and operation_id = k.operation_id offset 0) p`;

@Injectable()
export class PaymentsRepository {
  constructor(
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly telemetry: Telemetry,
  ) {}

  /** Which of these credits are on record already; perhaps others of the same operations too. */
  known(network: Network, credits: readonly CreditIdentity[]): Promise<CreditIdentity[]> {
    return this.transactions.rows(KNOWN, [network, [...new Set(credits.map((credit) => credit.operationId))]]);
  }

  /** Records what is not on record yet; returns the identities that were new. */
  insert(network: Network, judged: readonly JudgedCredit[]): Promise<CreditIdentity[]> {
    this.transactions.afterCommit(() => {
      const now = this.clock.now().getTime();
      for (const { credit, outcome } of judged)
        this.telemetry.paymentRecorded(network, outcome, (now - credit.closedAt.getTime()) / 1000);
    });
    const column = <T>(read: (each: JudgedCredit) => T): T[] => judged.map(read);
    return this.transactions.rows(INSERT, [
      network,
      this.clock.now(),
      column(({ credit }) => credit.operationId),
      column(({ credit }) => credit.index),
      column(({ id }) => id),
      column(({ merchantId }) => merchantId),
      column(({ invoiceId }) => invoiceId),
      column(({ disposition }) => disposition),
      column(({ outcome }) => outcome),
      column(({ credit }) => credit.kind),
      column(({ credit }) => credit.account),
      column(({ credit }) => credit.muxedId?.toString() ?? null),
      column(({ credit }) => credit.from),
      column(({ credit }) => credit.asset.code),
      column(({ credit }) => credit.asset.issuer),
      column(({ credit }) => credit.amount),
      column(({ credit }) => credit.memo.type),
      column(({ credit }) => `\\x${Buffer.from(credit.memo.bytes).toString('hex')}`),
      column(({ credit }) => credit.transactionHash),
      column(({ credit }) => credit.ledger),
      column(({ credit }) => credit.closedAt),
    ]);
  }

  /** What was decided of the credits of one transaction that named one invoice. */
  outcomesFor(
    merchantId: string,
    invoiceId: string,
    transactionHash: string,
  ): Promise<{ disposition: 'applied' | 'suspense'; outcome: Outcome }[]> {
    return this.transactions.rows(
      'select disposition, outcome from payments where merchant_id = $1 and invoice_id = $2 and transaction_hash = $3',
      [merchantId, invoiceId, transactionHash],
    );
  }

  async quarantine(network: Network, items: readonly UnreadableItem[]): Promise<void> {
    if (items.length === 0) return;
    await this.transactions.affected(
      `insert into quarantined_items (network, operation_id, reason, raw, recorded_at)
       select $1, operation_id, reason, raw, $2 from unnest($3::bigint[], $4::text[], $5::text[]) as q (operation_id, reason, raw)
       on conflict do nothing`,
      [
        network,
        this.clock.now(),
        items.map((item) => item.operationId),
        items.map((item) => item.reason.replaceAll('\0', '?')),
        items.map((item) => item.raw.replaceAll('\0', '?')),
      ],
    );
  }
}
