import { Client } from 'pg';
import { Transactions } from '../../src/database/transactions';
import { OutgoingFailure } from '../../src/outgoing/outgoing-http';
import { EventsService } from '../../src/webhooks/events.service';
import { deliveryId, type WebhookDelivery } from '../../src/webhooks/webhook-delivery';
import { DeliveryOutcomesRepository } from '../../src/webhooks/delivery-outcomes.repository';
import { DeliveryQueueRepository } from '../../src/webhooks/delivery-queue.repository';
import { eventually, TestApp } from '../support/app';
import { queued } from '../support/queued-events';
import { WebhookReceiver } from '../support/webhook-receiver';
import { outcome } from './auth-fixtures';
import { HOUR, inOrder, WebhookStage } from './webhooks-fixtures';

let stage: WebhookStage;
let receiver: WebhookReceiver;
beforeAll(async () => {
  stage = await WebhookStage.open();
  receiver = await WebhookReceiver.start();
});
afterAll(async () => {
  await receiver.stop();
  await stage.app.stop();
});
beforeEach(() => receiver.reset());
/** What a test left waiting is not to arrive in the next. */
afterEach(() => stage.app.sql(`delete from webhook_endpoints`));

const page = inOrder(100);

describe('events become deliveries', () => {
  it('once an endpoint and event, with ids of their own (W2, W19)', async () => {
    const { merchantId } = await stage.merchant();
    const [one, two] = [
      await stage.endpoint(merchantId, `${receiver.url}/1`),
      await stage.endpoint(merchantId, `${receiver.url}/2`),
    ];
    const [first = '', second = ''] = await stage.tell(merchantId, 2);
    await stage.run();
    await stage.run();
    const expected = [one, two].flatMap(({ id }) => [first, second].map((event) => `msg_${deliveryId(id, event)}`));
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.ids())).toEqual(new Set(expected));
    for (const received of receiver.received) {
      const { secret } = received.path.endsWith('1') ? one : two;
      expect(WebhookReceiver.verify(received, secret)).toEqual(received.body);
    }
    expect(one.secret).not.toBe(two.secret);
  });

  it('also when their transaction commits after a later one has been sent, and then with the higher number', async () => {
    const { merchantId } = await stage.merchant();
    await stage.endpoint(merchantId, receiver.url);
    const events = stage.app.get(EventsService);
    const slow = new Client({ connectionString: stage.app.databaseUrl });
    await slow.connect();
    await slow.query('begin');
    await slow.query(
      queued(
        `insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at) values ($1, gen_random_uuid(), 'invoice.paid', 'sandbox', 'invoice', gen_random_uuid(), '{"slow":true}', now())`,
      ),
      [merchantId],
    );
    const [quick] = await stage.tell(merchantId);
    await stage.run();
    expect(receiver.received.map(({ body }) => body.id)).toEqual([`evt_${quick}`]);
    const { cursor } = await events.list(merchantId, undefined, 10);
    // A reader of "everything written after what I saw" would never come back for the slow one.
    await slow.query('commit');
    await slow.end();
    await stage.run();
    expect(receiver.received).toHaveLength(2);
    expect((await events.list(merchantId, cursor, 10)).events.map(({ data }) => data)).toEqual([{ slow: true }]);
  });

  it('never for a change that was rolled back (W13, F19)', async () => {
    const { merchantId } = await stage.merchant();
    await stage.endpoint(merchantId, receiver.url);
    const undone = stage.app.get(Transactions).run(async () => {
      await stage.tell(merchantId);
      throw new Error('no');
    });
    await expect(undone).rejects.toThrow('no');
    await stage.run();
    expect(receiver.received).toEqual([]);
  });

  it('for endpoints of the same network only (W22), that exist and are enabled when the change begins', async () => {
    const owner = await stage.merchant();
    await stage.tell(owner.merchantId);
    const endpoint = await stage.endpoint(owner.merchantId, receiver.url);
    await stage.tell(owner.merchantId, 1, 'testnet');
    await stage.endpoints.update(owner, endpoint.id, { status: 'disabled' });
    await stage.tell(owner.merchantId);
    await stage.run();
    await stage.endpoints.update(owner, endpoint.id, { status: 'enabled' });
    await stage.run();
    expect(receiver.received).toEqual([]);
    const [told] = await stage.tell(owner.merchantId);
    await stage.run();
    expect(receiver.received.map(({ body }) => body.id)).toEqual([`evt_${told}`]);
  });

  it('what waits is measured: events nobody has handed on, deliveries nobody has sent (H19)', async () => {
    const owner = await stage.merchant();
    await stage.endpoint(owner.merchantId, receiver.url);
    await stage.run();
    const backlog = () => stage.app.get(EventsService).backlog();
    const idle = await backlog();
    // As the process leaves it that died right after its commit.
    await stage.app.sql(
      queued(
        `insert into events (merchant_id, id, type, network, subject_type, subject_id, data, created_at) values ($1, gen_random_uuid(), 'invoice.paid', 'sandbox', 'invoice', gen_random_uuid(), '{}', now())`,
      ),
      [owner.merchantId],
    );
    await stage.app.sql(`update event_queue set written_at = written_at - interval '100 seconds'`);
    expect((await backlog()).untoldSeconds).toBeGreaterThanOrEqual(100);
    receiver.behaviour = 500;
    await stage.run();
    stage.clock.advance(65_000);
    expect(await backlog()).toEqual({ untoldSeconds: 0, overdueSeconds: 60 + idle.overdueSeconds });
    const { body } = await stage.app.client.get('/health/ready');
    expect(body).toMatchObject({ oldestUntoldEventSeconds: 0, overdueDeliverySeconds: 60 });
  });

  it('the naive reader and sender without claims would send twice; two processes of ours send each once (W14)', async () => {
    const { merchantId } = await stage.merchant();
    const endpoint = await stage.endpoint(merchantId, receiver.url);
    const second = await WebhookStage.open(
      {},
      { databaseUrl: stage.app.databaseUrl, env: { SECRETS_KEY: Buffer.alloc(32).toString('base64') } },
    );
    try {
      await stage.tell(merchantId, 60);
      await stage.visible();
      const queues = [stage, second].map(({ app }) => app.get(DeliveryQueueRepository));
      const naive = await Promise.all(
        [1, 2].map(() =>
          stage.app.sql<{ id: string }>(
            `select id from webhook_deliveries where endpoint_id = $1 and status = 'pending'`,
            [endpoint.id],
          ),
        ),
      );
      expect(naive.flat()).toHaveLength(120);
      const claims = await Promise.all(
        Array.from({ length: 20 }, (_unused, index) =>
          (queues[index % 2] as DeliveryQueueRepository).claim(
            stage.limits({ perEndpoint: 100, slots: 10 }),
            stage.clock.now(),
          ),
        ),
      );
      const claimed = claims.flat().map(({ id }) => id);
      expect(new Set(claimed).size).toBe(claimed.length);
      expect(claimed.length).toBeGreaterThan(0);
    } finally {
      await second.app.stop();
    }
  });
});

