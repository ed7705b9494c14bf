import { readFileSync } from 'node:fs';
import path from 'node:path';
import { listPolicies } from '../../src/auth/route-policies';
import { merchantDocument, merchantText } from '../../src/dialects/merchant/openapi/document';
import { NOT_OFFERED } from '../../src/dialects/merchant/not-offered/not-offered';
import type { JsonSchema } from '../../src/http/json-schema';
import type { ApiClient, Json } from '../support/api-client';
import { TestApp } from '../support/app';
import { RateSource } from '../support/rate-source';
import { schemaFaults } from './json-schema';

const document = merchantDocument();
const { schemas } = document.components;
const operations = Object.entries(document.paths).flatMap(([at, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    at,
    method: method.toUpperCase(),
    operation: operation as Json,
  })),
);
/** What is made before it is read, changed and deleted. */
const ORDER = ['POST', 'GET', 'PUT', 'PATCH', 'DELETE'];
/** Made for every call that has an id, so that none of them waits for another. */
const MADE_BY = new Map(
  operations.filter(({ method }) => method === 'POST').map(({ at, operation }) => [at, operation.requestBody.content]),
);

let app: TestApp;
let spot: RateSource;
let shop: ApiClient;
let count = 0;

beforeAll(async () => {
  spot = await RateSource.start(() => '0.85');
  app = await TestApp.start({ reconcile: false, env: spot.onlyEnv });
  shop = await app.shopClient((await app.merchant()).merchantId);
});
afterAll(async () => {
  await app.stop();
  await spot.stop();
});

const faultsOf = (schema: JsonSchema, value: unknown): string[] => schemaFaults(schema, value, schemas);

/** An example, made anew. */
function sound(content: Json): Json {
  count += 1;
  const example = { ...content['application/json'].example };
  if (typeof example.email === 'string') example.email = `${count}.${example.email}`;
  if (typeof example.url === 'string') example.url = `${example.url}-${count}`;
  if (typeof example.phone_number === 'string') example.phone_number = `+1555${String(1_000_000 + count)}`;
  return example;
}

async function idFor(at: string): Promise<string> {
  const collection = at.replace(/\/\{id\}.*$/, '');
  const { body, status } = await shop.post(`/api/v0${collection}`, sound(MADE_BY.get(collection)));
  expect([collection, status]).toEqual([collection, 201]);
  return body.id as string;
}

it('is what is committed', () => {
  const committed = readFileSync(path.resolve(__dirname, '../../openapi.merchant.json'), 'utf8');
  expect(committed === merchantText() ? 'the same' : 'run npm run openapi').toBe('the same');
});

it('has every route that does something', () => {
  const silent = [...NOT_OFFERED.map((call) => `${call.method} ${call.path}`), 'PUT /taxes', 'DELETE /taxes'];
  const served = listPolicies(app.app)
    .filter((route) => route.path.startsWith('/api/v0/'))
    .map((route) => `${route.method} ${route.path.slice('/api/v0'.length)}`)
    .filter((route) => !silent.includes(route));
  expect(operations.map(({ method, at }) => `${method} ${at.replaceAll(/\{(\w+)\}/g, ':$1')}`).toSorted()).toEqual(
    served.toSorted(),
  );
});

it('names every operation once, with its scope and what it can refuse with', () => {
  const ids = operations.map(({ operation }) => operation.operationId as string);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { at, method, operation } of operations) {
    expect(operation.summary).toMatch(/^[A-Z][^.]{3,80}$/);
    const statuses = Object.keys(operation.responses);
    expect(statuses).toContain('429');
    expect([at, statuses.includes('404')]).toEqual([at, at.includes('{id}')]);
    expect([at, operation.requestBody !== undefined]).toEqual([at, ['POST', 'PUT', 'PATCH'].includes(method)]);
    expect([at, operation.security.length > 0]).toEqual([at, statuses.includes('401')]);
  }
});

describe('every example, sent to a service, is answered as the document says', () => {
  const inOrder = operations.toSorted((a, b) => ORDER.indexOf(a.method) - ORDER.indexOf(b.method));

  it.each(inOrder.map((each) => [each.method, each.at, each.operation] as const))(
    '%s %s',
    async (method, at, operation) => {
      const target = at.includes('{id}') ? at.replace('{id}', await idFor(at)) : at;
      const query = at === '/exchange-rate' ? '?from=usd&to=eur' : '';
      const content = operation.requestBody?.content;
      const body =
        content === undefined ? undefined : method === 'POST' ? sound(content) : content['application/json'].example;
      if (content !== undefined) expect(faultsOf(content['application/json'].schema, body)).toEqual([]);
      const answer = await shop.send(method, `/api/v0${target}${query}`, body);
      const documented = operation.responses[String(answer.status)];
      expect([at, answer.status, documented !== undefined && answer.status < 300]).toEqual([at, answer.status, true]);
      expect(faultsOf(documented.content['application/json'].schema, answer.body)).toEqual([]);
      for (const name of Object.keys(documented.headers))
        if (name.startsWith('X-')) expect([name, answer.headers.get(name)]).toEqual([name, expect.any(String)]);
    },
  );

  it.each(
    inOrder
      .filter(({ operation }) => operation.requestBody !== undefined)
      .map(({ method, at, operation }) => [method, at, operation] as const),
  )('%s %s refuses as it says', async (method, at, operation) => {
    const target = at.includes('{id}') ? at.replace('{id}', await idFor(at)) : at;
    const answer = await shop.send(method, `/api/v0${target}`, []);
    expect(answer.status).toBe(400);
    expect(faultsOf(operation.responses['400'].content['application/json'].schema, answer.body)).toEqual([]);
    const unknown = await app.client.send(method, `/api/v0${target}`, {});
    expect(faultsOf(operation.responses['401'].content['application/json'].schema, unknown.body)).toEqual([]);
  });
});
