import { randomUUID } from 'node:crypto';
import { HousekeepingJob } from '../../src/jobs/housekeeping.job';
import { MailJob } from '../../src/jobs/mail.job';
import { WebhooksJob } from '../../src/jobs/webhooks.job';
import { JobTicksRepository } from '../../src/jobs/job-ticks.repository';
import { TestApp } from '../support/app';

/** Why a table cannot grow without an end, or may: `swept` rows go when they have ended long ago. */
type Rule =
  | { readonly kind: 'swept'; readonly after: string }
  | { readonly kind: 'record'; readonly of: string }
  | { readonly kind: 'bounded'; readonly by: string };

const RULES: Readonly<Record<string, Rule>> = {
  auth_challenges: { kind: 'swept', after: 'a day' },
  sessions: { kind: 'swept', after: 'a day' },
  rate_limits: { kind: 'swept', after: 'a day' },
  idempotency_keys: { kind: 'swept', after: '72 hours' },
  payment_intents: { kind: 'swept', after: 'a day' },
  job_slots: { kind: 'swept', after: 'a day' },
  webhook_deliveries: { kind: 'swept', after: '30 days' },
  quotes: { kind: 'swept', after: '30 days, when no invoice rests on them' },
  mail_outbox: { kind: 'swept', after: '30 days' },
  incidents: { kind: 'swept', after: '30 days' },

  invoices: { kind: 'record', of: 'debts; deleted drafts keep their number and their payment reference' },
  payment_links: { kind: 'record', of: 'what was asked of payers' },
  link_views: { kind: 'record', of: 'how often a page was opened; one row a link and day' },
  payment_link_choices: { kind: 'record', of: 'the debts a link was paid by' },
  payment_link_products: { kind: 'record', of: 'what was sold, and at which price' },
  payment_link_tax_rates: { kind: 'record', of: 'what was sold, and at which tax' },
  payment_references: { kind: 'record', of: 'how late money finds its invoice; a value is never given twice' },
  invoice_supersessions: { kind: 'record', of: 'which invoice took the place of which' },
  payments: { kind: 'record', of: 'money' },
  payment_releases: { kind: 'record', of: 'from when to when money counted' },
  payment_resolutions: { kind: 'record', of: 'what was decided about money' },
  quarantined_items: { kind: 'record', of: 'what may be money; counted in the metrics until somebody has looked' },
  events: { kind: 'record', of: 'every change; readers that were away catch up from it' },
  event_numbers: { kind: 'record', of: 'the order of what happened' },
  audit_entries: { kind: 'record', of: 'who changed what; nothing can be taken out' },
  sandbox_ledgers: { kind: 'record', of: 'the embedded network, which a real one keeps outside' },
  sandbox_entries: { kind: 'record', of: 'the embedded network, which a real one keeps outside' },

  subscriptions: { kind: 'record', of: 'who has promised to pay again and again' },
  subscription_periods: { kind: 'record', of: 'what each period was paid with' },
  subscription_reminders: { kind: 'record', of: 'who was reminded of which period' },
  subscription_tokens: { kind: 'bounded', by: 'keys of subscribers; those that are over are deleted' },

  merchants: { kind: 'bounded', by: 'wallets that have signed in' },
  merchant_handles: { kind: 'bounded', by: 'one a merchant' },
  members: { kind: 'bounded', by: 'people' },
  wallets: { kind: 'bounded', by: 'members' },
  credentials: { kind: 'bounded', by: 'the limits of who issues them' },
  receiving_accounts: { kind: 'bounded', by: 'proofs of accounts' },
  customers: { kind: 'bounded', by: 'the merchant, who can delete and erase' },
  process_heartbeats: { kind: 'bounded', by: 'the processes of a day' },
  demo_merchant: { kind: 'bounded', by: 'one row' },
  incident_watch: { kind: 'bounded', by: 'one row' },
  sandbox_clock: { kind: 'bounded', by: 'one row' },
  sandbox_clock_readers: { kind: 'bounded', by: 'the processes of an hour' },
  products: { kind: 'bounded', by: 'the merchant, who can delete' },
  tax_rates: { kind: 'bounded', by: 'the merchant, who can delete' },
  webhook_endpoints: { kind: 'bounded', by: '20 a merchant' },
  receivability: { kind: 'bounded', by: 'receiving accounts and assets' },
  watched_balances: { kind: 'bounded', by: 'receiving accounts and assets' },
  webhook_turns: { kind: 'bounded', by: 'one a merchant for whom something waits' },
  mail_queue: { kind: 'bounded', by: 'mail that waits, at most six hours unless every worker is away' },
  deadlines: { kind: 'bounded', by: 'open invoices, links and intents that have one' },
  audit_heads: { kind: 'bounded', by: 'one a merchant' },
  invoice_counters: { kind: 'bounded', by: 'one a merchant' },
  ledger_cursors: { kind: 'bounded', by: 'one a network' },
  lives: { kind: 'bounded', by: 'restores and promotions' },
  event_heads: { kind: 'bounded', by: 'one a merchant' },
  event_lives: { kind: 'bounded', by: 'one a merchant and restore' },
  event_queue: { kind: 'bounded', by: 'what was committed in the last moments' },
  sandbox_host: { kind: 'bounded', by: 'one row' },
  schema_migrations: { kind: 'bounded', by: 'releases' },
};

