import { listPolicies, type RoutePolicy } from '../../src/auth/route-policies';
import { routeFamily } from '../../src/http/route-family';
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
  app = await TestApp.start({ reconcile: false, env: { LIMIT_WRITES_PER_MINUTE: '1', LIMIT_LINKS_PER_HOUR: '1', LIMIT_INVOICES_PER_HOUR: '1' } });
});
afterAll(() => app.stop());

const nameOf = ({ method, path }: RoutePolicy): string => `${method} ${path}`;
/** Every route of the wallet API that is no mere reading, from the router itself. */
const writing = (): RoutePolicy[] => listPolicies(app.app).filter(({ method, path }) => path.startsWith('/api/') && routeFamily(path) === 'wallet' && !READING.includes(method));
const call = (client: ApiClient, route: RoutePolicy, body: unknown = {}): Promise<Answer> =>
  client.send(route.method, route.path.replaceAll(/:\w+/g, 'abcdefghijklmnopqrstuvwxyz234567'), route.method === 'DELETE' ? undefined : body);
const shown = ({ headers }: Answer): string[] => HEADERS.filter((name) => headers.has(name));

it('finds the routes, so that a new one is among them', () => {
  expect(writing().length).toBeGreaterThanOrEqual(18);
  expect(writing().map(nameOf)).toEqual(expect.arrayContaining([...Object.keys(COUNTING_THEMSELVES), 'DELETE /api/webhooks/:id', 'POST /api/auth/logout', 'PATCH /api/clients/:id/favorite']));
});

it('a credential that has used its limit up is refused by every one of them, before anything else is looked at', async () => {
  const guarded = writing().filter(({ policy, method, path }) => policy?.kind !== 'public' && COUNTING_THEMSELVES[`${method} ${path}`] === undefined);
  for (const route of guarded) {
    const { client } = await app.merchant();
    const first = await call(client, route);
    expect([nameOf(route), first.status === 429, first.headers.get('ratelimit-remaining'), shown(first)]).toEqual([nameOf(route), false, '0', HEADERS]);
    // Signing out ended the credential; another one of the same wallet is counted with it.
    if (route.path.endsWith('/logout')) continue;
    const second = await call(client, route);
    expect([nameOf(route), second.status, shown(second), Number(second.headers.get('retry-after')) > 0]).toEqual([nameOf(route), 429, HEADERS, true]);
    for (const other of guarded) expect([nameOf(other), (await call(client, other)).status]).toEqual([nameOf(other), 429]);
  }
});

it('links and invoices count themselves, with the same headers, and reading is not counted', async () => {
  for (const route of writing().filter((each) => COUNTING_THEMSELVES[nameOf(each)] !== undefined)) {
    const { client } = await app.merchant();
    const answers = [await call(client, route, COUNTING_THEMSELVES[nameOf(route)]), await call(client, route, COUNTING_THEMSELVES[nameOf(route)])];
    expect([nameOf(route), ...answers.map(({ status }) => status)]).toEqual([nameOf(route), 201, 429]);
    expect(answers.map(shown)).toEqual([HEADERS, HEADERS]);
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
  const { client } = await app.merchant();
  await client.delete('/api/clients/x');
  expect((await client.delete('/api/clients/x')).status).toBe(429);
  const other = await app.merchant();
  expect((await other.client.delete('/api/clients/x')).status).not.toBe(429);
});
