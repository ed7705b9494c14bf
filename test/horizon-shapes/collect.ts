import { Account, BASE_FEE, type Keypair, Operation, TransactionBuilder } from '@stellar/stellar-sdk';
import { PASSPHRASE, type SandboxServer } from '../sandbox/sandbox-server';
import { doEverything } from './deeds';
import { typeOf } from './fixtures';

type Json = Record<string, unknown>;

/** Does one of everything on a sandbox and returns what its surface said, by record type. */
export async function collectRecords(sandbox: SandboxServer): Promise<Map<string, Json[]>> {
  const records = new Map<string, Json[]>();
  const note = (type: string, record: Json): void => {
    records.set(type, [...(records.get(type) ?? []), record]);
  };
  const alice = await sandbox.wallet('shape-alice', true);
  const bob = await sandbox.wallet('shape-bob', true);
  await doEverything(sandbox, alice, bob);
  await collectPages(sandbox, note);
  await collectSingles(sandbox, alice, note);
  await collectProblems(sandbox, alice, note);
  return records;
}

async function collectPages(sandbox: SandboxServer, note: (type: string, record: Json) => void): Promise<void> {
  const lists = [
    'operations?include_failed=true',
    'effects',
    'transactions?include_failed=true',
    'ledgers',
    'trades',
    'offers',
    'assets',
  ];
  const names: Record<string, string> = {
    transactions: 'transaction',
    ledgers: 'ledger',
    trades: 'trade',
    offers: 'offer',
    assets: 'asset',
  };
  for (const list of lists) {
    const { body } = await sandbox.get(`/${list}${list.includes('?') ? '&' : '?'}limit=200&order=desc`);
    note('page', { _links: body._links, _embedded: { records: [] } });
    for (const record of body._embedded.records)
      note(typeOf(record) ?? names[list.split('?')[0] ?? ''] ?? list, record);
  }
}

async function collectSingles(
  sandbox: SandboxServer,
  alice: Keypair,
  note: (type: string, record: Json) => void,
): Promise<void> {
  const pair = `selling_asset_type=native&buying_asset_type=credit_alphanum4&buying_asset_code=USDC&buying_asset_issuer=${sandbox.issuers.USDC}`;
  const singles: Record<string, string> = {
    root: '/',
    account: `/accounts/${alice.publicKey()}`,
    fee_stats: '/fee_stats',
    order_book: `/order_book?${pair}`,
  };
  for (const [type, path] of Object.entries(singles)) note(type, (await sandbox.get(path)).body);
  const aggregated = ['base:EURC', 'counter:USDC']
    .map((one) => one.split(':') as ['base' | 'counter', 'EURC' | 'USDC'])
    .map(
      ([side, code]) =>
        `${side}_asset_type=credit_alphanum4&${side}_asset_code=${code}&${side}_asset_issuer=${sandbox.issuers[code]}`,
    )
    .join('&');
  const listed: Record<string, string> = {
    claimable_balance: '/claimable_balances',
    trade_aggregation: `/trade_aggregations?resolution=3600000&${aggregated}`,
    path: `/paths/strict-receive?source_account=${alice.publicKey()}&destination_asset_type=native&destination_amount=5`,
  };
  for (const [type, path] of Object.entries(listed)) {
    const { body } = await sandbox.get(path);
    for (const record of body._embedded.records) note(type, record);
  }
}

async function collectProblems(
  sandbox: SandboxServer,
  alice: Keypair,
  note: (type: string, record: Json) => void,
): Promise<void> {
  const problem = (body: Json): void => note(`problem:${String(body['type']).split('/').at(-1) ?? ''}`, body);
  problem((await sandbox.get('/payments?limit=0')).body);
  problem((await sandbox.get('/nothing')).body);
  problem((await sandbox.post('/transactions', 'AAAA')).body);
  problem(
    (await sandbox.get('/transactions', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' })).body,
  );
  const poor = await sandbox.build(alice, [
    Operation.payment({ destination: sandbox.issuers.USDC, asset: sandbox.usdc, amount: '900000' }),
  ]);
  problem((await sandbox.post('/transactions', poor.toXDR())).body);
  const faults = [
    'rate_limited_json',
    'server_over_capacity',
    'service_unavailable',
    'stale_history',
    'still_ingesting',
    'server_error',
    'timeout',
  ] as const;
  for (const fault of faults) {
    sandbox.faults.arm(fault, { times: 1 });
    problem((await sandbox.get('/')).body);
  }
  sandbox.faults.arm('elder_ledger', { ledger: 4 });
  problem((await sandbox.get('/payments?order=desc&cursor=4294967297')).body);
  sandbox.faults.disarm('elder_ledger');
  const late = await sandbox.build(alice, [Operation.bumpSequence({ bumpTo: '0' })]);
  sandbox.faults.arm('submit_504_then_nothing', { times: 1 });
  problem((await sandbox.post('/transactions', late.toXDR())).body);
  const idle = await sandbox.wallet('shape-idle');
  const answers = [late.toXDR(), late.toXDR(), stale(alice), stale(idle)];
  for (const envelope of answers) {
    const { body } = await sandbox.post('/transactions_async', envelope);
    note(`async:${String(body['tx_status'])}`, body);
  }
}

/** A transaction whose sequence number was used long ago. */
function stale(source: Keypair): string {
  const transaction = new TransactionBuilder(new Account(source.publicKey(), '1'), {
    fee: BASE_FEE,
    networkPassphrase: PASSPHRASE,
  })
    .addOperation(Operation.bumpSequence({ bumpTo: '0' }))
    .setTimeout(0)
    .build();
  transaction.sign(source);
  return transaction.toXDR();
}
