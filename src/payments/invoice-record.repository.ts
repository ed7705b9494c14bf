import { Injectable } from '@nestjs/common';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';

/** Money on record that named one invoice. */
export interface InvoiceCredit {
  readonly id: string;
  readonly disposition: 'applied' | 'suspense';
  readonly outcome: string;
  readonly amount: bigint;
  readonly assetCode: string;
  readonly assetIssuer: string | null;
  readonly from: string;
  readonly account: string;
  readonly transactionHash: string;
  readonly operationId: bigint;
  readonly ledger: number;
  readonly closedAt: Date;
}

/** An event of an invoice, as it was announced. */
export interface InvoiceHappening {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

/** Enough for every honest invoice; a sender of dust cannot make the page heavier. */
const MAX_ROWS = 200;

/** Reads for the owner's page what other folders wrote. */
@Injectable()
export class InvoiceRecordRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Newest first. */
  credits(merchantId: string, invoiceId: string): Promise<InvoiceCredit[]> {
    return this.transactions.rows(
      `select id, disposition, outcome, amount, asset_code as "assetCode", asset_issuer as "assetIssuer", from_address as "from", account,
         transaction_hash as "transactionHash", operation_id as "operationId", ledger, closed_at as "closedAt"
       from payments where merchant_id = $1 and invoice_id = $2 order by operation_id desc limit $3`,
      [merchantId, invoiceId, MAX_ROWS],
    );
  }

  /** Oldest first. */
  history(merchantId: string, invoiceId: string): Promise<InvoiceHappening[]> {
    return this.transactions.rows(
      `select id, type, data, created_at as "createdAt" from events where merchant_id = $1 and subject_id = $2 order by written_at, id limit $3`,
      [merchantId, invoiceId, MAX_ROWS],
    );
  }

  /** The last things that happened to any invoice of a merchant, newest first. */
  recent(merchantId: string, network: Network | null, limit: number): Promise<InvoiceHappening[]> {
    return this.transactions.rows(
      `select e.id, e.type, e.data, e.created_at as "createdAt" from event_numbers n join events e on e.merchant_id = n.merchant_id and e.id = n.event_id
       where n.merchant_id = $1 and e.subject_type = 'invoice' and ($2::text is null or e.network = $2) order by n.seq desc limit $3`,
      [merchantId, network, limit],
    );
  }
}
