import pg from 'pg';
import { RESOURCES } from '../../src/dialects/partner/partner.resources';
import { EventNumberingService } from '../../src/webhooks/event-numbering.service';
import { SCOPES } from '../../src/common/principal';
import { listPolicies } from '../../src/auth/route-policies';
import { TestApp } from '../support/app';
import { PARTNER, type PartnerProgram } from '../support/partner-program';

/** Rows of the tables that grow with traffic, a fifth of them of the merchant that asks; and of those that people fill. */
const MANY = 100_000;
const OWN = MANY / 5;
const SOME = 30_000;
const FEW = 4_000;
/** Most rows a page of 20 may look at, or sort, when nothing or an indexed column is filtered. */
const PAGE_WORK = 300;

/**
 * What a walk along the merchant's own index, in the order of the page, may have to answer: few distinct values, each with many rows,
 * or a list that people keep small. The walk reads the merchant's rows and nobody else's, and ends with the statement's time limit.
 */
const WALKS: Readonly<Record<string, string>> = {
  'invoices status': 'seven values',
  'payment_links status': 'five values',
  'payment_links kind': 'few values',
  'payments status': 'few values',
  'payments outcome': 'few values',
  'payment_resolutions action': 'three values',
  'products status': 'two values',
  'products currency': 'few values',
  'events eventType': 'few values',
  'audit_log action': 'few values',
  'audit_log actor': 'people and keys, each with many entries',
  'audit_log occurredAt': 'the chain has an order of its own, which is the order of time',
  'events createdAt': 'transactions have an order of their own, which nearly is the order of time',
  'products name': 'a catalogue of people',
  'customers name': 'an address book of people',
  'members role': 'people',
  'members status': 'people',
  'tax_rates status': 'people',
  'tax_rates name': 'people',
  'api_keys network': 'people',
  'clients network': 'people',
};

const SOME_UUID = '01890000-0000-7000-8000-000000000000';
const at = `now() - g * interval '1 second'`;
const wallet = `'G' || upper(substr(translate(md5(g::text) || md5((g + 1)::text), '0189', 'ghij'), 1, 55))`;
const digest = `'\\x' || md5(g::text) || md5((g + 1)::text)`;
const nth = `lpad(to_hex(g), 32, '0')::uuid`;
/** What differs from row to row; everything else is like the one row that the service itself has made. */
const TABLES: readonly {
  readonly table: string;
  readonly rows: number;
  readonly columns: Readonly<Record<string, string>>;
  readonly of?: string;
  readonly mine?: true;
}[] = [
  {
    table: 'invoices',
    rows: MANY,
    columns: {
      id: 'gen_random_uuid()',
      public_id: `'p' || g`,
      number: `'N' || g`,
      reference: `'ref-' || g`,
      reference_number: 'g',
      created_at: at,
    },
  },
  {
    table: 'payment_links',
    rows: MANY,
    columns: {
      id: 'gen_random_uuid()',
      public_id: `'l' || g`,
      reference: `'ref-' || g`,
      invoice_id: 'null',
      created_at: at,
    },
    of: `kind = 'standard' and created_by is not null`,
  },
  {
    table: 'payments',
    rows: MANY,
    columns: {
      id: 'gen_random_uuid()',
      operation_id: '9e15::bigint + g',
      transaction_hash: digest,
      invoice_id: 'null',
      disposition: `'suspense'`,
      recorded_at: at,
    },
  },
  {
    table: 'payment_resolutions',
    rows: SOME,
    columns: { id: 'gen_random_uuid()', payment_id: 'gen_random_uuid()', created_at: at },
  },
  {
    table: 'products',
    rows: SOME,
    columns: { id: 'gen_random_uuid()', sku: `'sku-' || g`, name: `'Tee ' || g`, created_at: at },
  },
  {
    table: 'customers',
    rows: SOME,
    columns: {
      id: 'gen_random_uuid()',
      name: `'Grace ' || g`,
      email: `'grace' || g || '@example.com'`,
      created_at: at,
    },
  },
  { table: 'quotes', rows: SOME, columns: { id: 'gen_random_uuid()', created_at: `date_trunc('second', ${at})` } },
  { table: 'events', rows: MANY, columns: { id: nth, subject_id: nth, created_at: at, written_at: at } },
  { table: 'event_numbers', rows: MANY, columns: { seq: '1000 + g', event_id: nth, subject_id: nth } },
  { table: 'webhook_deliveries', rows: OWN, mine: true, columns: { id: 'gen_random_uuid()', created_at: at } },
  {
    table: 'audit_entries',
    rows: SOME,
    columns: { id: 'gen_random_uuid()', sequence: '1000 + g', subject_id: `'s' || g`, occurred_at: at },
  },
  { table: 'webhook_endpoints', rows: 100, columns: { id: 'gen_random_uuid()', created_at: at } },
  { table: 'tax_rates', rows: FEW, columns: { id: 'gen_random_uuid()', name: `'VAT ' || g`, created_at: at } },
  { table: 'members', rows: FEW, columns: { id: 'gen_random_uuid()', wallet, role: `'viewer'`, created_at: at } },
  {
    table: 'receiving_accounts',
    rows: FEW,
    columns: { id: 'gen_random_uuid()', address: wallet, is_default: 'false', created_at: at },
  },
  {
    table: 'credentials',
    rows: FEW,
    columns: {
      id: 'gen_random_uuid()',
      kind: `case when g % 4 < 2 then 'api_key' else 'client_key' end`,
      public_part: `'k' || g`,
      secret_digest: digest,
      created_at: at,
    },
  },
];

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

