import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { PARTNER_PREFIX } from '../../src/dialects/partner/partner.dialect';
import { listPolicies, type RoutePolicy } from '../../src/auth/route-policies';
import { type ErrorCode, ERRORS } from '../../src/common/errors';
import { escapeHtml } from '../../src/http/html';
import type { JsonSchema } from '../../src/http/json-schema';
import { openApiDocument, openApiText } from '../../src/dialects/partner/openapi/document';
import type { Operation } from '../../src/dialects/partner/openapi/operation';
import { SCOPES } from '../../src/common/principal';
import { LINK_KINDS } from '../../src/links/link-kinds';
import { ApiClient } from '../support/api-client';
import { schemaFaults } from './json-schema';
import { OpenApiShop } from './openapi-fixtures';

const JA = 'application/vnd.api+json';
const NOBODYS = '01890000-0000-7000-8000-000000000000';

const document = openApiDocument();
const { schemas } = document.components;
const operations = Object.entries(document.paths).flatMap(([at, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ at, method: method.toUpperCase(), operation })),
);
const spoken = operations.filter(({ at }) => at !== '/openapi.json');
type Placed = (typeof operations)[number];

const sampleOf = ({ operation }: Placed): string => operation['x-codeSamples'][0]?.source ?? '';
const successOf = (operation: Operation): readonly [string, Response] =>
  Object.entries(operation.responses).find(([status]) => status.startsWith('2')) as [string, Response];
const bodyOf = (operation: Operation): { readonly schema: JsonSchema; readonly example?: unknown } | undefined =>
  operation.requestBody?.content[JA];
const targetOf = ({ at }: Placed, id = NOBODYS): string => PARTNER_PREFIX + at.replace('{id}', id);

interface Response {
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;
  readonly headers?: Readonly<Record<string, unknown>>;
}

function everySchema(value: unknown, at = ''): [string, JsonSchema][] {
  if (typeof value !== 'object' || value === null) return [];
  const nested = Object.entries(value).flatMap(([name, member]) =>
    name === 'example' ? [] : everySchema(member, `${at}/${name}`),
  );
  return 'type' in value ? [[at, value as JsonSchema], ...nested] : nested;
}

