import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const SCRIPT = path.resolve(__dirname, '../../scripts/check-rings.mjs');

/** What each planted file must be told, and files that must pass beside them. */
const PLANTED: Record<string, { text: string; told?: RegExp }> = {
  'src/common/money.ts': { text: 'export const one = 1n;' },
  'src/common/clock.ts': { text: 'export const now = () => new Date(); setTimeout(now, Date.now());' },
  'src/common/secrets.ts': { text: "import { randomBytes } from 'node:crypto'; export const bytes = randomBytes;" },
  'src/common/reads.ts': {
    text: "import fs from 'node:fs'; export default fs;",
    told: /ring 0 has no framework and no input or output/,
  },
  'src/common/upwards.ts': {
    text: "import { type Link } from '../links/link'; export type Up = Link;",
    told: /ring 0 \(common\) imports ring 3 \(links\)/,
  },
  'src/env.ts': { text: 'export const env = process.env;' },
  'src/database/rows.ts': {
    text: "import { In } from 'typeorm'; import { MIGRATIONS } from '../../migrations'; export const rows = [In, MIGRATIONS];",
  },
  'src/database/widening.ts': {
    text: "export * from '../stellar/memo';",
    told: /database and stellar are both in ring 1/,
  },
  'src/jsonapi/document.ts': { text: "import '@nestjs/common'; export const document = 1;" },
  'src/stellar/memo.ts': { text: "import { Memo } from '@stellar/stellar-sdk'; export const memo = Memo;" },
  'src/stellar/horizon.service.ts': { text: "import '@nestjs/common'; export const horizon = 1;" },
  'src/sandbox/uses-pure.ts': { text: "import { memo } from '../stellar/memo'; export const uses = memo;" },
  'src/sandbox/uses-service.ts': {
    text: "import { horizon } from '../stellar/horizon.service'; export const uses = horizon;",
    told: /sandbox and stellar are both in ring 1/,
  },
  'src/merchants/merchant.ts': { text: 'export interface Merchant {}' },
  'src/merchants/merchants.repository.ts': { text: 'export const merchants = 1;' },
  'src/auth/session.ts': { text: "import { Merchant } from '../merchants/merchant'; export type Session = Merchant;" },
  'src/merchants/asks.ts': {
    text: "import type { Session } from '../auth/session'; export type Asks = Session;",
    told: /merchants and auth are both in ring 2/,
  },
  'src/jsonapi/answers.ts': { text: "import { answer } from '../http/answer'; export const answers = answer;" },
  'src/http/answer.ts': { text: 'export const answer = 1;' },
  'src/links/speaks.ts': {
    text: "import { answers } from '../jsonapi/answers'; export const speaks = answers;",
    told: /JSON:API is spoken by dialects\/partner alone/,
  },
  'src/dialects/partner/links/links.controller.ts': {
    text: "import { answers } from '../../../jsonapi/answers'; export const speaks = answers;",
  },
  'src/webhooks/reaches.ts': {
    text: "import { events } from '../idempotency/keys'; export const reaches = events;",
    told: /webhooks and idempotency are both in ring 2/,
  },
  'src/idempotency/keys.ts': { text: 'export const events = 1;' },
  'src/invoices/invoice.dto.ts': { text: 'export class InvoiceDto {}' },
  'src/invoices/draws.ts': {
    text: "import { In } from 'typeorm'; export const draws = In;",
    told: /typeorm belongs to src\/database/,
  },
  'src/invoices/signs.ts': {
    text: "import { Memo } from '@stellar/stellar-sdk'; export const signs = Memo;",
    told: /@stellar\/\* belongs to/,
  },
  'src/links/link.ts': { text: 'export class Link {}' },
  'src/links/peeks.ts': {
    text: "import { InvoiceDto } from '../invoices/invoice.dto'; export const dto = InvoiceDto;",
    told: /a dto is the own affair of invoices/,
  },
  'src/links/borrows.ts': {
    text: "import { merchants } from '../merchants/merchants.repository'; export const borrows = merchants;",
    told: /a repository is the own affair of merchants/,
  },
  'src/links/ahead.ts': {
    text: "import { pays } from '../payments/pays'; export const ahead = pays;",
    told: /payments does not come before links/,
  },
  'src/links/impure.ts': {
    text: "import { socket } from '../invoices/socket'; export const impure = socket;",
    told: /neither a service, module or decorator of invoices nor pure/,
  },
  'src/links/first.ts': { text: "import { type Second } from './second'; export type First = Second;" },
  'src/links/second.ts': {
    text: "import type { First } from './first'; export type Second = First;",
    told: /closes an import circle: .*first.*second/,
  },
  'src/links/lazy.ts': {
    text: "export const lazy = () => import('../payments/pays');",
    told: /payments does not come before links/,
  },
  'src/links/typed.ts': {
    text: "export type Typed = import('../payments/pays').Pays;",
    told: /payments does not come before links/,
  },
  'src/links/missing.ts': { text: "import './nowhere';", told: /there is no such file/ },
  'src/links/clock1.ts': { text: 'export const at = new Date();', told: /uses new Date\(\)/ },
  'src/links/clock2.ts': { text: 'export const at = Date.now();', told: /uses Date\.now/ },
  'src/links/clock3.ts': { text: 'setTimeout(() => undefined, 1);', told: /uses setTimeout/ },
  'src/links/clock4.ts': { text: 'globalThis.setInterval(() => undefined, 1);', told: /uses setInterval/ },
  'src/links/clock5.ts': {
    text: "import { setTimeout as wait } from 'node:timers/promises'; export default wait;",
    told: /time comes from Clock/,
  },
  'src/links/parses.ts': { text: 'export const at = new Date(0);' },
  'src/links/dice.ts': { text: 'export const dice = Math.random();', told: /uses Math\.random/ },
  'src/links/coin.ts': {
    text: "import { randomBytes } from 'node:crypto'; export const coin = randomBytes;",
    told: /randomness comes from common\/secrets/,
  },
  'src/links/hashes.ts': { text: "import { createHash } from 'node:crypto'; export const hash = createHash;" },
  'src/links/reads-env.ts': { text: "export const home = process['env'].HOME;", told: /uses process\.env/ },
  'src/links/reads-env.spec.ts': { text: 'export const home = process.env.HOME;' },
  'src/invoices/socket.ts': { text: "import net from 'node:net'; export const socket = net;" },
  'src/payments/pays.ts': {
    text: "import { Link } from '../links/link'; export const pays = Link; export type Pays = Link;",
  },
  'src/jobs/tick.ts': { text: "import { Link } from '../links/link'; export const tick = Link;" },
  'src/strange/new.ts': {
    text: "import { one } from '../common/money'; export const strange = one;",
    told: /src\/strange has no place/,
  },
  'src/tools.ts': { text: 'export const tools = 1;', told: /lies in src itself/ },
  'src/app.module.ts': {
    text: "import { merchants } from './merchants/merchants.repository'; export const app = merchants;",
  },
  'migrations/index.ts': { text: "import 'typeorm'; export const MIGRATIONS = [];" },
  'migrations/1-reaches.ts': {
    text: "import { one } from '../src/common/money'; export const reaches = one;",
    told: /migrations stands alone/,
  },
};

describe('the check of import rings', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lt-rings-'));
  let report: string[];

  beforeAll(() => {
    for (const [file, { text }] of Object.entries(PLANTED)) {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
      writeFileSync(path.join(folder, file), `// line one\n${text}\n`);
    }
    const outcome = spawnSync(process.execPath, [SCRIPT, folder], { encoding: 'utf8' });
    expect([outcome.status, outcome.stdout]).toEqual([1, '']);
    report = outcome.stderr.trim().split('\n');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const broken = Object.entries(PLANTED).flatMap(([file, { told }]) => (told === undefined ? [] : [{ file, told }]));
  const sound = Object.entries(PLANTED)
    .filter(([, { told }]) => told === undefined)
    .map(([file]) => file);

  it.each(broken)('tells $file once, with its line', ({ file, told }) => {
    const lines = report.filter((line) => line.startsWith(`${file}:`));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(told);
    expect(lines[0]).toMatch(/:[12] /);
  });

  it.each(sound)('lets %s pass', (file) => {
    expect(report.filter((line) => line.startsWith(`${file}:`))).toEqual([]);
  });
});