/** A column by which rows grow old, and how many more than one batch there are. */
const AGED: Readonly<Record<string, string>> = {
  auth_challenges: 'expires_at',
  sessions: 'expires_at',
  rate_limits: 'window_start',
  idempotency_keys: 'expires_at',
  payment_intents: 'expires_at',
  job_slots: 'slot',
  webhook_deliveries: 'created_at',
  quotes: 'expires_at',
  mail_outbox: 'ended_at',
  incidents: 'closed_at',
};
const PILED_UP = 12_000;

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { SANDBOX_LEDGER_MS: '1000' } });
});
afterAll(() => app.stop());

const tables = async (): Promise<string[]> =>
  (
    await app.sql<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'public' order by 1`)
  ).map(({ name }) => name);

async function pileUp(): Promise<void> {
  const { client } = await app.merchant();
  expect((await client.post('/api/links', { amount: 1, asset: 'XLM' }, { 'idempotency-key': 'young' })).status).toBe(
    201,
  );
  const id = randomUUID();
  const rows = `from generate_series(1, ${PILED_UP}) g`;
  const old = `now() - interval '40 days'`;
  await app.sql(
    `insert into auth_challenges (digest, kind, wallet, message, expires_at) select sha256(g::text::bytea), 'message', 'G', '', ${old} ${rows}`,
  );
  await app.sql(
    `insert into sessions (digest, merchant_id, member_id, wallet, created_at, expires_at) select sha256(g::text::bytea), m.merchant_id, m.id, m.wallet, ${old}, ${old} from (select * from members limit 1) m, generate_series(1, ${PILED_UP}) g`,
  );
  await app.sql(`insert into rate_limits select 'old' || g, ${old}, 1 ${rows}`);
  await app.sql(
    `insert into idempotency_keys (merchant_id, scope, key, fingerprint, status, created_at, expires_at) select '${id}', 's', 'k' || g, '', 200, ${old}, ${old} ${rows}`,
  );
  await app.sql(
    `insert into payment_intents (merchant_id, id, invoice_id, status, created_at, expires_at) select i.merchant_id, gen_random_uuid(), i.id, 'expired', ${old}, ${old} from (select * from invoices limit 1) i, generate_series(1, ${PILED_UP}) g`,
  );
  await app.sql(`insert into job_slots select 'old', ${old} - g * interval '1 minute' ${rows}`);
  await app.sql(
    `insert into quotes select m.id, gen_random_uuid(), 'sandbox', 'EUR', 1000, 'XLM', null, 1000, 1, '[]', ${old}, date_trunc('second', ${old}) + interval '1 hour' from (select * from merchants limit 1) m, generate_series(1, ${PILED_UP}) g`,
  );
  await app.sql(
    `insert into webhook_endpoints (merchant_id, id, network, url, secret, created_at, updated_at) select id, gen_random_uuid(), 'sandbox', 'https://example.com/', '', now(), now() from merchants limit 1`,
  );
  await app.sql(
    `insert into incidents select 'service_away', '', ${old} - g * interval '1 minute', ${old} - g * interval '1 minute' ${rows}`,
  );
  await app.sql(
    `insert into mail_outbox (merchant_id, id, dedupe_key, recipient, template, locale, data, state, due_at, created_at, sent_at, ended_at)
     select m.id, gen_random_uuid(), 'old' || g, 'a@example.com', 't', 'en', null, 'sent', ${old}, ${old}, ${old}, ${old} from (select * from merchants limit 1) m, generate_series(1, ${PILED_UP}) g`,
  );
  await app.sql(`insert into webhook_deliveries (merchant_id, id, endpoint_id, event_id, status, next_attempt_at, created_at, finished_at)
    select w.merchant_id, gen_random_uuid(), w.id, e.id, 'delivered', ${old}, ${old}, ${old} from webhook_endpoints w, (select * from events order by id limit 1) e, generate_series(1, ${PILED_UP}) g where e.merchant_id = w.merchant_id`);
}

describe('what piles up', () => {
  it('has a rule for every table: a new one without a rule is a question nobody has answered (H20)', async () => {
    expect(await tables()).toEqual(Object.keys(RULES).toSorted());
    expect(Object.keys(AGED).toSorted()).toEqual(
      Object.keys(RULES)
        .filter((table) => RULES[table]?.kind === 'swept')
        .toSorted(),
    );
  });

  it('is swept when it has ended long ago, all of it however much there is, in statements of few rows, and nothing younger (H20)', async () => {
    await pileUp();
    const count = async (older: boolean): Promise<Record<string, number>> => {
      const counts = await Promise.all(
        Object.entries(AGED).map(
          async ([table, column]) =>
            [
              table,
              (
                await app.sql<{ n: number }>(
                  `select count(*)::int as n from ${table} where ${column} ${older ? '<' : '>='} now() - interval '39 days'`,
                )
              )[0]?.n ?? 0,
            ] as const,
        ),
      );
      return Object.fromEntries(counts);
    };
    const [before, young] = [await count(true), await count(false)];
    for (const table of Object.keys(AGED)) expect([table, before[table]]).toEqual([table, PILED_UP]);
    // Only the job of this test takes the slot.
    const claim = jest.spyOn(app.get(JobTicksRepository), 'claim').mockResolvedValue(true);
    await app.get(HousekeepingJob).tick();
    await app.get(WebhooksJob).sweep();
    await app.get(MailJob).sweep();
    claim.mockRestore();
    expect(await count(true)).toEqual(Object.fromEntries(Object.keys(AGED).map((table) => [table, 0])));
    const kept = await count(false);
    for (const table of ['sessions', 'auth_challenges', 'idempotency_keys'])
      expect([table, (kept[table] ?? 0) >= (young[table] ?? 0), (young[table] ?? 0) > 0]).toEqual([table, true, true]);
  });

  it('is taken away by statements that say how many rows they take at most (H20)', async () => {
    const { globSync, readFileSync } = await import('node:fs');
    const sweeps = globSync('src/**/*.repository.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/[`'][^`]*?delete from (\w+) [^`]*/g)].map(([sql, table = '']) => ({
        table,
        sql,
      })),
    );
    const unbounded = sweeps
      .filter(({ table, sql }) => AGED[table] !== undefined && !/limit \$\d/.test(sql) && !sql.includes('${FENCED}'))
      .map(({ table }) => table);
    // Those of one member who leaves; what was sent to one person who is erased; and a row a job and ten minutes: 144 a day each.
    expect(unbounded).toEqual(['sessions', 'mail_outbox', 'job_slots']);
  });
});
