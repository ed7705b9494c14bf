import { xdr } from '@stellar/stellar-sdk/base';
import { formatLedgerAmount } from '../../common/money';
import type { EffectRecord, LedgerRecord, OperationRecord, TradeRecord, TransactionRecord } from '../history';
import { accountFields, type Json, link, pagedLink, timestamp, withoutZeroIds } from './fields';
import { RecordCache } from './record-cache';
import { TradeFields } from './trade-fields';
import { transactionFields } from './transaction-fields';

/**
 * History records as Horizon's JSON text. `base` is the public URL of the surface without a final slash. What is
 * closed never changes, so the text is kept and pages are put together from it.
 */
export class HistoryRecords {
  private readonly cache = new RecordCache();

  constructor(
    private readonly base: string,
    private readonly passphrase: string,
  ) {}

  ledger(record: LedgerRecord): string {
    return this.cache.text(record, () => this.ledgerFields(record));
  }

  /** `asked` is the hash the caller used: Horizon shows a fee bump under whichever of its two hashes was asked for. */
  transaction(record: TransactionRecord, asked = record.transaction.hash): string {
    if (asked !== record.transaction.hash) return JSON.stringify(this.transactionJson(record, asked));
    return this.cache.text(record, () => this.transactionJson(record, asked));
  }

  operation(record: OperationRecord, withTransaction = false): string {
    const text = this.cache.text(record, () => this.operationFields(record));
    return withTransaction ? `${text.slice(0, -1)},"transaction":${this.transaction(record.parent)}}` : text;
  }

  effect(record: EffectRecord): string {
    return this.cache.text(record, () => this.effectFields(record));
  }

  trade(record: TradeRecord): string {
    return this.cache.text(record, () => {
      const fields = new TradeFields(record);
      return {
        _links: {
          self: link(''),
          base: link(`${this.base}/accounts/${fields.base.account}`),
          counter: link(`${this.base}/accounts/${fields.counter.account}`),
          operation: link(`${this.base}/operations/${record.parent.token}`),
        },
        id: record.token,
        paging_token: record.token,
        ledger_close_time: timestamp(record.parent.parent.transaction.closeTime),
        ...fields.json(),
      };
    });
  }

  private transactionJson(record: TransactionRecord, hash: string): Json {
    const self = `${this.base}/transactions/${hash}`;
    const fields = transactionFields(record, this.passphrase);
    return {
      _links: {
        self: link(self),
        account: link(`${this.base}/accounts/${String(fields['source_account'])}`),
        ledger: link(`${this.base}/ledgers/${record.ledger}`),
        operations: pagedLink(`${self}/operations`),
        effects: pagedLink(`${self}/effects`),
        precedes: link(`${this.base}/transactions?order=asc&cursor=${record.token}`),
        succeeds: link(`${this.base}/transactions?order=desc&cursor=${record.token}`),
        transaction: link(self),
      },
      id: hash,
      paging_token: record.token,
      hash,
      ...fields,
    };
  }

  private operationFields(record: OperationRecord): Json {
    const { operation, parent, token } = record;
    const self = `${this.base}/operations/${token}`;
    return {
      _links: {
        self: link(self),
        transaction: link(`${this.base}/transactions/${parent.transaction.hash}`),
        effects: link(`${self}/effects`),
        succeeds: link(`${this.base}/effects?order=desc&cursor=${token}`),
        precedes: link(`${this.base}/effects?order=asc&cursor=${token}`),
      },
      id: token,
      paging_token: token,
      transaction_successful: record.successful,
      ...accountFields(operation.source, 'source_account'),
      type: operation.type,
      type_i: operation.typeI,
      created_at: timestamp(parent.transaction.closeTime),
      transaction_hash: parent.transaction.hash,
      ...withoutZeroIds(operation.details),
    };
  }

  private effectFields(record: EffectRecord): Json {
    const { effect, parent, token } = record;
    return {
      _links: {
        operation: link(`${this.base}/operations/${parent.token}`),
        succeeds: link(`${this.base}/effects?order=desc&cursor=${token}`),
        precedes: link(`${this.base}/effects?order=asc&cursor=${token}`),
      },
      id: `${parent.token.padStart(19, '0')}-${String(record.sub).padStart(10, '0')}`,
      paging_token: token,
      ...accountFields(effect.account, 'account'),
      type: effect.type,
      type_i: effect.typeI,
      created_at: timestamp(parent.parent.transaction.closeTime),
      ...withoutZeroIds(effect.details),
    };
  }

  private ledgerFields(record: LedgerRecord): Json {
    const { header } = record;
    const facts = headerFacts(header.headerXdr);
    const self = `${this.base}/ledgers/${header.sequence}`;
    return {
      _links: {
        self: link(self),
        transactions: pagedLink(`${self}/transactions`),
        operations: pagedLink(`${self}/operations`),
        payments: pagedLink(`${self}/payments`),
        effects: pagedLink(`${self}/effects`),
      },
      id: header.hash,
      paging_token: record.token,
      hash: header.hash,
      // Go's omitempty: the genesis ledger has no predecessor.
      ...(/^0*$/.test(header.previousHash) ? {} : { prev_hash: header.previousHash }),
      sequence: header.sequence,
      successful_transaction_count: header.successfulTransactions,
      failed_transaction_count: header.failedTransactions,
      operation_count: header.operations,
      tx_set_operation_count: header.operationsInSet,
      closed_at: timestamp(header.closeTime),
      total_coins: formatLedgerAmount(header.totalCoins),
      fee_pool: formatLedgerAmount(header.feePool),
      base_fee_in_stroops: facts.baseFee,
      base_reserve_in_stroops: facts.baseReserve,
      max_tx_set_size: facts.capacity,
      protocol_version: facts.protocol,
      header_xdr: header.headerXdr,
    };
  }
}

export interface HeaderFacts {
  readonly protocol: number;
  /** Stroops. */
  readonly baseFee: number;
  readonly baseReserve: number;
  /** Operations a ledger takes. */
  readonly capacity: number;
}

/** What only the header's XDR knows. */
export function headerFacts(headerXdr: string): HeaderFacts {
  const { ledgerVersion, baseFee, baseReserve, maxTxSetSize } = xdr.LedgerHeader.fromXDR(headerXdr, 'base64');
  return { protocol: ledgerVersion, baseFee, baseReserve, capacity: maxTxSetSize };
}
