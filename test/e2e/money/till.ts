import type { Server } from 'node:http';
import { type Keypair, Memo, type Operation, type Transaction, TransactionBuilder } from '@stellar/stellar-sdk';
import { amountOf, formatAmount } from '../../../src/common/money';
import type { InvoiceStatus } from '../../../src/invoices/invoice-states';
import { InvoiceActionsService, type InvoiceAddress } from '../../../src/invoices/invoice-actions.service';
import { type InvoiceDraft, InvoicesService } from '../../../src/invoices/invoices.service';
import { LinksService } from '../../../src/links/links.service';
import type { Answer, ApiClient } from '../../support/api-client';
import { eventually, TestApp, type TestAppOptions } from '../../support/app';
import type { TestWallet } from '../../support/wallet';

export type Coin = 'XLM' | 'USDC' | 'EURC';
export type Operations = readonly ReturnType<typeof Operation.payment>[];

/** An invoice as its payer knows it. */
export interface Bill {
  readonly id: string;
  readonly publicId: string;
  readonly merchantId: string;
  readonly number: string;
  readonly referenceNumber: bigint;
  readonly destination: string;
}

/** As the audit log names whoever changes something here. */
export const TESTER = { actor: 'test', requestId: null } as const;

export function addressOf({ merchantId, publicId }: Pick<Bill, 'merchantId' | 'publicId'>): InvoiceAddress {
  return { merchantId, network: null, by: 'publicId', value: publicId };
}

/** What the service says of an invoice; amounts are decimal text. */
export interface Books {
  readonly status: InvoiceStatus;
  readonly received: string;
  readonly payer: string | null;
  readonly proof: string | null;
}

export interface Sent {
  readonly hash: string;
  readonly ledger: number;
}

export interface Shop {
  readonly wallet: TestWallet;
  readonly client: ApiClient;
}

/** A merchant's till under test: the real application on a real ledger, and an accountant who believes neither. */
export class Till {
  private first: Bill | undefined;

  private constructor(
    readonly app: TestApp,
    readonly shop: Shop,
    readonly payer: TestWallet,
    private readonly since: number,
  ) {}

  static async open(options: TestAppOptions = {}): Promise<Till> {
    const app = await TestApp.start(options);
    const shop = await app.merchant();
    const payer = await app.wallet(['USDC', 'EURC']);
    return new Till(app, shop, payer, app.network.engine.header.sequence);
  }

  /** Ends every connection first, also those that hold a stop up. */
  close(): Promise<void> {
    (this.app.app.getHttpServer() as Server).closeAllConnections();
    return this.app.stop();
  }

  /** A link born PENDING, by the public API. */
  async bill(
    amount: string,
    asset: Coin = 'XLM',
    extra: Readonly<Record<string, unknown>> = {},
    client = this.shop.client,
  ): Promise<Bill> {
    const created = await client.post('/api/links', { amount, asset, ...extra });
    if (created.status !== 201) throw new Error(`link refused: ${created.text}`);
    return this.find(created.body.id as string);
  }

  /** An invoice as any dialect may want it, without a caller. */
  async issue(amount: string, wish: Partial<InvoiceDraft> = {}): Promise<Bill> {
    const invoices = this.app.get(InvoicesService);
    const like = await invoices.getPublic((this.first ??= await this.bill('1')).publicId);
    const allowance = {
      name: 'issued',
      subject: like.merchantId,
      limit: 100_000,
      windowSeconds: 3600,
      refusal: 'invoice_limit_reached',
      message: 'Too many',
    } as const;
    const asset = { code: like.assetCode, issuer: like.assetIssuer };
    const policy = { toleranceBp: 0, lateGraceSeconds: 86_400 };
    const draft: InvoiceDraft = Object.assign(
      {},
      like,
      {
        asset,
        status: 'PENDING' as const,
        expiresAt: null,
        policy,
        subtotal: amountOf(amount),
        total: amountOf(amount),
      },
      wish,
    );
    const { invoice } = await (draft.status === 'PENDING'
      ? this.app.get(LinksService).create(TESTER, draft, 100_000)
      : invoices.create(TESTER, draft, allowance));
    return this.find(invoice.publicId);
  }