describe('a receiver that was away', () => {
  it('for 70 hours gets every event, under its first id, freshly signed, when the schedule says (W2, W3, W11)', async () => {
    const { merchantId } = await stage.merchant();
    const endpoint = await stage.endpoint(merchantId, receiver.url);
    receiver.behaviour = 503;
    const [first = ''] = await stage.tell(merchantId);
    await stage.run();
    const start = stage.clock.now().getTime();
    const steps = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000];
    for (const seconds of steps) {
      const attempts = (): number => receiver.received.filter(({ body }) => body.id === `evt_${first}`).length;
      const before = attempts();
      stage.clock.advance(seconds * 1000 - 1);
      await stage.run();
      expect(attempts()).toBe(before);
      stage.clock.advance(1);
      await stage.tell(merchantId);
      await stage.run();
      expect(attempts()).toBe(before + 1);
    }
    expect(stage.clock.now().getTime() - start).toBe(185_705_000);
    stage.clock.set(new Date(start + 70 * HOUR));
    await stage.run();
    receiver.behaviour = 204;
    expect(await stage.endpoints.get({ merchantId, network: null }, endpoint.id)).toMatchObject({
      status: 'enabled',
      failingSince: new Date(start),
    });
    await stage.pass(30 * HOUR, HOUR / 2);
    expect((await stage.deliveries.list({ merchantId, network: null }, {}, page)).map(({ status }) => status)).toEqual(
      Array.from({ length: 9 }, () => 'delivered'),
    );
    const same = receiver.received.filter(({ body }) => body.id === `evt_${first}`);
    expect(same).toHaveLength(10);
    expect(new Set(same.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(same.map(({ text }) => text)).size).toBe(1);
    expect(new Set(same.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10);
    for (const received of same) WebhookReceiver.verify(received, endpoint.secret);
    expect(await stage.endpoints.get({ merchantId, network: null }, endpoint.id)).toMatchObject({
      failingSince: null,
      consecutiveFailures: 0,
    });
  });

  it('for four days is disabled, the other endpoints are told, and a replay brings everything (W12, X27)', async () => {
    const owner = await stage.merchant();
    const { merchantId } = owner;
    const other = await WebhookReceiver.start();
    const endpoint = await stage.endpoint(merchantId, receiver.url, { description: 'away' });
    await stage.endpoint(merchantId, other.url, { eventTypes: ['webhook_endpoint.disabled'] });
    const since = stage.clock.now();
    receiver.behaviour = 500;
    const told = [...(await stage.tell(merchantId, 3))];
    await stage.run();
    await stage.pass(96 * HOUR, HOUR);
    expect(await stage.endpoints.get(owner, endpoint.id)).toMatchObject({
      status: 'disabled',
      disabledReason: 'failing',
      failingSince: since,
    });
    expect(other.received.map(({ body }) => [body.type, body.data])).toEqual([
      ['webhook_endpoint.disabled', expect.objectContaining({ id: endpoint.id, reason: 'failing', url: receiver.url })],
    ]);
    told.push(...(await stage.tell(merchantId, 2)));
    await stage.run();
    expect(await outcome(stage.deliveries.replay(owner, endpoint.id, { since }))).toBe('webhook_endpoint_disabled');
    receiver.behaviour = 204;
    receiver.received.splice(0);
    await stage.endpoints.update(owner, endpoint.id, { status: 'enabled' });
    const report = await stage.deliveries.replay(owner, endpoint.id, { since });
    expect(report).toMatchObject({ queued: 6, hasMore: false });
    await stage.run();
    const replayed = receiver.received
      .filter(({ body }) => body.type === 'invoice.paid')
      .map(({ body }) => body.id as string);
    expect(replayed).toHaveLength(5);
    expect(new Set(replayed)).toEqual(new Set(told.map((id) => `evt_${id}`)));
    expect(await stage.deliveries.replay(owner, endpoint.id, { since })).toMatchObject({ queued: 0 });
    expect(await stage.deliveries.replay(owner, endpoint.id, { after: report.cursor })).toMatchObject({
      queued: 0,
      cursor: report.cursor,
    });
    await other.stop();
  });

  it('with 410 for good is disabled at once, and nothing waits for it any more (W9)', async () => {
    const owner = await stage.merchant();
    const endpoint = await stage.endpoint(owner.merchantId, receiver.url);
    receiver.behaviour = 410;
    await stage.tell(owner.merchantId, 20);
    await stage.run();
    expect(await stage.endpoints.get(owner, endpoint.id)).toMatchObject({ status: 'disabled', disabledReason: 'gone' });
    expect(receiver.received.length).toBeLessThan(20);
    expect(
      (await stage.statuses(owner.merchantId)).map(({ status }) => status).filter((status) => status !== 'failed'),
    ).toEqual([]);
  });

  it('with Retry-After is left alone until then, for every delivery (W9)', async () => {
    const { merchantId } = await stage.merchant();
    await stage.endpoint(merchantId, receiver.url);
    receiver.behaviour = (response) => response.writeHead(429, { 'retry-after': '600' }).end();
    await stage.tell(merchantId);
    await stage.run();
    await stage.tell(merchantId, 5);
    await stage.pass(599_000, 100_000);
    expect(receiver.received).toHaveLength(1);
    receiver.behaviour = 204;
    await stage.pass(1_000, 1_000);
    expect(receiver.received).toHaveLength(7);
  });
});

describe('a sender that dies', () => {
  it('between commit and sending loses nothing: after the lease the next one sends (W13)', async () => {
    const { merchantId } = await stage.merchant();
    await stage.endpoint(merchantId, receiver.url);
    const queue = stage.app.get(DeliveryQueueRepository);
    const [event] = await stage.tell(merchantId);
    await stage.visible();
    const claim = () => queue.claim(stage.limits({ leaseSeconds: 1 }), stage.clock.now());
    expect(await claim()).toMatchObject([{ attempt: 1, eventId: event }]);
    expect(await claim()).toEqual([]);
    stage.clock.advance(24 * HOUR);
    expect(await claim()).toEqual([]);
    const over = () =>
      stage.app.sql<{ over: boolean }>(
        'select leased_until <= clock_timestamp() as over from webhook_deliveries where merchant_id = $1',
        [merchantId],
      );
    await eventually(over, ([row]) => row?.over === true);
    await stage.run();
    expect(receiver.received.map(({ body }) => body.id)).toEqual([`evt_${event}`]);
    expect(await stage.statuses(merchantId)).toEqual([{ status: 'delivered', attempts: 2, count: 1n }]);
  });

  it('between answer and record sends again under the same id; a late failure undoes no success', async () => {
    const { merchantId } = await stage.merchant();
    await stage.endpoint(merchantId, receiver.url);
    const outcomes = stage.app.get(DeliveryOutcomesRepository);
    const lost = jest.spyOn(outcomes, 'record').mockRejectedValueOnce(new Error('the process died here'));
    await stage.tell(merchantId);
    await stage.run();
    lost.mockRestore();
    await stage.leasesEnd();
    await stage.run();
    expect(new Set(receiver.ids()).size).toBe(1);
    expect(receiver.received).toHaveLength(2);
    const [row] = await stage.app.sql<{ id: string; endpoint_id: string }>(
      'select id, endpoint_id from webhook_deliveries where merchant_id = $1',
      [merchantId],
    );
    const late = {
      status: 'pending',
      failure: 'timeout',
      nextAttemptAt: stage.clock.now(),
      pausedUntil: null,
      gone: false,
      startedAt: stage.clock.now(),
      latencyMs: 1,
      statusCode: null,
      excerpt: null,
      prompt: false,
    } as const;
    await outcomes.record(
      [{ ...late, merchantId, endpointId: row?.endpoint_id ?? '', deliveryId: row?.id ?? '', attempt: 1 }],
      stage.clock.now(),
    );
    expect(await stage.statuses(merchantId)).toEqual([{ status: 'delivered', attempts: 2, count: 1n }]);
  });
});

describe('many receivers', () => {
  it('one that hangs with 300 events delays no other (W16, F11), and takes a few connections only', async () => {
    const hanging = await WebhookReceiver.start(() => undefined);
    const patient = await WebhookStage.open({ deadlineMs: HOUR, unprovenDeadlineMs: HOUR, concurrency: 32 });
    try {
      const [slow, ...others] = await Promise.all(Array.from({ length: 11 }, () => patient.merchant()));
      await patient.endpoint(slow?.merchantId ?? '', hanging.url);
      for (const { merchantId } of others) await patient.endpoint(merchantId, receiver.url);
      await patient.tell(slow?.merchantId ?? '', 300);
      for (const { merchantId } of others) await patient.tell(merchantId, 30);
      await patient.visible();
      const running = patient.dispatch.run();
      await eventually(
        () => Promise.resolve(receiver.received.length),
        (received) => received === 300,
      );
      // It has not answered even once, and is asked one thing.
      expect([hanging.received.length, hanging.connections]).toEqual([1, 1]);
      await patient.dispatch.beforeApplicationShutdown();
      await running;
    } finally {
      await patient.app.stop();
      await hanging.stop();
    }
  });

  it('one that keeps failing gets a single request at a time (F12)', async () => {
    const { merchantId } = await stage.merchant();
    await stage.endpoint(merchantId, receiver.url);
    let [open, most] = [0, 0];
    receiver.behaviour = (response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.writeHead(500).end();
      }, 5);
    };
    await stage.tell(merchantId, 8);
    await stage.run();
    expect(most).toBeGreaterThan(1);
    most = 0;
    await stage.pass(5_000, 5_000);
    expect(most).toBe(1);
  });
});