let app: TestApp;
let program: PartnerProgram;
let explaining: pg.Client;

beforeAll(async () => {
  app = await TestApp.start({ reconcile: false, env: { ROLE: 'api' } });
  const [{ merchantId: mine, wallet: own, partner }, { merchantId: theirs }] = [
    await app.shop({ scopes: SCOPES }),
    await app.merchant(),
  ];
  program = partner;
  await app.sql(
    `insert into payments (network, operation_id, change_index, id, merchant_id, disposition, outcome, kind, account, from_address, asset_code, amount, memo_type, memo, transaction_hash, ledger, closed_at, recorded_at)
    values ('sandbox', 1, 0, gen_random_uuid(), $1, 'suspense', 'no_reference', 'payment', $2, $2, 'XLM', 1, 'none', '', 'a', 1, now(), now())`,
    [mine, own.address],
  );
  await app.sql(
    `insert into payment_resolutions (merchant_id, id, payment_id, network, action, held_as, created_by, created_at) values ($1, gen_random_uuid(), gen_random_uuid(), 'sandbox', 'refund', 'no_reference', 'x', now())`,
    [mine],
  );
  await app.sql(
    `insert into quotes values ($1, gen_random_uuid(), 'sandbox', 'EUR', 1000, 'XLM', null, 1000, 1, '[]', now(), date_trunc('second', now()) + interval '1 hour')`,
    [mine],
  );
  const make = async (path: string, attributes: object): Promise<void> =>
    expect((await program.create(path, attributes)).status).toBe(201);
  await make('payment_links', {
    amount: '5',
    currency: 'XLM',
    paymentType: 'Invoice',
    expires_at: new Date(Date.now() + 86_400_000).toISOString(),
  });
  await make('invoices', { currency: 'XLM', lines: [{ description: 'a', rate: '1' }] });
  await make('products', { name: 'Tee', price: '19.90', currency: 'EUR' });
  await make('customers', { name: 'Grace', email: 'grace@example.com' });
  await make('tax_rates', { name: 'VAT', percentage: '19' });
  await app.sql(
    `insert into webhook_endpoints (merchant_id, id, network, url, secret, created_at, updated_at) values ($1, gen_random_uuid(), 'sandbox', 'https://example.com/', '', now(), now())`,
    [mine],
  );
  await app.sql(
    `insert into webhook_deliveries (merchant_id, id, endpoint_id, event_id, next_attempt_at, created_at) select w.merchant_id, gen_random_uuid(), w.id, e.id, now(), now() from webhook_endpoints w, events e where e.merchant_id = w.merchant_id limit 1`,
  );
  await app.get(EventNumberingService).settle();
  explaining = new pg.Client({ connectionString: app.databaseUrl });
  await explaining.connect();
  for (const { table, rows, columns, of, mine: all } of TABLES) {
    const members = Object.entries({
      merchant_id: `case when ${all ?? `g <= ${rows / 5}`} then '${mine}'::uuid else '${theirs}'::uuid end`,
      ...columns,
    })
      .map(([name, sql]) => `'${name}', ${sql}`)
      .join(', ');
    await explaining.query(
      `insert into ${table} select r.* from (select * from ${table} where ${of ?? 'true'} limit 1) t, generate_series(1, ${rows}) g, lateral jsonb_populate_record(t::${table}, jsonb_build_object(${members})) r`,
    );
    await explaining.query(`analyze ${table}`);
  }
});
afterAll(async () => {
  await explaining.end();
  await app.stop();
});

interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

/** The statement that a request's page comes from, as it leaves for the server. */
async function pageStatement(path: string): Promise<Statement> {
  const spy = jest.spyOn(pg.Client.prototype, 'query');
  const answer = await program.get(path);
  const sent = (spy.mock.calls as unknown[][])
    .map(([what]) => what as Statement)
    .filter(({ text }) => /limit \$\d+\s*$/.test(text));
  spy.mockRestore();
  expect([path, answer.status, sent.length]).toEqual([path, 200, 1]);
  return sent[0] as Statement;
}

/** How the server answers a statement that is planned for its values, which one without a name is; or with one plan for all values. */
async function planOf(
  { text, values }: Statement,
  mode: 'force_custom_plan' | 'force_generic_plan' = 'force_custom_plan',
): Promise<Plan> {
  const { prepareValue } = (pg as unknown as { utils: { prepareValue(this: void, value: unknown): string | null } })
    .utils;
  const literals = values.map(prepareValue).map((value) => (value === null ? 'null' : pg.escapeLiteral(value)));
  await explaining.query(`set plan_cache_mode = ${mode}; deallocate all; prepare listing as ${text}`);
  const { rows } = await explaining.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `explain (analyze, timing off, format json) execute listing(${literals.join(', ')})`,
  );
  return (rows[0] as { 'QUERY PLAN': [{ Plan: Plan }] })['QUERY PLAN'][0].Plan;
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
const looked = (plan: Plan): number =>
  nodes(plan).reduce(
    (sum, node) =>
      sum +
      (node['Relation Name'] === undefined
        ? 0
        : node['Actual Loops'] *
          (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0))),
    0,
  );
const sorted = (plan: Plan): number =>
  nodes(plan)
    .filter((node) => node['Node Type'] === 'Sort')
    .reduce((sum, node) => sum + (node.Plans?.[0]?.['Actual Rows'] ?? 0), 0);
const shape = (plan: Plan): string =>
  nodes(plan)
    .map((node) => `${node['Node Type']} ${node['Relation Name'] ?? ''}`.trim())
    .join(' < ');

