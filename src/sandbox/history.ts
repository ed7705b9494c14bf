import type {
  AppliedEffect,
  AppliedOperation,
  AppliedTransaction,
  ClosedLedger,
  LedgerHeader,
} from './ledger/contract';
import { toid } from './toid';

/** What every listed record has: its place in the network's order. */
export interface HistoryRecord {
  /** Ordering key: the id itself for ledgers, transactions and operations, the operation's for effects and trades. */
  readonly id: bigint;
  /** Second key of effects (from 1) and trades (from 0); 0 otherwise. */
  readonly sub: number;
  /** The paging token as printed. */
  readonly token: string;
  readonly ledger: number;
  readonly successful: boolean;
}

export interface LedgerRecord extends HistoryRecord {
  readonly header: LedgerHeader;
}

export interface TransactionRecord extends HistoryRecord {
  readonly transaction: AppliedTransaction;
  readonly operations: OperationRecord[];
}

export interface OperationRecord extends HistoryRecord {
  readonly operation: AppliedOperation;
  readonly parent: TransactionRecord;
  readonly effects: EffectRecord[];
}

export interface EffectRecord extends HistoryRecord {
  readonly effect: AppliedEffect;
  readonly parent: OperationRecord;
}

/** A trade seen from its maker: `seller` owned `offerId` and sold `sold`, the taker paid `bought`. */
export interface TradeRecord extends HistoryRecord {
  readonly parent: OperationRecord;
  readonly effect: AppliedEffect;
}

export type HistoryList = 'transactions' | 'operations' | 'payments' | 'effects' | 'trades';

interface HistoryLists {
  transactions: TransactionRecord[];
  operations: OperationRecord[];
  payments: OperationRecord[];
  effects: EffectRecord[];
  trades: TradeRecord[];
}

/** Horizon's notion of a payment: what `/payments` lists. Claimable balances and trades are not in it. */
const PAYMENT_TYPES = new Set([
  'create_account',
  'payment',
  'path_payment_strict_receive',
  'path_payment_strict_send',
  'account_merge',
]);

const emptyLists = (): HistoryLists => ({ transactions: [], operations: [], payments: [], effects: [], trades: [] });

/** Everything that ever closed, indexed in memory as the surface asks for it. Append-only, in ledger order. */
export class History {
  readonly ledgers: LedgerRecord[] = [];
  readonly all: HistoryLists = emptyLists();
  private readonly byAccount = new Map<string, HistoryLists>();
  private readonly byHash = new Map<string, TransactionRecord>();
  private readonly byBalance = new Map<string, Pick<HistoryLists, 'transactions' | 'operations'>>();
  private readonly assets = new Set<string>();

  add(closed: ClosedLedger): void {
    const { sequence } = closed.header;
    const id = toid(sequence);
    this.ledgers.push({ id, sub: 0, token: id.toString(), ledger: sequence, successful: true, header: closed.header });
    for (const transaction of closed.transactions) this.addTransaction(transaction);
  }

  get latest(): LedgerHeader | undefined {
    return this.ledgers.at(-1)?.header;
  }

  get elder(): number {
    return this.ledgers[0]?.ledger ?? 1;
  }

  ledger(sequence: number): LedgerRecord | undefined {
    return this.ledgers[sequence - this.elder];
  }

  /** By outer or inner hash. */
  transaction(hash: string): TransactionRecord | undefined {
    return this.byHash.get(hash);
  }

  operation(id: bigint): OperationRecord | undefined {
    const found = this.all.operations[firstAfter(this.all.operations, id, -1)];
    return found?.id === id ? found : undefined;
  }

  /** undefined when the account appears nowhere in history. */
  account(address: string): HistoryLists | undefined {
    return this.byAccount.get(address);
  }

  knownAccounts(): string[] {
    return [...this.byAccount.keys()].sort();
  }

  claimableBalance(id: string): Pick<HistoryLists, 'transactions' | 'operations'> | undefined {
    return this.byBalance.get(id);
  }