describe('the document', () => {
  it('is what is committed', async () => {
    const committed = await readFile(path.resolve(__dirname, '../../openapi.json'), 'utf8');
    expect(committed === openApiText() ? 'the same' : 'run npm run openapi').toBe('the same');
  });

  it('names every operation once, says what it does, who may, and what can go wrong', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations) {
      expect(operation.operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect([operation.operationId, operation.summary]).toEqual([
        operation.operationId,
        expect.stringMatching(/^[A-Z][^.]{3,80}$/),
      ]);
      expect([operation.operationId, operation.description]).toEqual([
        operation.operationId,
        expect.stringMatching(/^[A-Z`][^]{20,}\.$/),
      ]);
      expect([operation.operationId, operation.security.length > 0]).toEqual([
        operation.operationId,
        !operation.description.includes('Open to everybody'),
      ]);
      expect(document.tags.map(({ name }) => name)).toEqual(expect.arrayContaining([...operation.tags]));
      expect([
        operation.operationId,
        Object.keys(operation.responses).filter((status) => status.startsWith('4')).length > 2,
      ]).toEqual([operation.operationId, true]);
    }
  });

  it('lists every scope with what it lets do, and names the one that an operation takes where readers look', () => {
    const listed = (document.components.securitySchemes as { bearer: { 'x-scopes': Record<string, string> } }).bearer[
      'x-scopes'
    ];
    expect(Object.keys(listed)).toEqual([...SCOPES]);
    for (const { operation } of operations) {
      for (const scope of operation['x-required-scopes'])
        expect([operation.operationId, operation.description.includes(`\`${scope}\``), scope in listed]).toEqual([
          operation.operationId,
          true,
          true,
        ]);
    }
  });

  it('offers nothing that is always refused', () => {
    const properties = bodyOf(document.paths['/payment_links']?.['post'] as Operation)?.schema.properties?.['data']
      ?.properties?.['attributes']?.properties;
    expect(properties?.['kind']?.anyOf?.[0]?.enum).toEqual([...LINK_KINDS]);
    expect(properties?.['paymentType']?.enum).toEqual(['Invoice']);
  });

  it('has an example beside every body and every JSON answer, which its schema accepts and which leaves nothing out', () => {
    for (const { operation } of operations) {
      const [, response] = successOf(operation);
      for (const [type, { schema, example }] of Object.entries(response.content ?? {})) {
        if (!type.endsWith('json')) continue;
        expect([operation.operationId, example === undefined]).toEqual([operation.operationId, false]);
        expect([operation.operationId, schemaFaults(schema, example, schemas)]).toEqual([operation.operationId, []]);
        expect([operation.operationId, unlikeDeclared((example as { data?: unknown }).data)]).toEqual([
          operation.operationId,
          [],
        ]);
      }
    }
  });

  it('bounds every text and every number', () => {
    const unbounded = everySchema(document).filter(([, { type, maxLength, enum: choices, const: fixed, maximum }]) => {
      const types = [type].flat();
      if (types.includes('string')) return maxLength === undefined && choices === undefined && fixed === undefined;
      return (types.includes('integer') || types.includes('number')) && maximum === undefined;
    });
    // Security schemes and parameters have a `type` or `in` of another meaning.
    expect(unbounded.map(([at]) => at).filter((at) => !at.startsWith('/components/securitySchemes'))).toEqual([]);
  });

  it('refers only to what is there', () => {
    const references = [...openApiText().matchAll(/"\$ref": "#\/([^"]+)"/g)].map((match) => match[1] as string);
    expect(references.length).toBeGreaterThan(100);
    const missing = references.filter(
      (reference) =>
        reference
          .split('/')
          .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document) ===
        undefined,
    );
    expect(missing).toEqual([]);
  });

  it('has examples that its own schemas accept, and schemas that can refuse', () => {
    for (const { operation } of operations) {
      const body = bodyOf(operation);
      if (body === undefined) continue;
      expect([operation.operationId, schemaFaults(body.schema, body.example, schemas)]).toEqual([
        operation.operationId,
        [],
      ]);
      expect(schemaFaults(body.schema, { data: { type: 'nonsense' } }, schemas)).not.toEqual([]);
    }
    const { schema } = bodyOf(document.paths['/products']?.['post'] as Operation) ?? { schema: {} };
    const product = (attributes: object): string[] =>
      schemaFaults(schema, { data: { type: 'products', attributes } }, schemas);
    expect(product({ name: 'Tee', price: '1', currency: 'EUR' })).toEqual([]);
    expect(product({ name: 'Tee', price: '1' })).toEqual(['/data/attributes lacks currency']);
    expect(product({ name: 'x'.repeat(201), price: '1e3', currency: 'EUR', metadata: { a: 1 } })).toHaveLength(3);
  });
});

