import { DEFAULT_PASSPHRASES } from '../../src/common/network';
import { ApiClient } from '../support/api-client';
import { type TestDatabase, testDatabase } from '../support/database';
import { WebhookReceiver } from '../support/webhook-receiver';
import { breaches, countOf, query } from './books';
import { buildService, ServiceProcess } from './service-process';
import { Shop } from './shop';
import { until } from './until';

/** What those in front of a process and behind it see of its end. */
describe('a process that is told to stop', () => {
  let database: TestDatabase;
  let receiver: WebhookReceiver;
  let service: ServiceProcess;
  let shop: Shop;

  beforeAll(async () => {
    [database, receiver] = await Promise.all([testDatabase(), WebhookReceiver.start(), buildService()]);
    // Long enough that only a second signal can end it.
    service = await ServiceProcess.start({
      DATABASE_URL: database.url,
      WEBHOOKS_ALLOW_PRIVATE: '1',
      DRAIN_SECONDS: '300',
    });
    shop = await Shop.open(service.url, `${service.url}/sandbox/horizon`, DEFAULT_PASSPHRASES.sandbox);
  });

  afterAll(async () => {
    await ServiceProcess.killAll();
    await receiver.stop();
    await database.drop();
  });

  it('says first that it is not ready, and serves on until the balancers have had their time or a second signal comes', async () => {
    const client = new ApiClient(service.url);
    await until(async () => (await client.get('/health/ready')).status === 200, { what: 'the service is ready' });
    service.send('SIGTERM');
    await until(async () => (await client.get('/health/ready')).status === 503, { what: 'balancers are told' });
    for (let asked = 0; asked < 5; asked++) expect((await shop.link(service.url, '1')).id).toBeDefined();
    expect((await client.get('/health/live')).status).toBe(200);
    service.send('SIGTERM');
    expect(await service.ended()).toEqual({ code: 0, signal: null });
    expect(await breaches(database.url)).toEqual([]);
  });

  it('records every webhook that was taken: none of them is sent again by the next process', async () => {
    for (let round = 0; round < 5; round++) {
      service = await ServiceProcess.start({ ...service.env, DRAIN_SECONDS: '0' });
      if (round === 0)
        expect((await shop.client(service.url).post('/api/webhooks', { url: receiver.url })).status).toBe(201);
      const taken = receiver.received.length;
      await Promise.all(Array.from({ length: 10 }, () => shop.link(service.url, '1')));
      // Stopped while they are claimed, sent and recorded.
      await until(() => receiver.received.length > taken + round, { what: 'the first events arrive' });
      expect(await service.stop()).toEqual({ complaint: '' });
      const unrecorded = await query<{ id: string }>(
        database.url,
        `select id from webhook_deliveries where status <> 'delivered' and attempts > 0`,
      );
      expect(unrecorded).toEqual([]);
    }
    service = await ServiceProcess.start({ ...service.env });
    await until(
      async () =>
        (await countOf(database.url, `select count(*) from webhook_deliveries where status <> 'delivered'`)) === 0 &&
        receiver.received.length >= 100,
      { what: 'every event is delivered' },
    );
    const ids = receiver.ids();
    expect(ids.length).toBe(new Set(ids).size);
    expect(service.said('job failed')).toEqual([]);
  });
});
