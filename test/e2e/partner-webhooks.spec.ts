import { type Scope, SCOPES } from '../../src/common/principal';
import { runCli } from '../../src/cli/run-cli';
import { readEnv } from '../../src/env';
import { eventually, TestApp } from '../support/app';
import type { PartnerProgram } from '../support/partner-program';
import type { TestShop } from '../support/shop';
import { WebhookReceiver } from '../support/webhook-receiver';

let app: TestApp;
let receiver: WebhookReceiver;
beforeAll(async () => {
  app = await TestApp.start({ env: { WEBHOOKS_ALLOW_PRIVATE: '1' } });
  receiver = await WebhookReceiver.start();
});
afterAll(async () => {
  await receiver.stop();
  await app.stop();
});
beforeEach(() => receiver.reset());

const shop = (scopes: readonly Scope[] = SCOPES): Promise<TestShop> => app.shop({ scopes });

const LINK = {
  amount: '5',
  currency: 'XLM',
  paymentType: 'Invoice',
  expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
};
const change = (partner: PartnerProgram, id: string, attributes: object, headers: Record<string, string> = {}) =>
  partner.send('PATCH', `webhook_endpoints/${id}`, { data: { type: 'webhookEndpoints', id, attributes } }, headers);
const deliveries = (
  partner: PartnerProgram,
  query: string,
  enough: (rows: { attributes: Record<string, unknown> }[]) => boolean,
) =>
  eventually(
    () => partner.get(`webhook_deliveries?${query}`),
    ({ body }) => enough(body.data),
  );