/** Every list of the router that is read from the database, with every filter and sort it allows. */
function requests(): { readonly path: string; readonly filter: string | null; readonly query: string }[] {
  const lists = listPolicies(app.app).filter(
    ({ method, path }) =>
      method === 'GET' &&
      path.startsWith(`${PARTNER}/`) &&
      !path.includes(':') &&
      !path.includes('/exports/') &&
      !path.endsWith('.json'),
  );
  return lists.flatMap(({ path: full }) => {
    const path = full.slice(PARTNER.length + 1);
    const resource = RESOURCES.find((each) => each.path === path);
    if (resource === undefined) throw new Error(`no resource at ${path}`);
    const filters = Object.entries(resource.filters).flatMap(([name, filter]): { filter: string; query: string }[] => {
      if (filter.keys.includes('from'))
        return [
          {
            filter: name,
            query: `filter[${name}][from]=2020-01-01T00:00:00Z&filter[${name}][to]=2020-01-02T00:00:00Z`,
          },
        ];
      const words = ['nobody-has-this', 'true', SOME_UUID, `evt_${SOME_UUID}`, ...CHOICES];
      return words
        .filter((word) => 'value' in filter.read(new Map([['', [word]]])))
        .slice(0, 1)
        .map((word) => ({ filter: name, query: `filter[${name}]=${word}` }));
    });
    expect([path, filters.map(({ filter }) => filter)]).toEqual([path, Object.keys(resource.filters)]);
    const sorts = resource.sortNames
      .flatMap((name) => [name, `-${name}`])
      .map((sort) => ({ filter: null, query: `sort=${sort}` }));
    return [{ filter: null, query: '' }, ...sorts, ...filters].map((each) => ({ path, ...each }));
  });
}
/** Words that a filter over a closed set of values takes, the rarest first. */
const CHOICES = [
  'FAILED',
  'donation',
  'disabled',
  'failed',
  'attached',
  'refunded',
  'cancelled',
  'expired',
  'applied',
  'self_payment',
  'dismiss',
  'archived',
  'webhook_endpoint.test',
  'owner',
  'invited',
  'public',
  'fiat',
  'conflicting_references',
  'held',
];
const FROM_CONFIGURATION = ['currencies', 'exchange_rates'];

describe(`a page of a list of ${MANY} rows`, () => {
  it('is read along an index: no filter and no sort of any route looks at all rows, or sorts more than a page (H10)', async () => {
    const wrong: string[] = [];
    const walked = new Set<string>();
    for (const { path, filter, query } of requests().filter((each) => !FROM_CONFIGURATION.includes(each.path))) {
      const statement = await pageStatement(`${path}?${query}`);
      const plan = await planOf(statement);
      const [rows, sorting] = [looked(plan), sorted(plan)];
      const what = `${path}?${query} looks at ${rows} rows and sorts ${sorting}: ${shape(plan)}`;
      if (statement.name !== undefined) wrong.push(`${path}?${query} has a plan for all values`);
      if (rows <= PAGE_WORK && sorting <= PAGE_WORK) continue;
      walked.add(`${path} ${filter}`);
      if (WALKS[`${path} ${filter}`] === undefined || rows > OWN + PAGE_WORK || sorting > PAGE_WORK) wrong.push(what);
    }
    expect(wrong).toEqual([]);
    // An exception that is none any more leaves the list.
    expect(Object.keys(WALKS).filter((each) => !walked.has(each))).toEqual([]);
  });

  it('is read so because it is planned for its values: the plan for all values would sort the whole collection (H10)', async () => {
    const plan = await planOf(await pageStatement('invoices'), 'force_generic_plan');
    expect(Math.max(looked(plan), sorted(plan))).toBeGreaterThan(OWN / 2);
  });

  it('goes on from its cursor at no greater cost (H10, E12)', async () => {
    for (const path of [
      'invoices',
      'payment_links',
      'payments',
      'customers',
      'products',
      'events',
      'audit_log',
      'quotes',
      'webhook_deliveries',
    ]) {
      let next = `${path}?page[size]=100`;
      for (let page = 0; page < 3; page += 1) next = (await program.get(next)).body.links.next;
      const plan = await planOf(await pageStatement(next));
      expect([path, looked(plan) <= PAGE_WORK, sorted(plan) <= PAGE_WORK, shape(plan)]).toEqual([
        path,
        true,
        true,
        expect.not.stringContaining('Seq Scan'),
      ]);
    }
  });

  it('ends with the statement time limit of every connection, should all else fail (H10)', async () => {
    const [row] = await app.sql<Record<string, string>>(
      `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`,
    );
    expect(row).toEqual({ statement: '15s', lock: '5s', idle: '30s' });
  });
});