describe('what its owner can do', () => {
  it('look at deliveries and attempts, at most 1 KB of an answer (W10, W18)', async () => {
    const owner = await stage.merchant();
    const stranger = await stage.merchant();
    const endpoint = await stage.endpoint(owner.merchantId, receiver.url);
    receiver.behaviour = (response) => response.writeHead(500).end(`no\u0000 ${'\u00e9'.repeat(5_000)}`);
    const [eventId = ''] = await stage.tell(owner.merchantId);
    await stage.run();
    receiver.behaviour = (response) => response.writeHead(302, { location: 'http://127.0.0.1/' }).end();
    await stage.pass(5_000, 5_000);
    const [delivery] = await stage.deliveries.list(
      owner,
      { endpoint: [endpoint.id], status: ['pending'], event: [eventId] },
      page,
    );
    expect(delivery).toMatchObject({
      endpointId: endpoint.id,
      eventId,
      attempts: 2,
      lastStatusCode: 302,
      lastFailure: 'refused',
      nextAttemptAt: new Date(stage.clock.now().getTime() + 300_000),
      network: 'sandbox',
    });
    const attempts = await stage.deliveries.attempts(delivery as WebhookDelivery);
    expect(attempts).toMatchObject([
      { number: 1, statusCode: 500, failure: 'refused' },
      { number: 2, statusCode: 302, excerpt: '' },
    ]);
    expect(Buffer.byteLength(attempts[0]?.excerpt ?? '')).toBeLessThanOrEqual(1_030);
    expect(await outcome(stage.deliveries.get(stranger, delivery?.id ?? ''))).toBe('resource_not_found');
    expect(await outcome(stage.deliveries.resend({ ...owner, network: 'testnet' }, delivery?.id ?? ''))).toBe(
      'resource_not_found',
    );
    expect(await stage.deliveries.list(stranger, {}, page)).toEqual([]);
    expect(await outcome(stage.endpoints.get(stranger, endpoint.id))).toBe('resource_not_found');
    expect(await outcome(stage.endpoints.rotateSecret(stranger, endpoint.id))).toBe('resource_not_found');
    expect(await outcome(stage.endpoints.get(owner, 'x'))).toBe('resource_not_found');
  });

  it('page through them', async () => {
    const owner = await stage.merchant();
    await stage.endpoint(owner.merchantId, receiver.url);
    for (let round = 0; round < 3; round++) {
      await stage.tell(owner.merchantId, 3);
      await stage.run();
      stage.clock.advance(1_000);
    }
    for (const descending of [false, true]) {
      const seen: string[] = [];
      for (let from: string[] | null = null, more = true; more;) {
        const rows: WebhookDelivery[] = await stage.deliveries.list(
          owner,
          { status: ['delivered'] },
          inOrder(4, descending, from),
        );
        seen.push(...rows.map(({ id }) => id));
        from = rows.slice(-1).flatMap(({ createdAt, id }) => [createdAt.toISOString(), id]);
        more = rows.length === 4;
      }
      expect([seen.length, new Set(seen).size]).toEqual([9, 9]);
    }
  });

  it('send one again under the same id, with the whole schedule before it (W18)', async () => {
    const owner = await stage.merchant();
    const endpoint = await stage.endpoint(owner.merchantId, receiver.url);
    await stage.tell(owner.merchantId);
    await stage.run();
    const [delivery] = await stage.deliveries.list(owner, {}, page);
    receiver.behaviour = 500;
    expect(await stage.deliveries.resend(owner, delivery?.id ?? '')).toMatchObject({ status: 'pending', attempts: 1 });
    await stage.run();
    await stage.pass(5_000, 5_000);
    await stage.pass(300_000, 300_000);
    expect(receiver.received).toHaveLength(4);
    expect(new Set(receiver.ids()).size).toBe(1);
    await stage.endpoints.update(owner, endpoint.id, { status: 'disabled' });
    expect(await outcome(stage.deliveries.resend(owner, delivery?.id ?? ''))).toBe('webhook_endpoint_disabled');
  });

  it('send a test to one endpoint, whatever its filter, and to no other', async () => {
    const owner = await stage.merchant();
    const one = await stage.endpoint(owner.merchantId, `${receiver.url}/1`, { eventTypes: ['invoice.paid'] });
    await stage.endpoint(owner.merchantId, `${receiver.url}/2`);
    const { eventId, deliveryId: id } = await stage.endpoints.sendTest(owner, one.id);
    await stage.run();
    expect(receiver.received.map(({ path, body }) => [path, body.type, body.id])).toEqual([
      ['/hook/1', 'webhook_endpoint.test', `evt_${eventId}`],
    ]);
    expect(await stage.deliveries.get(owner, id)).toMatchObject({ status: 'delivered', lastStatusCode: 204 });
    await stage.endpoints.update(owner, one.id, { status: 'disabled' });
    expect(await outcome(stage.endpoints.sendTest(owner, one.id))).toBe('webhook_endpoint_disabled');
  });

  it('rotate the secret: both sign for 24 hours, then the new one (W7, F15)', async () => {
    const owner = await stage.merchant();
    const old = await stage.endpoint(owner.merchantId, receiver.url);
    const { secret, endpoint } = await stage.endpoints.rotateSecret(owner, old.id);
    expect(endpoint.previousSecretUntil).toEqual(new Date(stage.clock.now().getTime() + 24 * HOUR));
    const latest = async () => {
      await stage.tell(owner.merchantId);
      await stage.run();
      return receiver.received.at(-1) as (typeof receiver.received)[number];
    };
    stage.clock.advance(24 * HOUR - 1);
    const during = await latest();
    expect([WebhookReceiver.verify(during, secret), WebhookReceiver.verify(during, old.secret)]).toEqual([
      during.body,
      during.body,
    ]);
    stage.clock.advance(1);
    const after = await latest();
    expect(WebhookReceiver.verify(after, secret)).toEqual(after.body);
    expect(() => WebhookReceiver.verify(after, old.secret)).toThrow('No matching signature found');
  });

  it('change the address and the filter, and delete', async () => {
    const owner = await stage.merchant();
    const { id } = await stage.endpoint(owner.merchantId, `${receiver.url}/old`);
    expect(
      await stage.endpoints.update(owner, id, {
        url: `${receiver.url}/new`,
        eventTypes: ['invoice.paid'],
        description: 'x',
      }),
    ).toMatchObject({ url: `${receiver.url}/new`, eventTypes: ['invoice.paid'], description: 'x' });
    expect(await stage.endpoints.update(owner, id, { eventTypes: null })).toMatchObject({
      eventTypes: null,
      description: 'x',
    });
    expect(await outcome(stage.endpoints.update(owner, id, { url: 'http://169.254.169.254/' }))).toBe(
      'webhook_url_refused',
    );
    expect(await outcome(stage.endpoints.update(owner, id, { eventTypes: ['x'] }))).toBe('validation_failed');
    await stage.tell(owner.merchantId);
    await stage.run();
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook/new']);
    await stage.endpoints.delete(owner, id);
    expect(await stage.statuses(owner.merchantId)).toEqual([]);
    expect(await outcome(stage.endpoints.delete(owner, id))).toBe('resource_not_found');
  });
});

