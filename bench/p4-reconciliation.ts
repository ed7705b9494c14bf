import os from 'node:os';
import { Client } from 'pg';
import { createApp } from '../src/app.setup';
import { formatLedgerAmount } from '../src/common/money';
import { readEnv } from '../src/env';
import { createLogger } from '../src/http/logger';
import { ReconciliationService } from '../src/payments/reconciliation.service';
import type { Credit } from '../src/stellar/ledger-source';
import { LedgerSources } from '../src/stellar/ledger-sources';
import { copyIn } from './ceilings/copy-in';
import { numberingDelay } from './feed-delay';
import { pageServer, paymentPages } from './ledger-pages';
import { benchDatabase } from './processes';
import { judge } from './report';
import { compare, type Round, verdict } from './rounds';
import { workRound } from './work';
import { BENCH_ACCOUNT, seedInvoices, seedMerchants } from './seed-rows';

const OPEN_INVOICES = 1_000_000;
const PAYMENTS = 10_000;
const PER_PAGE = 200;
/** Coprime to the number of invoices: those that are paid together lie far apart, and none is paid twice. */
const STEP = 618_033;
/** SLP-4's model of the public network: 200 payments a second; we want twenty times that. */
const NETWORK_PER_SECOND = 200;

/**
 * Payments per second through reconciliation: every page a real HTTP answer, every payment ours and matched to one
 * of 10^6 open invoices, against decoding the same pages and one COPY of the same rows.
 */
export async function p4(rounds: number): Promise<boolean> {
  console.log(
    `P4 reconciliation: ${OPEN_INVOICES} open invoices, rounds of ${PAYMENTS} payments, pages of ${PER_PAGE}`,
  );
  const database = await benchDatabase();
  const client = new Client(database.url);
  await client.connect();
  await seedMerchants(client, 1);
  await seedInvoices(client, OPEN_INVOICES);
  const { passphrase } = readEnv({ NETWORKS: 'sandbox' }).networks[0] as { passphrase: string };
  const horizon = await pageServer(passphrase);
  const env = readEnv({
    NETWORKS: 'sandbox',
    HORIZON_URL_SANDBOX: horizon.url,
    DATABASE_URL: database.url,
    ROLE: 'api',
    DATA_DIR: os.tmpdir(),
  });
  const app = await createApp(env, { databaseUrl: database.url, logger: createLogger('error') });
  const reconciliation = app.get(ReconciliationService, { strict: false });
  const source = app.get(LedgerSources, { strict: false }).of('sandbox');
  await client.query('create table copied (like payments)');
  let round = 0;
  const prepare = (): void => {
    const first = round++ * PAYMENTS;
    const memos = Array.from(
      { length: PAYMENTS },
      (_unused, index) => `INV-${String((((first + index) * STEP) % OPEN_INVOICES) + 1).padStart(4, '0')}`,
    );
    horizon.show(paymentPages(passphrase, BENCH_ACCOUNT, memos, PER_PAGE), PER_PAGE);
  };
  const begin = async (): Promise<void> => {
    prepare();
    await client.query(
      `truncate payments; delete from ledger_cursors; insert into ledger_cursors (network, cursor) values ('sandbox', 0)`,
    );
  };
  const reconcile = async (): Promise<void> => {
    let recorded = 0;
    for (let more = true; more;) {
      const report = await reconciliation.ingestPage('sandbox');
      recorded += report.recorded;
      more = report.more;
    }
    if (recorded !== PAYMENTS) throw new Error(`${recorded} of ${PAYMENTS} payments were recorded`);
  };
  const decodeAndCopy = async (): Promise<void> => {
    const credits: Credit[] = [];
    for (let cursor = 0n; credits.length < PAYMENTS;) {
      const page = await source.creditsAfter(cursor, PER_PAGE);
      credits.push(...page.credits);
      cursor = page.cursor;
    }
    await copyIn(client, COPY, Buffer.from(credits.map(copyLine).join('')));
  };
  const ours = async (): Promise<Round> => {
    await begin();
    return workRound(database, PAYMENTS, reconcile);
  };
  const ceiling = async (): Promise<Round> => {
    prepare();
    await client.query('truncate copied');
    return workRound(database, PAYMENTS, decodeAndCopy);
  };
  const comparison = await compare(
    { name: 'reconciliation, all payments ours', run: ours },
    { name: 'decode and one COPY', run: ceiling },
    rounds,
    'payments/s',
  );
  await begin();
  const page = async (): Promise<boolean> => (await reconciliation.ingestPage('sandbox')).more;
  const waiting = async (): Promise<boolean> => (await client.query('select from event_queue limit 1')).rows.length > 0;
  console.log(`  from a page's commit to the numbers of its events: ${await numberingDelay(page, waiting)}`);
  await app.close();
  await horizon.stop();
  await client.end();
  await database.stop();
  const times = comparison.ours.rate.median / NETWORK_PER_SECOND;
  const enough = judge(
    'P4, times the network',
    `${times.toFixed(0)} times ${NETWORK_PER_SECOND} payments/s`,
    '20',
    times >= 20,
  );
  return verdict('P4', comparison, { ratio: 0.3 }) && enough;
}

const COPY = `copy copied (network, operation_id, change_index, id, disposition, outcome, kind, account, from_address, asset_code, amount, memo_type, memo, transaction_hash, ledger, closed_at, recorded_at) from stdin`;

function copyLine(credit: Credit, index: number): string {
  const id = `01900000-0000-7000-8000-${String(index).padStart(12, '0')}`;
  const memo = `\\\\x${Buffer.from(credit.memo.bytes).toString('hex')}`;
  const closedAt = credit.closedAt.toISOString();
  return `${['sandbox', credit.operationId, credit.index, id, 'suspense', 'no_reference', credit.kind, credit.account, credit.from, credit.asset.code, formatLedgerAmount(credit.amount).replace('.', ''), credit.memo.type, memo, credit.transactionHash, credit.ledger, closedAt, closedAt].join('\t')}\n`;
}
