import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const SCRIPT = path.resolve(__dirname, '../../scripts/check-census.mjs');
const TABLES = {
  tenant: { invoices: 'what one merchant is owed', payment_links: 'what one merchant asks', events: 'what happened' },
  directory: { sessions: 'who asks', payment_references: 'whose invoice is meant', merchants: 'the tenants' },
};

const ask = (body: string): string => `export class Repository {\n  of(db, merchantId, name) {\n${body}\n  }\n}\n`;
const rows = (sql: string): string => ask(`    return db.rows(\`${sql}\`, [merchantId]);`);

/** What each planted file must be told; the others must pass beside them. */
const PLANTED: Record<string, { text: string; told?: RegExp }> = {
  'names-one.ts': { text: rows('select id from invoices where merchant_id = $1') },
  'joins-one.ts': {
    text: rows(
      'select i.id from invoices i join payment_links l on l.merchant_id = i.merchant_id and l.invoice_id = i.id where l.merchant_id = $1',
    ),
  },
  'asks-the-directory.ts': { text: rows('select merchant_id from sessions where digest = $1 for update skip locked') },
  'names-nobody.ts': {
    text: rows('select id from invoices where public_id = $1'),
    told: /of: touches invoices of all merchants/,
  },
  'names-one-of-two.ts': {
    text: rows('select i.id from invoices i join payment_links l on l.invoice_id = i.id where i.merchant_id = $1'),
    told: /touches invoices, payment_links of all merchants/,
  },
  'names-two.ts': {
    text: rows('select from invoices i, payment_links l where i.merchant_id = $1 and l.merchant_id = $2'),
    told: /of a list of merchants/,
  },
  'names-perhaps.ts': {
    text: rows('select id from invoices where ($1::uuid is null or merchant_id = $1)'),
    told: /touches invoices of all merchants/,
  },
  'names-another.ts': {
    text: rows('select id from invoices where merchant_id <> $1'),
    told: /touches invoices of all merchants/,
  },
  'names-in-a-subquery.ts': {
    text: rows(
      'select from payment_references r where exists (select from invoices i where i.id = r.invoice_id) and r.merchant_id = $1',
    ),
    told: /touches invoices of all merchants/,
  },
  'names-the-other-side.ts': {
    text: rows(
      'select i.id from invoices i left join payment_links l on l.merchant_id = i.merchant_id and l.merchant_id = $1',
    ),
    told: /touches invoices, payment_links of all merchants/,
  },
  'leads.ts': {
    text: rows(
      'select i.id from payment_references r join invoices i on i.merchant_id = r.merchant_id and i.id = r.invoice_id where r.value = $1',
    ),
    told: /of merchants that a directory table leads to/,
  },
  'locks-a-list.ts': {
    text: rows(
      'select id from invoices where (merchant_id, id) in (select * from unnest($1::uuid[], $2::uuid[])) for update skip locked',
    ),
    told: /locks invoices of a list of merchants/,
  },
  'waits-and-changes.ts': {
    text: rows(
      'with held as (select id from invoices where merchant_id = $1 for no key update) update invoices i set status = 1 from held where i.merchant_id = $1 and i.id = held.id',
    ),
    told: /of: waits for a row of invoices and changes it in one statement/,
  },
  'waits-and-deletes.ts': {
    text: rows(
      'delete from events where merchant_id = $1 and id in (select e.id from events e join invoices i on i.merchant_id = e.merchant_id where e.merchant_id = $1 for update of e)',
    ),
    told: /of: waits for a row of events and changes it in one statement/,
  },
  'waits-and-looks.ts': {
    text: rows(
      'with held as (select id, version from invoices where merchant_id = $1 for update) update invoices i set status = 1 from held where i.merchant_id = $1 and i.id = held.id and i.version = held.version',
    ),
  },
  'waits-for-another.ts': {
    text: rows(
      'with held as (select i.id from invoices i join payment_links l on l.merchant_id = i.merchant_id where i.merchant_id = $1 for update of i) update payment_links l set status = 1 from held where l.merchant_id = $1 and l.invoice_id = held.id',
    ),
  },
  'does-not-wait.ts': {
    text: rows(
      'with free as (select id from invoices where merchant_id = $1 for update skip locked) update invoices i set status = 1 from free where i.merchant_id = $1 and i.id = free.id',
    ),
  },
  'deletes.ts': {
    text: rows('delete from events where created_at < $1'),
    told: /touches events of all merchants/,
  },
  'inserts-a-list.ts': {
    text: rows('insert into events (merchant_id, id) select m, gen_random_uuid() from unnest($1::uuid[]) as g (m)'),
    told: /touches events of a list of merchants/,
  },
  'updates-by-a-cte.ts': {
    text: rows(
      'with due as (select merchant_id, id from invoices where expires_at < $1) update invoices i set status = 1 from due where i.merchant_id = due.merchant_id',
    ),
    told: /touches invoices of all merchants/,
  },
  'from-a-constant.ts': {
    text: `import { TABLE } from './shared';\nconst WHERE = 'where public_id = $1';\n${rows('select id from ${TABLE} ${WHERE}')}`,
    told: /touches invoices of all merchants/,
  },
  'shared.ts': {
    text: "export const TABLE = 'invoices';\nexport const own = (alias) => `${alias}.merchant_id = $1`;\n",
  },
  'from-a-function.ts': {
    text: `import { own } from './shared';\n${rows("select i.id from invoices i where ${own('i')}")}`,
  },
  'either-way.ts': {
    text: ask(
      "    const whose = merchantId === null ? 'true' : 'merchant_id = $1';\n    return db.page(`select id from invoices where ${whose}`, []);",
    ),
    told: /touches invoices of all merchants/,
  },
  'put-together.ts': {
    text: ask(
      "    const terms = ['merchant_id = $1'];\n    if (name) terms.push('name = $2');\n    return db.rows(`select id from invoices where ${terms.join(' and ')}`, []);",
    ),
  },
  'a-part.ts': {
    text: 'export const part = () => ({ values: [], sql: (first) => `gone as (delete from events where id = $${first})` });\n',
    told: /part: touches events of all merchants/,
  },
  'waits-to-be-used.ts': {
    text: 'export const CHECKS = [{ sql: `select count(*) from invoices` }];\n',
    told: /CHECKS: touches invoices of all merchants/,
  },
  'nobody-can-read.ts': {
    text: rows('select id from invoices where where ${name}'),
    told: /nobody can read this SQL/,
  },
  'any-table.ts': {
    text: rows('select id from ${name} where public_id = $1'),
    told: /nobody can read this SQL/,
  },
  'listed.ts': { text: rows('select id from invoices where public_id = $1') },
  'listed-whole.ts': { text: rows('select count(*) from events') },
  'listed-better.ts': {
    text: rows('select id from invoices where public_id = $1'),
    told: /touches invoices of all merchants, and is listed as one of a list of merchants/,
  },
  'listed-without-locks.ts': {
    text: rows('select id from invoices where public_id = $1 for update'),
    told: /is listed as one that does not lock/,
  },
  'listed-and-gone.ts': {
    text: rows('select id from invoices where merchant_id = $1'),
    told: /of is listed, and no statement there crosses merchants/,
  },
  'listed-without-why.ts': {
    text: rows('select id from invoices where public_id = $1'),
    told: /of is listed without a reason/,
  },
};
const WHY = 'a reason that somebody can judge';
const LISTED = {
  'src/listed.ts': { of: { way: 'all', why: WHY } },
  'src/listed-whole.ts': { '*': { why: WHY } },
  'src/listed-better.ts': { of: { way: 'keys', why: WHY } },
  'src/listed-without-locks.ts': { of: { way: 'all', why: WHY } },
  'src/listed-and-gone.ts': { of: { way: 'all', why: WHY } },
  'src/listed-without-why.ts': { of: { way: 'all', why: 'job' } },
  'src/never-there.ts': { of: { way: 'all', why: WHY } },
};