  cancel(bill: Bill): Promise<unknown> {
    return this.app.get(InvoiceActionsService).cancel(TESTER, addressOf(bill));
  }

  private async find(publicId: string): Promise<Bill> {
    const [row] = await this.app.sql<Bill>(
      'select id, public_id as "publicId", merchant_id as "merchantId", number, reference_number as "referenceNumber", destination from invoices where public_id = $1',
      [publicId],
    );
    if (row === undefined) throw new Error('no such invoice');
    return row;
  }

  pay(bill: Bill, amount: string, memo: Memo = Memo.text(bill.number), payer = this.payer): Promise<Sent> {
    return payer.pay(bill.destination, amount, { memo });
  }

  confirm(bill: Bill, hash: string): Promise<Answer> {
    return this.app.client.post('/api/payments/confirm', { invoiceId: bill.publicId, transactionHash: hash });
  }

  /** Submits a transaction that the ledger takes, charges and fails. */
  async sendDoomed(envelopeXdr: string): Promise<Sent> {
    const transaction = TransactionBuilder.fromXdr(envelopeXdr, this.payer.passphrase);
    const hash = Buffer.from(transaction.hash()).toString('hex');
    await expect(this.payer.server.submitTransaction(transaction)).rejects.toBeDefined();
    const record = await eventually(
      () => this.payer.server.transactions().transaction(hash).call(),
      () => true,
    );
    expect(record.successful).toBe(false);
    return { hash, ledger: record.ledger_attr };
  }

  /** Submits a transaction that the network refuses at the door, without a trace. */
  async sendRefused(envelopeXdr: string, code: string): Promise<void> {
    const transaction = TransactionBuilder.fromXdr(envelopeXdr, this.payer.passphrase);
    await expect(this.payer.server.submitTransaction(transaction)).rejects.toMatchObject({
      response: { data: { extras: { result_codes: { transaction: code } } } },
    });
  }

  /** The same transaction with somebody else paying the fee. */
  feeBump(envelopeXdr: string, sponsor: Keypair): { envelopeXdr: string; inner: string; outer: string } {
    const inner = TransactionBuilder.fromXdr(envelopeXdr, this.payer.passphrase) as Transaction;
    const bump = TransactionBuilder.buildFeeBumpTransaction(sponsor, inner.fee, inner, this.payer.passphrase);
    bump.sign(sponsor);
    const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
    return { envelopeXdr: bump.toXdr(), inner: hex(inner.hash()), outer: hex(bump.hash()) };
  }

  /** Waits until the watcher has read everything up to this ledger. */
  async caughtUp(ledger = this.app.network.engine.header.sequence): Promise<void> {
    await eventually(
      () => this.app.sql<{ ledger: number }>('select ledger from ledger_cursors'),
      ([row]) => (row?.ledger ?? 0) >= ledger,
    );
  }

  async books(bill: Bill): Promise<Books> {
    const [row] = await this.app.sql<{
      status: InvoiceStatus;
      received: bigint;
      payer: string | null;
      proof: string | null;
    }>(
      'select status, received, payer_wallet as payer, paid_transaction as proof from invoices where merchant_id = $1 and id = $2',
      [bill.merchantId, bill.id],
    );
    if (row === undefined) throw new Error('no such invoice');
    return { ...row, received: formatAmount(row.received) };
  }

  /** What was written down of these transactions, in ledger order: `applied exact 100`. */
  async written(hashes: readonly string[], account = this.shop.wallet.address): Promise<string[]> {
    const rows = await this.app.sql<{ disposition: string; outcome: string; amount: bigint }>(
      'select disposition, outcome, amount from payments where transaction_hash = any($1) and account = $2 order by operation_id, change_index',
      [hashes, account],
    );
    return rows.map((row) => `${row.disposition} ${row.outcome} ${formatAmount(row.amount)}`);
  }

  async eventTypes(bill: Bill): Promise<string[]> {
    const rows = await this.app.sql<{ type: string }>(
      `select type from events where merchant_id = $1 and subject_type = 'invoice' and subject_id = $2 order by written_at, id`,
      [bill.merchantId, bill.id],
    );
    return rows.map((row) => row.type);
  }

