import { PASSPHRASE, SandboxServer } from '../sandbox/sandbox-server';
import { TestWallet } from '../support/wallet';
import { WebhookReceiver } from '../support/webhook-receiver';
import { query } from './books';
import { EventReader } from './event-reader';
import { PostgresServer } from './restores';
import { buildService, ServiceProcess } from './service-process';
import { Shop } from './shop';
import { until } from './until';

const ROUNDS = 3;

/** Whoever was told of a payment has acted on it: the books must know it under the same id after any crash. */
describe('a crash of the database at the moment at which an event is told for the first time', () => {
  let network: SandboxServer;
  let postgres: PostgresServer;
  let payer: TestWallet;
  let service: ServiceProcess;
  let shop: Shop;
  let armed = false;
  /** In an object, because who waits for a promise waits for its end. */
  let crash: { readonly over: Promise<void> } | undefined;

  beforeAll(async () => {
    [network, postgres] = await Promise.all([
      SandboxServer.start({ ledgerMs: 20, idleLedgerMs: 1_000 }),
      PostgresServer.start(),
      buildService(),
    ]);
    payer = await TestWallet.funded(network.url, PASSPHRASE, []);
    service = await ServiceProcess.start({
      DATABASE_URL: postgres.url,
      HORIZON_URL_SANDBOX: network.url,
      WEBHOOKS_ALLOW_PRIVATE: '1',
    });
    shop = await Shop.open(service.url, network.url, PASSPHRASE);
  });
  afterAll(async () => {
    await ServiceProcess.killAll();
    await PostgresServer.endAll();
    await network.stop();
  });

  const paid = (): Promise<{ id: string }[]> =>
    query(postgres.url, `select 'evt_' || id as id from events where type = 'invoice.paid'`);

  /** Pays a link, takes the database down as soon as somebody is told of it, and brings it back. */
  async function payAndCrash(): Promise<void> {
    crash = undefined;
    armed = true;
    // Ready to answer is not yet ready to give out references: who is told so repeats the request.
    const link = await until(
      () =>
        shop.link(service.url, '1').catch((error: unknown) => {
          if (String(error).includes('no link: 503')) return undefined;
          throw error;
        }),
      { what: 'references are given out again' },
    );
    await shop.paidBy(payer, link);
    const crashes = await until(() => crash, { what: 'the payment is told' });
    await crashes.over;
    await recover();
  }

  /** Once for each payment. */
  function told(): void {
    if (armed) crash = { over: postgres.crash() };
    armed = false;
  }

  async function recover(): Promise<void> {
    await postgres.startAgain();
    await until(
      async () =>
        (
          await shop
            .client(service.url)
            .get('/health/ready')
            .catch(() => undefined)
        )?.status === 200,
      { what: 'the service is ready again' },
    );
  }

  it('loses nothing that a reader has seen, and tells none of it again under another id', async () => {
    const reader = new EventReader(
      shop,
      () => service.url,
      ({ type }) => {
        if (type === 'invoice.paid') told();
      },
    );
    for (let round = 1; round <= ROUNDS; round += 1) {
      await payAndCrash();
      await until(async () => (await paid()).length === round, { what: 'the payment is in the books' });
      const known = new Set(
        (await query<{ id: string }>(postgres.url, `select 'evt_' || id as id from events`)).map(({ id }) => id),
      );
      expect(reader.told.filter(({ id }) => !known.has(id))).toEqual([]);
    }
    await reader.hasEverythingOf(postgres.url);
    await reader.stop();
    expect(reader.toldTwice()).toEqual([]);
    await service.audit();
  });

  it('loses nothing that was sent to a webhook, and sends none of it again under another id', async () => {
    const receiver = await WebhookReceiver.start();
    expect(
      (await shop.client(service.url).post('/api/webhooks', { url: receiver.url, events: ['invoice.paid'] })).status,
    ).toBe(201);
    receiver.behaviour = (response) => {
      told();
      response.writeHead(204).end();
    };
    const before = (await paid()).length;
    for (let round = 1; round <= ROUNDS; round += 1) {
      await payAndCrash();
      await until(async () => (await paid()).length === before + round, { what: 'the payment is in the books' });
      const known = (await paid()).map(({ id }) => id);
      expect(known).toEqual(expect.arrayContaining(receiver.received.map(({ body }) => body.id)));
      // What the crash made uncertain is sent again, and each is one and the same message.
      await until(
        async () =>
          (await query(postgres.url, `select from webhook_deliveries where status <> 'delivered'`)).length === 0,
        { what: 'everything is delivered' },
      );
      expect(new Set(receiver.received.map(({ body }) => String(body.id))).size).toBe(round);
    }
    await receiver.stop();
    await service.audit();
  });
});