describe('webhook endpoints', () => {
  it('are made with a secret that is told once, also to who repeats the request', async () => {
    const { partner, merchantId } = await shop();
    const once = { 'idempotency-key': 'endpoint-1' };
    const made = await partner.create(
      'webhook_endpoints',
      { url: receiver.url, description: 'shop', eventTypes: ['link.created'] },
      undefined,
      once,
    );
    expect([made.status, made.headers.get('cache-control'), made.headers.get('etag')]).toEqual([
      201,
      'no-store',
      '"1"',
    ]);
    const { secret } = made.body.meta;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(made.body.data.attributes).toMatchObject({
      url: receiver.url,
      description: 'shop',
      eventTypes: ['link.created'],
      network: 'sandbox',
      status: 'enabled',
      disabledReason: null,
      failingSince: null,
    });
    const again = await partner.create(
      'webhook_endpoints',
      { url: receiver.url, description: 'shop', eventTypes: ['link.created'] },
      undefined,
      once,
    );
    expect([again.status, again.headers.get('idempotent-replayed'), again.body.data.id]).toEqual([
      201,
      'true',
      made.body.data.id,
    ]);
    const { id } = made.body.data;
    for (const answer of [
      again,
      await partner.get(`webhook_endpoints/${id}`),
      await partner.get('webhook_endpoints'),
      await partner.get(`audit_log?filter[subjectId]=${id}`),
    ])
      expect(answer.text).not.toContain(secret);
    await partner.create('payment_links', LINK);
    await eventually(
      async () => receiver.received.length,
      (count) => count === 1,
    );
    expect(WebhookReceiver.verify(receiver.received[0] as never, secret)).toMatchObject({ type: 'link.created' });
    expect(
      await app.sql('select count(*)::int as n from webhook_endpoints where merchant_id = $1', [merchantId]),
    ).toEqual([{ n: 1 }]);
  });

  it('change under If-Match, are switched off and on, and leave a record of it', async () => {
    const { partner } = await shop();
    const { id } = (await partner.create('webhook_endpoints', { url: receiver.url })).body.data;
    expect((await partner.get(`webhook_endpoints/${id}`, { 'if-none-match': '"1"' })).status).toBe(304);
    const renamed = await change(
      partner,
      id,
      { description: 'x', eventTypes: ['invoice.paid'], status: 'disabled' },
      { 'if-match': '"1"' },
    );
    expect(renamed.body.data.attributes).toMatchObject({
      description: 'x',
      eventTypes: ['invoice.paid'],
      status: 'disabled',
      disabledReason: 'owner',
      disabledAt: expect.any(String),
    });
    expect((await change(partner, id, { status: 'enabled' }, { 'if-match': '"1"' })).status).toBe(412);
    expect((await partner.command(`webhook_endpoints/${id}/test`)).body.errors[0].code).toBe(
      'webhook_endpoint_disabled',
    );
    const enabled = await change(
      partner,
      id,
      { status: 'enabled', eventTypes: null },
      { 'if-match': renamed.headers.get('etag') ?? '' },
    );
    expect(enabled.body.data.attributes).toMatchObject({
      status: 'enabled',
      disabledReason: null,
      disabledAt: null,
      eventTypes: null,
    });
    expect((await change(partner, id, { status: 'enabled' })).headers.get('etag')).toBe(enabled.headers.get('etag'));
    const { body } = await partner.get(`audit_log?filter[subjectId]=${id}&sort=sequence`);
    expect(
      body.data.map(({ attributes }: { attributes: { action: string; before: unknown; after: unknown } }) => [
        attributes.action,
        attributes.before,
        attributes.after,
      ]),
    ).toEqual([
      ['webhook_endpoint.created', null, { url: receiver.url, description: null, eventTypes: null, status: 'enabled' }],
      [
        'webhook_endpoint.updated',
        { description: null, eventTypes: null, status: 'enabled' },
        { description: 'x', eventTypes: ['invoice.paid'], status: 'disabled' },
      ],
      [
        'webhook_endpoint.updated',
        { eventTypes: ['invoice.paid'], status: 'disabled' },
        { eventTypes: null, status: 'enabled' },
      ],
    ]);
    expect((await partner.send('DELETE', `webhook_endpoints/${id}`, undefined, { 'if-match': '"1"' })).status).toBe(
      412,
    );
    expect((await partner.send('DELETE', `webhook_endpoints/${id}`)).status).toBe(204);
    expect((await partner.get(`webhook_endpoints/${id}`)).status).toBe(404);
  });

  it('a rotated secret signs beside the old one (F15)', async () => {
    const { partner } = await shop();
    const made = await partner.create('webhook_endpoints', { url: receiver.url });
    const rotated = await partner.command(`webhook_endpoints/${made.body.data.id}/secret_rotation`);
    expect(rotated.body.data.attributes.previousSecretUntil).toEqual(expect.any(String));
    expect(rotated.body.meta.secret).not.toBe(made.body.meta.secret);
    const sent = await partner.command(`webhook_endpoints/${made.body.data.id}/test`);
    expect(sent.status).toBe(202);
    await eventually(
      async () => receiver.received.length,
      (count) => count === 1,
    );
    for (const secret of [made.body.meta.secret, rotated.body.meta.secret])
      expect(WebhookReceiver.verify(receiver.received[0] as never, secret)).toMatchObject({
        id: sent.body.meta.eventId,
        type: 'webhook_endpoint.test',
      });
  });

  it('refuse what cannot be told of, each with its pointer, and the twenty-first', async () => {
    const { partner } = await shop();
    const pointers = async (attributes: object): Promise<unknown> => {
      const { status, body } = await partner.create('webhook_endpoints', attributes);
      return [
        status,
        body.errors.map((error: { code: string; source?: { pointer: string } }) => [error.code, error.source?.pointer]),
      ];
    };
    expect(await pointers({ url: 'http://169.254.169.254/latest' })).toEqual([
      422,
      [['webhook_url_refused', '/data/attributes/url']],
    ]);
    expect(await pointers({ url: receiver.url, eventTypes: ['invoice.paid', 'x'] })).toEqual([
      422,
      [['attributes_invalid', '/data/attributes/eventTypes']],
    ]);
    expect(await pointers({ url: receiver.url, events: ['invoice.payed'] })).toEqual([
      422,
      [['attributes_invalid', '/data/attributes/events']],
    ]);
    expect(await pointers({ url: receiver.url, network: 'public' })).toEqual([
      422,
      [['network_unknown', '/data/attributes/network']],
    ]);
    expect(await pointers({ url: receiver.url, merchantId: 'x', status: 'enabled' })).toEqual([
      422,
      [
        ['attributes_invalid', '/data/attributes/merchantId'],
        ['attributes_invalid', '/data/attributes/status'],
      ],
    ]);
    const made = await Promise.all(
      Array.from({ length: 25 }, () => partner.create('webhook_endpoints', { url: receiver.url })),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(20);
    expect(new Set(made.filter(({ status }) => status !== 201).map(({ body }) => body.errors[0].code))).toEqual(
      new Set(['webhook_endpoint_limit_reached']),
    );
  });

  it('are told ten tests a minute, whoever asks for them', async () => {
    const { partner } = await shop();
    const { id } = (await partner.create('webhook_endpoints', { url: receiver.url })).body.data;
    const answers = await Promise.all(
      Array.from({ length: 15 }, () => partner.command(`webhook_endpoints/${id}/test`)),
    );
    const refused = answers.filter(({ status }) => status === 429);
    expect([answers.filter(({ status }) => status === 202).length, refused.length]).toEqual([10, 5]);
    expect(refused[0]?.headers.get('ratelimit-policy')).toMatch(/^"default";q=\d+;w=60, "webhook-test";q=10;w=60$/);
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
    // To their end, so that none reaches the receiver of another test.
    expect(
      (await deliveries(partner, `filter[endpoint]=${id}&filter[status]=delivered`, (rows) => rows.length >= 10)).body
        .data,
    ).toHaveLength(10);
  });
});

describe('webhook deliveries', () => {
  it('tell what was sent and what came back, and are sent again under the same id', async () => {
    const { partner } = await shop();
    const endpoint = (
      await partner.create('webhook_endpoints', { url: `${receiver.url}/failing`, eventTypes: ['link.created'] })
    ).body.data.id;
    receiver.behaviour = (response) => response.writeHead(500).end('no <b>luck</b>');
    await partner.create('payment_links', LINK);
    const failing = await deliveries(
      partner,
      `filter[endpoint]=${endpoint}&include=endpoint,event`,
      ([row]) => row?.attributes['attempts'] === 1 && row.attributes['lastStatusCode'] === 500,
    );
    expect(failing.body.data[0].attributes).toMatchObject({
      eventType: 'link.created',
      status: 'pending',
      lastFailure: 'refused',
      finishedAt: null,
      nextAttemptAt: expect.any(String),
    });
    expect(failing.body.included.map(({ type }: { type: string }) => type).toSorted()).toEqual([
      'events',
      'webhookEndpoints',
    ]);
    const { id, relationships } = failing.body.data[0];
    const event = relationships.event.data.id;
    expect((await partner.get(`webhook_deliveries/${id}`)).body.meta.attempts).toMatchObject([
      { number: 1, statusCode: 500, failure: 'refused', excerpt: 'no <b>luck</b>' },
    ]);
    expect((await partner.get(`webhook_endpoints/${endpoint}`)).body.data.attributes.failingSince).toEqual(
      expect.any(String),
    );
    receiver.behaviour = 204;
    expect((await partner.command(`webhook_deliveries/${id}/resend`)).status).toBe(202);
    const done = await deliveries(
      partner,
      `filter[event]=${event}&filter[status]=delivered`,
      (rows) => rows.length === 1,
    );
    expect(done.body.data[0]).toMatchObject({
      id,
      attributes: { attempts: 2, nextAttemptAt: null, lastFailure: null },
    });
    expect(
      new Set(
        receiver.received.filter(({ path }) => path.endsWith('/failing')).map(({ headers }) => headers['webhook-id']),
      ).size,
    ).toBe(1);
    expect((await partner.get(`audit_log?filter[subjectId]=${id}`)).body.data[0].attributes.action).toBe(
      'webhook_delivery.resent',
    );
    expect((await partner.get(`webhook_deliveries?filter[status]=failed`)).body.data).toEqual([]);
    expect((await partner.get(`webhook_deliveries?filter[createdAt][to]=2020-01-01T00:00:00.000Z`)).body.data).toEqual(
      [],
    );
  });

  it('are the business of the merchant alone: another hears nothing, sees nothing, and names nobody else (E22)', async () => {
    const [ada, bob] = [await shop(), await shop()];
    const refused = await bob.partner.create('webhook_endpoints', { url: receiver.url, merchantId: ada.merchantId });
    expect([refused.status, refused.body.errors[0].source.pointer]).toEqual([422, '/data/attributes/merchantId']);
    const bobs = (await bob.partner.create('webhook_endpoints', { url: `${receiver.url}/bob` })).body.data.id;
    const adas = (await ada.partner.create('webhook_endpoints', { url: `${receiver.url}/ada` })).body.data.id;
    const link = (await ada.partner.create('payment_links', LINK)).body.data.id;
    const told = (name: string): unknown[] =>
      receiver.received.filter(({ path }) => path.endsWith(name)).map(({ body }) => body.data.linkId ?? body.data.id);
    await eventually(
      async () => told('/ada'),
      (ids) => ids.includes(link),
    );
    await deliveries(ada.partner, `filter[endpoint]=${adas}&filter[status]=delivered`, (rows) => rows.length > 0);
    expect(told('/bob')).toEqual([]);
    for (const query of [`filter[endpoint]=${adas}`, `filter[endpoint]=${bobs}`, ''])
      expect((await bob.partner.get(`webhook_deliveries?${query}`)).body.data).toEqual([]);
  });

  it('need scopes: who may read may not write (E19)', async () => {
    const { partner, merchantId } = await shop();
    const { id } = (await partner.create('webhook_endpoints', { url: receiver.url })).body.data;
    const reader = await app.partner(merchantId, { scopes: ['webhooks:read'] });
    expect((await reader.get(`webhook_endpoints/${id}`)).status).toBe(200);
    for (const answer of [
      await reader.create('webhook_endpoints', { url: receiver.url }),
      await change(reader, id, { status: 'disabled' }),
      await reader.send('DELETE', `webhook_endpoints/${id}`),
      await reader.command(`webhook_endpoints/${id}/secret_rotation`),
    ]) {
      expect([answer.status, answer.body.errors[0].code]).toEqual([403, 'missing_scope']);
    }
  });
});

describe('npm run cli -- endpoints', () => {
  const cli = async (...args: string[]): Promise<never> =>
    JSON.parse(
      await runCli([...args, '--json'], () =>
        readEnv({
          NODE_ENV: 'test',
          DATA_DIR: app.env.dataDir,
          DATABASE_URL: app.databaseUrl,
          WEBHOOKS_ALLOW_PRIVATE: '1',
        }),
      ),
    ) as never;

  it('lists, makes, switches, and replays what was missed, each thing once', async () => {
    const { partner, merchantId } = await shop();
    const made: { id: string; secret: string; events: string } = await cli(
      'endpoints',
      'create',
      '--merchant',
      merchantId,
      '--url',
      receiver.url,
      '--events',
      'link.created,link.cancelled',
    );
    expect(made).toMatchObject({ secret: expect.stringMatching(/^whsec_/), events: 'link.created,link.cancelled' });
    expect(await cli('endpoints', 'disable', '--merchant', merchantId, made.id)).toMatchObject({
      status: 'disabled (owner)',
    });
    await Promise.all(Array.from({ length: 3 }, () => partner.create('payment_links', LINK)));
    await expect(cli('endpoints', 'replay', '--merchant', merchantId, made.id)).rejects.toThrow(
      'The webhook endpoint is disabled',
    );
    expect(await cli('endpoints', 'enable', '--merchant', merchantId, made.id)).toMatchObject({ status: 'enabled' });
    const report = await eventually(
      () => cli('endpoints', 'replay', '--merchant', merchantId, made.id),
      ({ queued }: { queued: number }) => queued > 0,
    );
    await eventually(
      async () => receiver.received.length,
      (count) => count === 3,
    );
    expect(report).toMatchObject({ id: made.id, cursor: expect.any(String) });
    expect(WebhookReceiver.verify(receiver.received[0] as never, made.secret)).toMatchObject({ type: 'link.created' });
    expect(
      await cli('endpoints', 'replay', '--merchant', merchantId, '--since', '2026-01-01T00:00:00Z', made.id),
    ).toMatchObject({ queued: 0 });
    expect(await cli('endpoints', 'list', '--merchant', merchantId)).toMatchObject([
      { id: made.id, network: 'sandbox', status: 'enabled' },
    ]);
    await expect(cli('endpoints', 'replay', '--merchant', merchantId, '--since', 'yesterday', made.id)).rejects.toThrow(
      '--since must be an instant',
    );
    await expect(cli('endpoints', 'enable', '--merchant', merchantId, 'it')).rejects.toThrow(
      'Name the id of the endpoint',
    );
  });

  it('members are listed, invited, given roles and removed', async () => {
    const { merchantId, wallet } = await shop();
    const other = await app.wallet();
    const [owner]: { id: string; role: string }[] = await cli('members', 'list', '--merchant', merchantId);
    expect(owner).toMatchObject({ wallet: wallet.address, role: 'owner', status: 'active' });
    const invited: { id: string } = await cli(
      'members',
      'invite',
      '--merchant',
      merchantId,
      '--wallet',
      other.address,
      '--role',
      'viewer',
    );
    expect(await cli('members', 'role', '--merchant', merchantId, '--role', 'admin', invited.id)).toMatchObject({
      role: 'admin',
      status: 'invited',
    });
    await expect(cli('members', 'remove', '--merchant', merchantId, owner?.id ?? '')).rejects.toThrow(
      'A merchant must keep an owner',
    );
    expect(await cli('members', 'remove', '--merchant', merchantId, invited.id)).toEqual({
      id: invited.id,
      removed: true,
    });
    await expect(cli('members', 'role', '--merchant', merchantId, '--role', 'king', invited.id)).rejects.toThrow(
      '--role must be one of',
    );
    await expect(
      cli('members', 'invite', '--merchant', merchantId, '--wallet', 'GNOBODY', '--role', 'viewer'),
    ).rejects.toThrow('--wallet must be a Stellar address');
    expect(
      await app.sql(
        `select action from audit_entries where merchant_id = $1 and actor = 'operator' order by sequence`,
        [merchantId],
      ),
    ).toEqual([{ action: 'member.invited' }, { action: 'member.updated' }, { action: 'member.removed' }]);
  });
});
