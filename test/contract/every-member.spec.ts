import { openApiDocument } from '../../src/dialects/partner/openapi/document';
import type { JsonSchema } from '../../src/http/json-schema';
import { type Answer, ApiClient, type Json } from '../support/api-client';
import { bodyRoutes, type Path, pathsOf } from './body-routes';
import { OpenApiShop } from './openapi-fixtures';

/**
 * Every member of every body gets every kind of value: nothing is a fault of the service, and nothing that was taken is
 * lost. Bodies and members are found, in the document of the partner API and on the handlers of the others.
 */

/** As JSON, because some of them no value of ours can spell. */
const VALUES = [
  'null',
  '[]',
  '[[]]',
  '[null]',
  '[{}]',
  '{}',
  '{"a":{}}',
  '""',
  '" "',
  '0',
  '1.5',
  '1e400',
  '123456789012345678901234567890',
  'true',
  `"${'x'.repeat(3000)}"`,
  '"__proto__"',
];
const PARTNER = '/api/public/v1';
const JSON_API = 'application/vnd.api+json';
const HERE = '\u0001here\u0001';

const document = openApiDocument();
let shop: OpenApiShop;
let owner: ApiClient;
let partner: ApiClient;

beforeAll(async () => {
  shop = await OpenApiShop.open();
  owner = (await shop.app.merchant()).client;
  partner = new ApiClient(shop.app.url, { authorization: `Bearer ${shop.key}`, 'content-type': JSON_API });
});
afterAll(() => shop.close());

/** The body with `value` at `path`; what lies above it is made where it is absent. */
function bodyWith(base: Json, path: Path, value: string): string {
  const body = structuredClone(base);
  let at = body;
  path.slice(0, -1).forEach((key, depth) => {
    if (typeof at[key] !== 'object' || at[key] === null) at[key] = typeof path[depth + 1] === 'number' ? [] : {};
    at = at[key];
  });
  at[path.at(-1) as string] = HERE;
  return JSON.stringify(body).replace(JSON.stringify(HERE), () => value);
}

function at(value: Json, path: Path): Json {
  return path.reduce((found, key) => found?.[key], value);
}

/** True when what was sent is what is told: texts as they are kept, decimals by their worth, and null as nothing at all. */
function isTold(sent: Json, told: Json): boolean {
  if (sent === null) return told === null || told === undefined || told === '0' || told === '0.00';
  if (typeof sent === 'object')
    return (
      typeof told === 'object' && told !== null && Object.keys(sent).every((name) => isTold(sent[name], told[name]))
    );
  return (
    sent === told ||
    (typeof sent === 'string' && sent.trim().normalize() === told) ||
    (typeof told === 'string' && told !== '' && Number(told) === Number(sent))
  );
}

/** Paths below `data` that a request schema knows, and the members of the document around them. */
function pathsOfSchema(schema: JsonSchema, path: Path = []): Path[] {
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, inner]): Path[] => [
    [...path, name],
    ...pathsOfSchema(inner, [...path, name]),
  ]);
  return [
    ...properties,
    ...(schema.items === undefined ? [] : [[...path, 0], ...pathsOfSchema(schema.items, [...path, 0])]),
  ];
}

/** What a single value is not told apart from: it is a list or an object already. */
const DEEPER = new Set(['[[]]', '[null]', '{"a":{}}']);
const SINGLE = VALUES.filter((value) => !DEEPER.has(value));

function valuesFor(schema: JsonSchema, path: Path): readonly string[] {
  const known = path.reduce<JsonSchema | undefined>(
    (found, key) => (typeof key === 'number' ? found?.items : found?.properties?.[key]),
    schema,
  );
  const types = [known?.type ?? 'object'].flat();
  const isSingle = !types.includes('array') && !types.includes('object');
  return isSingle ? SINGLE : VALUES;
}

const isBelow = (path: Path, other: Path): boolean =>
  path.length > other.length && other.every((key, depth) => path[depth] === key);

interface Try {
  readonly what: string;
  readonly path: Path;
  readonly value: string;
  readonly answer: Answer;
}

const failures = (tries: readonly Try[]): string[] =>
  tries
    .filter(({ answer }) => answer.status >= 500)
    .map(
      ({ what, path, value, answer }) =>
        `${what} ${path.join('.')}=${value.slice(0, 40)}: ${answer.status} ${answer.text.slice(0, 200)}`,
    );

type Operation = (typeof document.paths)[string][string];