  /** `CODE:ISSUER` of every asset a trustline was ever created for, sorted. */
  knownAssets(): string[] {
    return [...this.assets].sort();
  }

  private addTransaction(transaction: AppliedTransaction): void {
    const id = toid(transaction.ledger, transaction.order);
    const record: TransactionRecord = {
      id,
      sub: 0,
      token: id.toString(),
      ledger: transaction.ledger,
      successful: transaction.successful,
      transaction,
      operations: [],
    };
    this.byHash.set(transaction.hash, record);
    if (transaction.innerHash !== null) this.byHash.set(transaction.innerHash, record);
    this.all.transactions.push(record);
    for (const address of transaction.participants) this.listsOf(address).transactions.push(record);
    for (const operation of transaction.operations) this.addOperation(record, operation);
  }

  private addOperation(parent: TransactionRecord, operation: AppliedOperation): void {
    const id = toid(parent.ledger, parent.transaction.order, operation.index);
    const { ledger, successful } = parent;
    const record: OperationRecord = {
      id,
      sub: 0,
      token: id.toString(),
      ledger,
      successful,
      operation,
      parent,
      effects: [],
    };
    parent.operations.push(record);
    this.all.operations.push(record);
    const payment = PAYMENT_TYPES.has(operation.type);
    if (payment) this.all.payments.push(record);
    for (const address of operation.participants) {
      const lists = this.listsOf(address);
      lists.operations.push(record);
      if (payment) lists.payments.push(record);
    }
    operation.effects.forEach((effect, position) => this.addEffect(record, effect, position + 1));
    this.addTrades(record);
    this.indexBalances(record);
  }

  private addEffect(parent: OperationRecord, effect: AppliedEffect, sub: number): void {
    const record: EffectRecord = {
      id: parent.id,
      sub,
      token: `${parent.token}-${sub}`,
      ledger: parent.ledger,
      successful: true,
      effect,
      parent,
    };
    parent.effects.push(record);
    this.all.effects.push(record);
    this.listsOf(effect.account).effects.push(record);
    if (effect.type === 'trustline_created') {
      this.assets.add(`${text(effect.details['asset_code'])}:${text(effect.details['asset_issuer'])}`);
    }
  }

  /** Each trade leaves one effect with the taker and one with the maker; the taker's names offer and maker. */
  private addTrades(parent: OperationRecord): void {
    const taker = parent.effects.find(({ effect }) => effect.type === 'trade')?.effect.account;
    const trades = parent.effects.filter(({ effect }) => effect.type === 'trade' && effect.account === taker);
    trades.forEach(({ effect }, sub) => {
      const record: TradeRecord = {
        id: parent.id,
        sub,
        token: `${parent.token}-${sub}`,
        ledger: parent.ledger,
        successful: true,
        parent,
        effect,
      };
      this.all.trades.push(record);
      for (const address of new Set([effect.account, text(effect.details['seller'])]))
        this.listsOf(address).trades.push(record);
    });
  }

  private indexBalances(record: OperationRecord): void {
    const ids = new Set([
      record.operation.details['balance_id'],
      ...record.effects.map(({ effect }) => effect.details['balance_id']),
    ]);
    for (const id of ids) {
      if (typeof id !== 'string') continue;
      const lists = this.byBalance.get(id) ?? { transactions: [], operations: [] };
      this.byBalance.set(id, lists);
      lists.operations.push(record);
      if (lists.transactions.at(-1) !== record.parent) lists.transactions.push(record.parent);
    }
  }

  private listsOf(address: string): HistoryLists {
    const known = this.byAccount.get(address);
    if (known !== undefined) return known;
    const created = emptyLists();
    this.byAccount.set(address, created);
    return created;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Index of the first record after (id, sub) in an ascending list; the list's length when there is none. */
export function firstAfter(records: readonly HistoryRecord[], id: bigint, sub: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const record = records[middle] as HistoryRecord;
    if (record.id < id || (record.id === id && record.sub <= sub)) low = middle + 1;
    else high = middle;
  }
  return low;
}