describe('against a service', () => {
  let shop: OpenApiShop;
  let routes: RoutePolicy[];
  beforeAll(async () => {
    shop = await OpenApiShop.open();
    routes = listPolicies(shop.app.app).filter((route) => route.path.startsWith(`${PARTNER_PREFIX}/`));
  });
  afterAll(() => shop.close());

  it('has every route and no other, with the scope it needs', () => {
    const matcher = (route: RoutePolicy): RegExp =>
      new RegExp(`^${route.path.replace(':id', String.raw`\{id\}`).replace(':name', String.raw`\w+`)}$`);
    const covers = (route: RoutePolicy, { at, method }: Placed): boolean =>
      route.method === method && matcher(route).test(PARTNER_PREFIX + at);
    expect(
      routes.filter((route) => !operations.some((each) => covers(route, each))).map(({ handler }) => handler),
    ).toEqual([]);
    for (const each of operations) {
      const found = routes
        .filter((route) => covers(route, each))
        .toSorted((a, b) => a.path.split(':').length - b.path.split(':').length);
      const policy = found[0]?.policy;
      const told = [each.operation.security.map((way) => Object.keys(way)), each.operation['x-required-scopes']];
      const scopes = policy?.kind === 'requires' ? [policy.scope] : [];
      expect([each.operation.operationId, told]).toEqual([
        each.operation.operationId,
        [
          policy?.kind === 'public'
            ? []
            : [['bearer'], ['clientKey', 'clientSecret'], ['walletAddress', 'authNonce', 'authSignature']],
          scopes,
        ],
      ]);
    }
  });

  it('serves the document to everybody, and once only to who keeps it', async () => {
    const { client } = shop.app;
    const answer = await client.get(`${PARTNER_PREFIX}/openapi.json`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(answer.text === openApiText()).toBe(true);
    for (const accept of ['application/json', '*/*', 'application/*;q=0.5', JA])
      expect([accept, (await client.get(`${PARTNER_PREFIX}/openapi.json`, { accept })).status]).toEqual([accept, 200]);
    for (const accept of ['text/csv', 'application/json;q=0'])
      expect([accept, (await client.get(`${PARTNER_PREFIX}/openapi.json`, { accept })).status]).toEqual([accept, 406]);
    expect(
      (await client.get(`${PARTNER_PREFIX}/openapi.json`, { 'if-none-match': answer.headers.get('etag') ?? '' }))
        .status,
    ).toBe(304);
  });

  it('is found from the address of the service itself', async () => {
    const answer = await shop.app.client.get('/');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const links = [...answer.text.matchAll(/<a href="([^"]+)"/g)].map(([, address]) => address as string);
    expect(links).toContain('/docs');
    for (const address of links) expect([address, (await shop.app.client.get(address)).status]).toEqual([address, 200]);
    expect(answer.text).not.toMatch(/<script|\son\w+=|style="/);
    expect((await shop.app.client.get('/', { 'if-none-match': answer.headers.get('etag') ?? '' })).status).toBe(304);
  });

  it('shows the document as a page on which nothing runs', async () => {
    const answer = await shop.app.client.get('/docs');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    for (const placed of operations)
      for (const part of [
        `id="${placed.operation.operationId}"`,
        escapeHtml(sampleOf(placed)),
        escapeHtml(PARTNER_PREFIX + placed.at),
      ])
        expect(answer.text.includes(part) ? 'there' : `${part} is missing`).toBe('there');
    const style = /<style>([^]*?)<\/style>/.exec(answer.text)?.[1] ?? '';
    const csp = answer.headers.get('content-security-policy') ?? '';
    expect(csp).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(csp).toMatch(/^default-src 'none';/);
    expect(csp).not.toContain('unsafe');
    expect(answer.text).not.toMatch(/<script|<form|<img|\son\w+=|\sstyle=|(src|href)="(?!#|\/|data:,")/);
    const targets = [...answer.text.matchAll(/href="#([^"]+)"/g)].map((match) => match[1] as string);
    expect(targets.filter((target) => !answer.text.includes(`id="${target}"`))).toEqual([]);
    expect((await shop.app.client.get('/docs', { 'if-none-match': answer.headers.get('etag') ?? '' })).status).toBe(
      304,
    );
  });

  it.each(operations.map((each) => [each.operation.operationId, each] as const))(
    'answers the example of %s as it says',
    async (operationId, placed) => {
      const source = sampleOf(placed);
      const names = [...new Set([...source.matchAll(/\$([A-Z_]+)/g)].map((match) => match[1] as string))];
      const answer = await inShell(source, await shop.variables(operationId, names));
      const [status, response] = successOf(placed.operation);
      expect([answer.status, answer.text]).toEqual([Number(status), answer.text]);
      for (const name of Object.keys(response.headers ?? {}))
        if (name !== 'Idempotent-Replayed') expect(answer.headers).toContain(name.toLowerCase());
      if (response.content === undefined) return expect(answer.text).toBe('');
      const [[type, { schema }] = ['', { schema: {} }]] = Object.entries(response.content);
      expect(answer.type.split(';', 1)[0]).toBe(type);
      if (!type.endsWith('json')) return expect(answer.text.length).toBeGreaterThan(type === 'text/csv' ? 100 : 1000);
      const body = JSON.parse(answer.text) as { data?: unknown };
      expect(schemaFaults(schema, body, schemas)).toEqual([]);
      expect(unlikeDeclared(body.data)).toEqual([]);
      return expect(
        Object.keys(response.content[type]?.example as object).filter((name) => !Object.hasOwn(body, name)),
      ).toEqual([]);
    },
  );

  it.each(spoken.map((each) => [each.operation.operationId, each] as const))(
    'refuses in %s with what it says',
    async (_id, placed) => {
      const { operation, method } = placed;
      const caller = new ApiClient(shop.app.url, { authorization: `Bearer ${shop.key}` });
      const sends = bodyOf(operation) !== undefined;
      const nothing = sends ? { data: { type: 'nonsense' } } : undefined;
      const [type] = bodyOf(operation)?.schema.properties?.['data']?.properties?.['type']?.enum ?? ['nonsense'];
      const ask = (
        query: string,
        body: unknown,
        headers: Record<string, string> = {},
        from = caller,
      ): ReturnType<ApiClient['send']> =>
        from.send(method, targetOf(placed) + query, body, {
          ...(body === undefined ? {} : { 'content-type': JA }),
          ...headers,
        });
      const answers = {
        stranger: await ask('', nothing, {}, new ApiClient(shop.app.url)),
        query: await ask('?nonsense=1', nothing),
        accept: await ask('', nothing, { accept: 'image/png' }),
        key: await ask('', nothing, { 'idempotency-key': 'x'.repeat(256) }),
        ...(sends
          ? {
              shapeless: await ask('', {}),
              typeless: await ask('', { data: {} }),
              foreign: await ask('', nothing),
              empty: await ask('', { data: { type, ...(method === 'PATCH' ? { id: NOBODYS } : {}), attributes: {} } }),
              json: await ask('', '{'),
            }
          : {}),
      };
      expect([answers.stranger.status, answers.stranger.body.errors[0].code, answers.accept.status]).toEqual([
        401,
        'authentication_required',
        406,
      ]);
      for (const [what, { status, body }] of Object.entries(answers)) {
        if (what === 'key' && status < 300) continue;
        expect([what, status, operation.responses[String(status)] === undefined]).toEqual([what, status, false]);
        expect([what, schemaFaults({ $ref: '#/components/schemas/Errors' }, body, schemas)]).toEqual([what, []]);
        for (const { code } of body.errors as { code: ErrorCode }[]) expect(operation['x-error-codes']).toContain(code);
      }
    },
  );

  it('tells the codes of errors that there are', () => {
    for (const { operation } of operations)
      for (const code of operation['x-error-codes']) expect(Object.keys(ERRORS)).toContain(code);
  });
});

/** Attributes and relationships that the schema of the type lacks, or that are missing: nothing was left out by `fields`. */
function unlikeDeclared(data: unknown): string[] {
  return [data].flat().flatMap((each) => {
    const resource = each as {
      readonly type: string;
      readonly attributes?: object;
      readonly relationships?: object;
    } | null;
    if (resource?.attributes === undefined) return [];
    const schema = Object.values(schemas).find(({ properties }) => properties?.['type']?.enum?.[0] === resource.type);
    const compare = (member: 'attributes' | 'relationships'): string[] => {
      const declared = schema?.properties?.[member]?.properties ?? {};
      const [told, found] = [Object.keys(declared), Object.keys(resource[member] ?? {})];
      return [
        ...told.filter((name) => !found.includes(name) && declared[name]?.['x-conditional'] !== true),
        ...found.filter((name) => !told.includes(name)),
      ];
    };
    return [...compare('attributes'), ...compare('relationships')];
  });
}

async function inShell(
  source: string,
  variables: Readonly<Record<string, string>>,
): Promise<{ status: number; type: string; headers: readonly string[]; text: string }> {
  const prelude = String.raw`set -eu; curl() { command curl -s -i "$@"; }`;
  const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', `${prelude}\n${source}`], {
    env: { ...process.env, ...variables },
    maxBuffer: 16 * 1024 * 1024,
  });
  const [head = '', ...rest] = stdout.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const type =
    lines
      .find((line) => /^content-type:/i.test(line))
      ?.slice('content-type:'.length)
      .trim() ?? '';
  return {
    status: Number(first.split(' ')[1]),
    type,
    headers: lines.map((line) => line.split(':', 1)[0]?.toLowerCase() ?? ''),
    text: rest.join('\r\n\r\n'),
  };
}
