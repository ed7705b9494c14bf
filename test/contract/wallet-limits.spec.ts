import { listPolicies, type RoutePolicy } from '../../src/auth/route-policies';
import { DIALECTS } from '../../src/app.dialects';
import type { Answer, ApiClient } from '../support/api-client';
import { TestApp } from '../support/app';

const HEADERS = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'ratelimit-policy'];
const READING = ['GET', 'HEAD', 'OPTIONS'];
/** Routes that count what succeeds, under a limit of their own, and what they need to succeed. */
const COUNTING_THEMSELVES: Readonly<Record<string, object>> = {
  'POST /api/links': { amount: 1, asset: 'XLM' },
  'POST /api/invoices': { currency: 'XLM', amount: 1, title: 'Beans' },
};

/** One request a window is allowed wherever a limit can be set, so the second is refused. */
let app: TestApp;
beforeAll(async () => {
  app = await TestApp.start({
    reconcile: false,
    env: { LIMIT_WRITES_PER_MINUTE: '1', LIMIT_LINKS_PER_HOUR: '1', LIMIT_INVOICES_PER_HOUR: '1' },
  });
});
afterAll(() => app.stop());

const nameOf = ({ method, path }: RoutePolicy): string => `${method} ${path}`;
/** Every route of the wallet API that is no mere reading, from the router itself. */
const writing = (): RoutePolicy[] =>
  listPolicies(app.app).filter(
    ({ method, path }) => path.startsWith('/api/') && DIALECTS.of(path).name === 'wallet' && !READING.includes(method),
  );
const call = (client: ApiClient, route: RoutePolicy, body: unknown = {}): Promise<Answer> =>
  client.send(
    route.method,
    route.path.replaceAll(/:\w+/g, 'abcdefghijklmnopqrstuvwxyz234567'),
    route.method === 'DELETE' ? undefined : body,
  );
const shown = ({ headers }: Answer): string[] => HEADERS.filter((name) => headers.has(name));

it('finds the routes, so that a new one is among them', () => {
  expect(writing().length).toBeGreaterThanOrEqual(18);
  expect(writing().map(nameOf)).toEqual(
    expect.arrayContaining([
      ...Object.keys(COUNTING_THEMSELVES),
      'DELETE /api/webhooks/:id',
      'POST /api/auth/logout',
      'PATCH /api/clients/:id/favorite',
    ]),
  );
});

/** Asks until it is refused, which the second time is, unless a window ended in between. */
async function untilRefused(ask: () => Promise<Answer>): Promise<Answer[]> {
  const answers = [await ask()];
  while (answers.length < 5 && answers.at(-1)?.status !== 429) answers.push(await ask());
  return answers;
}

/** Signing out ends the credential, so its one request is spent on something else. */
async function spentBefore(route: RoutePolicy): Promise<Answer> {
  const { client } = await app.merchant();
  await untilRefused(() => client.delete('/api/clients/x'));
  return call(client, route);
}

it('a credential that has used its limit up is refused by every one of them, whatever it is asked for', async () => {
  for (const route of writing().filter(
    (each) => each.policy?.kind !== 'public' && COUNTING_THEMSELVES[nameOf(each)] === undefined,
  )) {
    const { client } = await app.merchant();
    const answers = await untilRefused(
      route.path.endsWith('/logout') ? () => spentBefore(route) : () => call(client, route),
    );
    for (const answer of answers)
      expect([nameOf(route), shown(answer), answer.headers.get('ratelimit-remaining')]).toEqual([
        nameOf(route),
        HEADERS,
        '0',
      ]);
    expect([nameOf(route), answers.at(-1)?.status, Number(answers.at(-1)?.headers.get('retry-after')) > 0]).toEqual([
      nameOf(route),
      429,
      true,
    ]);
  }
});

it('links and invoices count themselves, with the same headers, and reading is not counted', async () => {
  for (const route of writing().filter((each) => COUNTING_THEMSELVES[nameOf(each)] !== undefined)) {
    const { client } = await app.merchant();
    const answers = await untilRefused(() => call(client, route, COUNTING_THEMSELVES[nameOf(route)]));
    expect([nameOf(route), answers[0]?.status, answers.at(-1)?.status]).toEqual([nameOf(route), 201, 429]);
    for (const answer of answers) expect(shown(answer)).toEqual(HEADERS);
    expect((await client.get('/api/invoices')).status).toBe(200);
  }
});

it('those that are open to anybody tell the limit of the address', async () => {
  for (const route of writing().filter(({ policy }) => policy?.kind === 'public')) {
    const answer = await call(app.client, route);
    expect([nameOf(route), shown(answer)]).toEqual([nameOf(route), HEADERS]);
  }
});

it('another credential has its own', async () => {
  const [one, other] = [await app.merchant(), await app.merchant()];
  expect((await untilRefused(() => one.client.delete('/api/clients/x'))).at(-1)?.status).toBe(429);
  expect((await other.client.delete('/api/clients/x')).status).toBe(404);
});