describe('the secret', () => {
  it('is in no table in the clear, and in no log (W6, D07)', async () => {
    const lines: string[] = [];
    const logged = await TestApp.start({
      reconcile: false,
      env: { ROLE: 'api', WEBHOOKS_ALLOW_PRIVATE: '1' },
      log: (line) => lines.push(line),
      databaseUrl: stage.app.databaseUrl,
    });
    const { merchantId } = await stage.merchant();
    const { secret } = await stage.endpoint(merchantId, receiver.url);
    const [row] = await stage.app.sql<{ text: string; bytes: Buffer }>(
      'select e::text as text, secret as bytes from webhook_endpoints e where merchant_id = $1',
      [merchantId],
    );
    expect(row?.text).not.toContain(secret.slice(6));
    expect(row?.text).not.toContain(Buffer.from(secret.slice(6), 'base64').toString('hex'));
    expect(row?.bytes.includes(Buffer.from(secret.slice(6), 'base64'))).toBe(false);
    expect(lines.join('\n')).not.toContain(secret);
    await logged.stop();
  });
});

describe('an address that turned private after it was saved', () => {
  it('is blocked with every attempt, and its owner reads no more than that (F02, F07)', async () => {
    const owner = await stage.merchant();
    const { id } = await stage.endpoint(owner.merchantId, receiver.url);
    await stage.app.sql(`update webhook_endpoints set url = 'http://169.254.169.254/latest/meta-data' where id = $1`, [
      id,
    ]);
    await stage.tell(owner.merchantId);
    await stage.run();
    const [delivery] = await stage.deliveries.list(owner, {}, page);
    expect(delivery).toMatchObject({ status: 'pending', lastFailure: 'blocked', lastStatusCode: null });
    expect(await stage.deliveries.attempts(delivery as WebhookDelivery)).toMatchObject([
      { failure: 'blocked', excerpt: null },
    ]);
    expect(new OutgoingFailure('blocked').message).toBe('no answer: blocked');
  });
});