describe('the census of statements', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lt-census-'));
  let report: string[];

  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };

  beforeAll(() => {
    for (const [file, { text }] of Object.entries(PLANTED)) write(`src/${file}`, text);
    write('migrations/tables.json', JSON.stringify(TABLES));
    write('scripts/census/crossing.mjs', `export const CROSSING = ${JSON.stringify(LISTED)};`);
    const outcome = spawnSync(process.execPath, [SCRIPT, folder], { encoding: 'utf8' });
    expect([outcome.status, outcome.stdout]).toEqual([1, '']);
    report = outcome.stderr.trim().split('\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const of = (file: string): string[] => report.filter((line) => line.startsWith(`src/${file}:`));
  const broken = Object.entries(PLANTED).flatMap(([file, { told }]) => (told === undefined ? [] : [{ file, told }]));
  const sound = Object.entries(PLANTED).flatMap(([file, { told }]) => (told === undefined ? [file] : []));

  it.each(broken)('tells $file once', ({ file, told }) => {
    expect(of(file)).toEqual([expect.stringMatching(told)]);
  });

  it.each(sound)('lets %s pass', (file) => {
    expect(of(file)).toEqual([]);
  });

  it('tells of a file that is listed and not there', () => {
    expect(of('never-there.ts')).toEqual([expect.stringMatching(/no statement there crosses merchants/)]);
  });

  it('takes the statements of this project as they are listed', () => {
    const outcome = spawnSync(process.execPath, [SCRIPT], { encoding: 'utf8' });
    expect([outcome.status, outcome.stderr]).toEqual([0, '']);
    expect(outcome.stdout).toMatch(/^\d{3,} statements about tenants name one merchant, \d{2,} others are listed\n$/);
  });
});
