import { Account, Asset, Keypair, Memo, Operation, TransactionBuilder } from '@stellar/stellar-sdk/base';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';

const CLOSED_AT = '2026-11-20T12:00:00Z';
const FIRST_LEDGER = 100;
/** A ledger closes every five to six seconds; this many payments in each is what the public network is modelled to carry in one. */
const PER_LEDGER = 200;
const EMPTY_PAGE = '{"_links":{"self":{"href":""}},"_embedded":{"records":[]}}';

/** Pages of `/payments?join=transactions` as Horizon would send them: every record a real, hashed envelope. */
export function paymentPages(
  passphrase: string,
  destination: string,
  memos: readonly string[],
  perPage: number,
): string[] {
  const payer = Keypair.fromRawEd25519Seed(createHash('sha256').update('bench payer').digest());
  const account = new Account(payer.publicKey(), '4294967296');
  const records = memos.map((memo, index) => record(passphrase, payer, account, destination, memo, index));
  const pages: string[] = [];
  for (let at = 0; at < records.length; at += perPage)
    pages.push(
      `{"_links":{"self":{"href":""},"next":{"href":""},"prev":{"href":""}},"_embedded":{"records":[${records.slice(at, at + perPage).join(',')}]}}`,
    );
  return pages;
}

function record(
  passphrase: string,
  payer: Keypair,
  account: Account,
  destination: string,
  memo: string,
  index: number,
): string {
  const transaction = new TransactionBuilder(account, {
    fee: '100',
    networkPassphrase: passphrase,
    memo: Memo.text(memo),
  })
    .addOperation(Operation.payment({ destination, asset: Asset.native(), amount: '1' }))
    .setTimeout(0)
    .build();
  // Reading checks the hash of an envelope, which covers no signature: any 64 bytes will do, appended by hand
  // because the SDK would verify them. An unsigned envelope ends with a count of zero.
  const signature = Buffer.alloc(64, (index % 250) + 1);
  const unsigned = Buffer.from(transaction.toXdr(), 'base64');
  const envelope = Buffer.concat([
    unsigned.subarray(0, -4),
    Buffer.from([0, 0, 0, 1]),
    Buffer.from(payer.signatureHint()),
    Buffer.from([0, 0, 0, 64]),
    signature,
  ]).toString('base64');
  const hash = Buffer.from(transaction.hash()).toString('hex');
  const ledger = FIRST_LEDGER + Math.floor(index / PER_LEDGER);
  const operation = ((BigInt(ledger) << 32n) | (BigInt((index % PER_LEDGER) + 1) << 12n) | 1n).toString();
  const paging = ((BigInt(ledger) << 32n) | (BigInt((index % PER_LEDGER) + 1) << 12n)).toString();
  return JSON.stringify({
    _links: {
      self: { href: '' },
      transaction: { href: '' },
      effects: { href: '' },
      succeeds: { href: '' },
      precedes: { href: '' },
    },
    id: operation,
    paging_token: operation,
    transaction_successful: true,
    source_account: payer.publicKey(),
    type: 'payment',
    type_i: 1,
    created_at: CLOSED_AT,
    transaction_hash: hash,
    asset_type: 'native',
    from: payer.publicKey(),
    to: destination,
    amount: '1.0000000',
    transaction: {
      memo,
      memo_bytes: Buffer.from(memo).toString('base64'),
      _links: {},
      id: hash,
      paging_token: paging,
      successful: true,
      hash,
      ledger,
      created_at: CLOSED_AT,
      source_account: payer.publicKey(),
      source_account_sequence: '1',
      fee_account: payer.publicKey(),
      fee_charged: '100',
      max_fee: '100',
      operation_count: 1,
      envelope_xdr: envelope,
      result_xdr: 'AAAAAAAAAGQAAAAAAAAAAQAAAAAAAAABAAAAAAAAAAA=',
      fee_meta_xdr: 'AAAAAA==',
      memo_type: 'text',
      signatures: [signature.toString('base64')],
    },
  });
}

export interface PageServer {
  readonly url: string;
  /** Serves these pages from now on, each of `perPage` records, in the order of the cursor. */
  show(pages: readonly string[], perPage: number): void;
  stop(): Promise<void>;
}

/** A Horizon that knows its root and the payments it is shown. */
export async function pageServer(passphrase: string): Promise<PageServer> {
  let bodies: Buffer[] = [];
  let size = 1;
  const root = (): string => {
    const latest = FIRST_LEDGER + Math.floor((bodies.length * size) / PER_LEDGER) + 1;
    return JSON.stringify({
      network_passphrase: passphrase,
      history_latest_ledger: latest,
      history_latest_ledger_closed_at: CLOSED_AT,
      history_elder_ledger: 1,
      core_latest_ledger: latest,
    });
  };
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    response.setHeader('content-type', 'application/hal+json; charset=utf-8');
    if (url.pathname !== '/payments') return response.end(root());
    const cursor = BigInt(url.searchParams.get('cursor') ?? '0');
    const ledger = Number(cursor >> 32n);
    const seen = ledger < FIRST_LEDGER ? 0 : (ledger - FIRST_LEDGER) * PER_LEDGER + Number((cursor >> 12n) & 0xfffffn);
    return response.end(bodies[Math.floor(seen / size)] ?? EMPTY_PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    show: (pages, perPage) => {
      bodies = pages.map((page) => Buffer.from(page));
      size = perPage;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
