import { readFileSync } from 'node:fs';
import path from 'node:path';
import { listPolicies } from '../../src/auth/route-policies';
import { type ErrorCode, ERRORS } from '../../src/common/errors';
import { MERCHANT_DIALECT } from '../../src/dialects/merchant/merchant.dialect';
import { NOT_OFFERED } from '../../src/dialects/merchant/not-offered/not-offered';
import { MERCHANT_EVENT_NAMES, MERCHANT_EVENTS } from '../../src/webhooks/event-vocabulary';
import { TestApp } from '../support/app';

/** What docs/merchant-api.md claims. Its commands are run by readme.spec.ts. */

const TEXT = readFileSync(path.resolve(__dirname, '../../docs/merchant-api.md'), 'utf8');
const section = (title: string): string => TEXT.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const named = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] as string);

let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({ reconcile: false });
});
afterAll(() => app.stop());

it('has every route, with the scope that it takes, and no other', () => {
  const declared = listPolicies(app.app)
    .filter((route) => route.path.startsWith('/api/v0'))
    .map(({ method, path: at, policy }) => ({
      route: `${method} ${at}`,
      scope: policy?.kind === 'requires' ? policy.scope : policy?.kind === 'authenticated' ? 'any' : 'none',
    }));
  const offered = NOT_OFFERED.map((call) => `${call.method} /api/v0${call.path}`);
  const told = [...TEXT.matchAll(/^\| `([A-Z]+ \/\S+)` \| (?:`(\S+)`|(any|none)) \|/gm)].map(
    ([, route, scope, word]) => ({
      route,
      scope: scope ?? word,
    }),
  );
  const order = (a: { route?: string | undefined }, b: { route?: string | undefined }): number =>
    String(a.route).localeCompare(String(b.route));
  expect(told.toSorted(order)).toEqual(declared.filter(({ route }) => !offered.includes(route)).toSorted(order));
});

it('names every call that is not offered, with what to do instead', () => {
  for (const line of section('What is not offered')
    .split('\n')
    .filter((each) => each.startsWith('| `'))) {
    const [, calls = '', instead = ''] = line.split('|').map((cell) => cell.trim());
    for (const call of named(calls, /`([^`]+)`/g))
      expect([call, NOT_OFFERED.find(({ method, path: at }) => `${method} /api/v0${at}` === call)?.instead]).toEqual([
        call,
        instead,
      ]);
  }
  expect(named(section('What is not offered'), /`([A-Z]+ \/[^`]+)`/g)).toHaveLength(NOT_OFFERED.length);
});

it('has every event under its name, and the types that it stands for', () => {
  const rows = [...section('Webhooks').matchAll(/^\| `([\w.]+)` \| ((?:`[\w.]+` ?)+) \|/gm)].map(([, name, types]) => [
    name,
    named(types ?? '', /`([^`]+)`/g),
  ]);
  expect(rows).toEqual(
    MERCHANT_EVENTS.map((name) => [
      name,
      Object.entries(MERCHANT_EVENT_NAMES)
        .filter(([, own]) => own === name)
        .map(([type]) => type),
    ]),
  );
});

it('tells errors with the status and the sentence that they have here', () => {
  const rows = [...section('Errors').matchAll(/^\| (\d{3}) \| (.+?) \| `(\w+)`/gm)];
  expect(rows.length).toBeGreaterThan(20);
  for (const [, status, sentence, code] of rows) {
    const { status: common, title } = ERRORS[code as ErrorCode];
    const { statuses, texts } = MERCHANT_DIALECT;
    expect([code, Number(status), sentence]).toEqual([
      code,
      statuses[code as ErrorCode] ?? common,
      texts[code as ErrorCode] ?? title,
    ]);
  }
  const told = new Set(rows.map(([, , , code]) => code));
  expect([...Object.keys(MERCHANT_DIALECT.statuses), 'not_offered'].filter((code) => !told.has(code))).toEqual([]);
});
