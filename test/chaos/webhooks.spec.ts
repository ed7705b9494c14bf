import { DEFAULT_PASSPHRASES } from '../../src/common/network';
import { type TestDatabase, testDatabase } from '../support/database';
import { WebhookReceiver } from '../support/webhook-receiver';
import { breaches, countOf, query } from './books';
import { HeldRows } from './held-rows';
import { buildService, ServiceProcess } from './service-process';
import { Shop, statusOrLost } from './shop';
import { until } from './until';

/** A change that was committed is told, wherever the process that made it, or that tells it, is killed. */
describe('kill -9 of a process that sends webhooks', () => {
  let database: TestDatabase;
  let receiver: WebhookReceiver;
  let service: ServiceProcess;
  let shop: Shop;
  let secret: string;

  beforeAll(async () => {
    [database, receiver] = await Promise.all([testDatabase(), WebhookReceiver.start(), buildService()]);
    service = await ServiceProcess.start({ DATABASE_URL: database.url, WEBHOOKS_ALLOW_PRIVATE: '1' });
    shop = await Shop.open(service.url, `${service.url}/sandbox/horizon`, DEFAULT_PASSPHRASES.sandbox);
    const { status, body } = await shop.client(service.url).post('/api/webhooks', { url: receiver.url });
    expect(status).toBe(201);
    secret = String(body.secret);
  });

  afterEach(async () => {
    await HeldRows.releaseAll();
    await until(
      async () =>
        (await countOf(database.url, `select count(*) from webhook_deliveries where status <> 'delivered'`)) === 0 &&
        (await untold()).length === 0,
      { what: 'every event is delivered' },
    );
    expect(await breaches(database.url)).toEqual([]);
    expect(service.said('unhandled rejection')).toEqual([]);
    for (const received of receiver.received) WebhookReceiver.verify(received, secret);
    // However often an event came: always under the one id that is its own at this endpoint.
    const ids = new Map(receiver.received.map(({ body, headers }) => [String(body.id), headers['webhook-id']]));
    for (const { body, headers } of receiver.received) expect(headers['webhook-id']).toBe(ids.get(String(body.id)));
    expect(new Set(ids.values()).size).toBe(ids.size);
  });

  afterAll(async () => {
    await ServiceProcess.killAll();
    await receiver.stop();
    await database.drop();
  });

  /** Events of links and invoices that have not reached the receiver. */
  async function untold(): Promise<string[]> {
    const events = await query<{ id: string }>(
      database.url,
      `select id from events where type in ('link.created', 'invoice.created')`,
    );
    const told = new Set(receiver.received.map(({ body }) => String(body.id)));
    return events.map(({ id }) => `evt_${id}`).filter((id) => !told.has(id));
  }

  /** What a dead sender had claimed is free after a minute; here at once. */
  async function killAndRestart(): Promise<void> {
    await service.kill();
    await query(database.url, 'update webhook_deliveries set leased_until = now() where leased_until > now()');
    await query(database.url, 'update webhook_turns set look_again_at = now()');
    service = await service.restart();
  }

  it('between the commit and the numbering: whoever runs next numbers and sends what it left (W13)', async () => {
    // Whoever holds a merchant's head keeps everybody else from numbering his events.
    await HeldRows.hold(database.url, 'select from event_heads for update');
    for (const amount of ['1', '2', '3']) await shop.link(service.url, amount);
    expect(await untold()).toHaveLength(6);
    expect(receiver.received).toEqual([]);
    await service.kill();
    await HeldRows.releaseAll();
    // Nothing has been numbered, so there is nothing that could be sent.
    expect([await countOf(database.url, 'select count(*) from webhook_deliveries'), receiver.received]).toEqual([
      0,
      [],
    ]);
    service = await service.restart();
    await until(async () => (await untold()).length === 0, { what: 'all six events arrive' });
    expect(receiver.received).toHaveLength(6);
  });

  it('between the sending and the answer: sent again under the same id (W14)', async () => {
    receiver.behaviour = () => undefined;
    const before = receiver.received.length;
    await shop.link(service.url, '4');
    await until(() => receiver.received.length === before + 2, { what: 'both events are on their way' });
    receiver.behaviour = 204;
    await killAndRestart();
    await until(() => receiver.received.length === before + 4, { what: 'both events come again' });
    const ids = receiver.ids().slice(before);
    expect(new Set(ids).size).toBe(2);
    for (const id of new Set(ids)) expect(ids.filter((each) => each === id)).toHaveLength(2);
  });

  it('at any moment, again and again, while links are made', async () => {
    const made: (number | 'lost')[] = [];
    for (let round = 0; round < 4; round += 1) {
      const { url } = service;
      let answered = 0;
      const asked = Array.from({ length: 10 }, (_, at) =>
        statusOrLost(shop.client(url).post('/api/links', Shop.request(String(at + 1)))).finally(() => (answered += 1)),
      );
      await until(() => answered >= round * 3, { what: 'some links are made' });
      await killAndRestart();
      made.push(...(await Promise.all(asked)));
    }
    expect(made).toHaveLength(40);
    expect(
      await countOf(database.url, `select count(*) from events where type = 'link.created'`),
    ).toBeGreaterThanOrEqual(made.filter((each) => each === 201).length + 4);
  });
});