  /** Rules that hold for every invoice at every moment; the sentence names the broken one. */
  async assertSound(): Promise<void> {
    const breaches = await this.app.sql(SOUNDNESS);
    expect(breaches).toEqual([]);
  }

  /** I1 and I7: what the ledger's own effects say this account was credited, against what was written down. Returns how many. */
  async assertNothingLost(account = this.shop.wallet.address): Promise<number> {
    await this.caughtUp();
    const credited = await this.creditedOnLedger(account);
    const rows = await this.app.sql<{ operationId: bigint; amount: bigint; asset: string }>(
      `select operation_id as "operationId", amount, coalesce(asset_code || ':' || asset_issuer, 'native') as asset from payments where account = $1 and ledger > $2 order by operation_id`,
      [account, this.since],
    );
    expect(rows.map((row) => `${row.operationId} ${row.amount} ${row.asset}`)).toEqual(credited);
    return credited.length;
  }

  private async creditedOnLedger(account: string): Promise<string[]> {
    const credited: string[] = [];
    const claims = new Set<string>();
    let page = await this.payer.server.effects().forAccount(account).limit(200).call();
    while (page.records.length > 0) {
      for (const effect of page.records as unknown as EffectRecord[]) {
        const operation = (effect.id.split('-')[0] ?? '').replace(/^0+/, '');
        if (effect.type === 'claimable_balance_claimed') claims.add(operation);
        const created = effect.type === 'account_created';
        if ((!created && effect.type !== 'account_credited') || BigInt(operation) >> 32n <= BigInt(this.since))
          continue;
        const asset =
          created || effect.asset_type === 'native' ? 'native' : `${effect.asset_code}:${effect.asset_issuer}`;
        credited.push(`${operation} ${amountOf((created ? effect.starting_balance : effect.amount) ?? '')} ${asset}`);
      }
      page = await page.next();
    }
    return credited.filter((line) => !claims.has(line.split(' ')[0] ?? ''));
  }
}

interface EffectRecord {
  readonly id: string;
  readonly type: string;
  readonly asset_type?: string;
  readonly asset_code?: string;
  readonly asset_issuer?: string;
  readonly amount?: string;
  readonly starting_balance?: string;
}

const SOUNDNESS = `
  with applied as (
    select merchant_id, invoice_id, sum(amount) as amount from payments where disposition = 'applied' group by 1, 2
  ), paid as (
    select merchant_id, subject_id, count(*) as n from events where type = 'invoice.paid' group by 1, 2
  ), state as (
    select i.*, coalesce(a.amount, 0) as applied, coalesce(p.n, 0) as announced, l.status as link
    from invoices i
    left join applied a on a.merchant_id = i.merchant_id and a.invoice_id = i.id
    left join paid p on p.merchant_id = i.merchant_id and p.subject_id = i.id
    left join payment_links l on l.merchant_id = i.merchant_id and l.invoice_id = i.id
  )
  select number, status, received::text, applied::text, announced::text, breach
  from state, lateral (values
    (received <> applied, 'the sum of what was applied is not what was received'),
    (status = 'PAID' and tolerance_bp = 0 and received < total, 'paid without the money'),
    (status in ('DRAFT', 'PENDING', 'PROCESSING') and received >= total, 'the money is there and the invoice is not paid'),
    (announced <> case when status = 'PAID' then 1 else 0 end, 'not exactly one invoice.paid for a paid invoice'),
    (status = 'PAID' and link <> 'completed', 'the link did not follow its invoice')
  ) as rule (broken, breach)
  where broken
  union all
  select i.number, i.status, i.received::text, p.amount::text, p.outcome, 'money was applied across assets, accounts or networks'
  from payments p join invoices i on i.merchant_id = p.merchant_id and i.id = p.invoice_id
  where p.disposition = 'applied'
    and (p.asset_code <> i.asset_code or p.asset_issuer is distinct from i.asset_issuer or p.account <> i.destination or p.network <> i.network)`;