/** Where an operation is sent, by whom, and its example with fresh things in the places of its variables. */
async function placeOf(
  operationId: string,
  path: string,
  operation: Operation,
): Promise<{
  readonly source: string;
  readonly target: string;
  readonly client: ApiClient;
  readonly filled: (text: string) => string;
}> {
  const source = operation['x-codeSamples'][0]?.source ?? '';
  const names = [...new Set([...source.matchAll(/\$([A-Z_]+)/g)].map((match) => match[1] as string))];
  const variables = await shop.variables(operationId, names);
  let count = 0;
  const filled = (text: string): string =>
    text.replaceAll(/\$([A-Z_]+)/g, (_all, name: string) =>
      name === 'RANDOM' ? `${operationId}${(count += 1)}` : (variables[name] as string),
    );
  const target = PARTNER + path.replace('{id}', filled(/\/(\$[A-Z_]+)(?=[/"?\s])/.exec(source)?.[1] ?? ''));
  const client = names.includes('SESSION')
    ? new ApiClient(shop.app.url, { authorization: `Bearer ${variables['SESSION']}`, 'content-type': JSON_API })
    : partner;
  return { source, target, client, filled };
}

describe('of the partner API', () => {
  const writing = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      method === 'get' ? [] : [[operation.operationId, method.toUpperCase(), path, operation] as const],
    ),
  );
  const bodies = writing.filter(([, , , { requestBody }]) => requestBody !== undefined);
  const commands = writing.filter(([, , , { requestBody }]) => requestBody === undefined);

  it.each(bodies)(
    '%s takes no value for what it is not',
    async (operationId, method, path, operation) => {
      const schema = operation.requestBody?.content[JSON_API]?.schema as JsonSchema;
      const { source, target, client, filled } = await placeOf(operationId, path, operation);
      const example = /<<END\n([^]*)\nEND/.exec(source)?.[1] as string;
      const tries: Try[] = [];
      const lost: string[] = [];
      for (const member of [
        ...pathsOfSchema(schema),
        ['data', 'meta'],
        ['data', 'links'],
        ['meta'],
        ['jsonapi'],
        ['included'],
      ] as Path[]) {
        for (const value of valuesFor(schema, member)) {
          const base = JSON.parse(filled(example));
          if (method === 'PATCH' && member[1] === 'attributes') base.data.attributes = {};
          const answer = await client.send(method, target, bodyWith(base, member, value), { 'content-type': JSON_API });
          tries.push({ what: `${method} ${path}`, path: member, value, answer });
          if (answer.status === 201) await client.send('DELETE', `${target}/${answer.body.data.id}`, undefined);
          if (
            answer.status >= 300 ||
            !['attributes', 'relationships'].includes(member[1] as string) ||
            member.length < 3
          )
            continue;
          const told = method === 'PATCH' ? (await client.get(target)).body : answer.body;
          if (value === 'null' && (method === 'POST' || member.length > 3)) continue;
          if (
            Object.hasOwn(told.data[member[1] as string] ?? {}, member[2] as string) &&
            !isTold(JSON.parse(value), at(told, member))
          )
            lost.push(
              `${method} ${path} ${member.join('.')}=${value.slice(0, 40)}: told ${JSON.stringify(at(told, member))}`,
            );
        }
      }
      expect(tries.length).toBeGreaterThan(VALUES.length * 5);
      expect(failures(tries)).toEqual([]);
      expect(lost).toEqual([]);
      // Something of it is taken, or nothing was learnt.
      expect(tries.some(({ answer }) => answer.status < 300)).toBe(true);
    },
    600_000,
  );

  it.each(commands)(
    '%s, which needs no body, is felled by none',
    async (operationId, method, path, operation) => {
      const { target, client } = await placeOf(operationId, path, operation);
      expect(target).not.toContain('{');
      const tries: Try[] = [];
      for (const value of SINGLE) {
        for (const member of [[], ['data'], ['data', 'type'], ['data', 'id'], ['data', 'attributes']] as Path[]) {
          const answer = await client.send(method, target, member.length === 0 ? value : bodyWith({}, member, value), {
            'content-type': JSON_API,
          });
          tries.push({ what: `${method} ${path}`, path: member, value, answer });
        }
      }
      expect(failures(tries)).toEqual([]);
      const { status } = await client.send(method, target, undefined);
      expect([operationId, status < 500 && status !== 400]).toEqual([operationId, true]);
    },
    600_000,
  );
});

describe('of the other families', () => {
  /** Where a request is sent, with what it needs besides the member that is tried, and where its outcome can be read. */
  const places: Readonly<
    Record<string, () => Promise<{ readonly target: string; readonly base?: object; readonly told?: string }>>
  > = {
    'POST /api/links': () => Promise.resolve({ target: '/api/links', base: { amount: '5', asset: 'XLM' } }),
    'POST /api/invoices': () =>
      Promise.resolve({
        target: '/api/invoices',
        base: { currency: 'XLM', lineItems: [{ description: 'x', quantity: 1, rate: '5' }] },
      }),
    'PATCH /api/invoices/:id': async () => {
      const { id } = (
        await owner.post('/api/invoices', {
          currency: 'USDC',
          lineItems: [{ description: 'x', quantity: 2, rate: '5' }],
          title: 'T',
          notes: 'n',
          taxRate: '19',
          discount: '1',
          clientName: 'Ada',
          clientEmail: 'ada@example.com',
          reference: 'r',
          dueDate: '2099-01-01',
        })
      ).body as { id: string };
      return { target: `/api/invoices/${id}`, base: {}, told: `/api/invoices/${id}/owner` };
    },
    'POST /api/clients': () =>
      Promise.resolve({ target: '/api/clients', base: { name: 'Ada', email: 'ada@example.com' } }),
    'PATCH /api/clients/:id/favorite': async () => ({
      target: `/api/clients/${(await owner.post('/api/clients', { name: 'Eve', email: 'eve@example.com' })).body.id as string}/favorite`,
      base: {},
    }),
    'POST /api/webhooks': () =>
      Promise.resolve({ target: '/api/webhooks', base: { url: 'https://shop.example/hooks' } }),
    'POST /api/payments/:invoiceId/pay-intent': async () => ({
      target: `/api/payments/${(await owner.post('/api/links', { amount: '5', asset: 'XLM' })).body.id as string}/pay-intent`,
      base: {},
    }),
    'POST /checkout/:publicId/choice': async () => ({
      target: `/checkout/${(await owner.post('/api/links', { amount: '5', asset: 'XLM' })).body.id as string}/choice`,
      base: { asset: 'XLM' },
    }),
  };

  it('every body is found, and each member of it takes no value for what it is not', async () => {
    const routes = bodyRoutes(shop.app).filter(({ path }) => !path.startsWith(PARTNER));
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(expect.arrayContaining(Object.keys(places)));
    expect(routes.length).toBeGreaterThanOrEqual(14);
    const tries: Try[] = [];
    const lost: string[] = [];
    for (const route of routes) {
      const what = `${route.method} ${route.path}`;
      const {
        target,
        base = {},
        told,
      } = (await places[what]?.()) ?? { target: route.path.replaceAll(/:\w+/g, 'a'.repeat(32)) };
      const members = pathsOf(route.dto);
      expect([what, members.length > 0]).toEqual([what, true]);
      for (const member of [...members, ['id'], ['status'], ['total'], ['unknown'], []] as Path[]) {
        const isSingle = member.length > 0 && !members.some((other) => isBelow(other, member));
        for (const value of isSingle ? SINGLE : VALUES) {
          const answer = await owner.send(
            route.method,
            target,
            member.length === 0 ? value : bodyWith(base, member, value),
            { 'content-type': 'application/json' },
          );
          tries.push({ what, path: member, value, answer });
          if (answer.status >= 300 || member.length === 0 || !members.includes(member)) continue;
          const view = told === undefined ? answer.body : (await owner.get(told)).body;
          if (value === 'null' && (route.method === 'POST' || member.length > 1)) continue;
          // Unknown members of an object are ignored, and an amount alone is one line before its tax.
          if (value.startsWith('{') || (member[0] === 'amount' && isTold(JSON.parse(value), view.subtotal))) continue;
          if (Object.hasOwn(view, member[0] as string) && !isTold(JSON.parse(value), at(view, member)))
            lost.push(`${what} ${member.join('.')}=${value.slice(0, 40)}: told ${JSON.stringify(at(view, member))}`);
        }
      }
      if (places[what] !== undefined)
        expect([what, tries.some((each) => each.what === what && each.answer.status < 300)]).toEqual([what, true]);
    }
    expect(failures(tries)).toEqual([]);
    expect(lost).toEqual([]);
  }, 600_000);

  it('a change refuses null where there must be something, with its path', async () => {
    const { target = '' } = (await places['PATCH /api/invoices/:id']?.()) ?? {};
    for (const member of [
      'lineItems',
      'items',
      'currency',
      'title',
      'amount',
      'networkPassphrase',
      'freelancerWallet',
    ]) {
      const { status, body } = await owner.patch(target, { [member]: null });
      expect([member, status, body.details?.map(({ path }: Json) => path)]).toEqual([member, 400, [member]]);
    }
    for (const [member, empty] of [
      ['notes', null],
      ['description', null],
      ['reference', null],
      ['clientName', null],
      ['clientEmail', null],
      ['dueDate', null],
      ['taxRate', '0'],
      ['discount', '0.00'],
    ] as const) {
      const { status, body } = await owner.patch(target, { [member]: null });
      expect([member, status, body[member]]).toEqual([member, 200, empty]);
    }
  });
});
