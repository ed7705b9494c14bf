import { randomBytes } from 'node:crypto';
import net, { type AddressInfo } from 'node:net';
import { readEnv, EnvError } from '../../src/env';
import { SecretBox } from '../../src/common/secret-box';
import type { WebhookDelivery } from '../../src/webhooks/webhook-delivery';
import { PATIENCE_MS } from '../support/patience';
import { type Behaviour, WebhookReceiver } from '../support/webhook-receiver';
import { inOrder, WebhookStage } from './webhooks-fixtures';

let stage: WebhookStage;
let impatient: WebhookStage;
beforeAll(async () => {
  [stage, impatient] = await Promise.all([
    WebhookStage.open({ deadlineMs: PATIENCE_MS, unprovenDeadlineMs: PATIENCE_MS }),
    // Long enough for the one that answers beside it.
    WebhookStage.open({ deadlineMs: 3_000, unprovenDeadlineMs: 3_000 }),
  ]);
});
afterAll(() => Promise.all([stage.app.stop(), impatient.app.stop()]));

const page = inOrder(10);

function listen(server: net.Server): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

/** What became of one event sent to the URL, and whether a second endpoint got its own meanwhile. */
async function send(url: string, by = stage): Promise<WebhookDelivery> {
  const owner = await by.merchant();
  const healthy = await WebhookReceiver.start();
  const { id } = await by.endpoint(owner.merchantId, url);
  await by.endpoint(owner.merchantId, healthy.url, { eventTypes: ['invoice.paid'] });
  await by.tell(owner.merchantId);
  await by.run();
  expect(healthy.received).toHaveLength(1);
  await healthy.stop();
  const [delivery] = await by.deliveries.list(owner, { endpoint: [id] }, page);
  return delivery as WebhookDelivery;
}

const trickle: Behaviour = (response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('x'), 50);
  response.on('close', () => clearInterval(timer));
};
const flood: Behaviour = (response) => {
  const more = (): void => {
    while (!response.destroyed && response.write('x'.repeat(16_384)));
  };
  response.writeHead(200).on('drain', more);
  more();
};

describe('a receiver (X26)', () => {
  it.each<[string, Behaviour, Partial<WebhookDelivery>]>([
    ['that answers 200', 200, { status: 'delivered', lastStatusCode: 200, lastFailure: null }],
    ['that never stops answering 200', flood, { status: 'delivered', lastStatusCode: 200 }],
    ['that answers 500', 500, { status: 'pending', lastStatusCode: 500, lastFailure: 'refused' }],
    ['that answers 429', 429, { status: 'pending', lastStatusCode: 429, lastFailure: 'refused' }],
    ['that answers 404', 404, { status: 'pending', lastStatusCode: 404, lastFailure: 'refused' }],
    [
      'that redirects',
      (response) => response.writeHead(307, { location: '/elsewhere' }).end(),
      { status: 'pending', lastStatusCode: 307, lastFailure: 'refused' },
    ],
    ['that answers 410', 410, { status: 'failed', lastStatusCode: 410, lastFailure: 'refused', nextAttemptAt: null }],
    [
      'that resets the connection',
      (response) => response.socket?.resetAndDestroy(),
      { status: 'pending', lastStatusCode: null, lastFailure: 'reset' },
    ],
  ])('%s', async (_what, behaviour, expected) => {
    const receiver = await WebhookReceiver.start(behaviour);
    const delivery = await send(receiver.url);
    expect(delivery).toMatchObject({ attempts: 1, ...expected });
    expect(receiver.received).toHaveLength(1);
    if (delivery.status === 'pending')
      expect(delivery.nextAttemptAt).toEqual(new Date(stage.clock.now().getTime() + 5_000));
    await receiver.stop();
  });

  it.each<[string, Behaviour]>([
    ['that hangs', () => undefined],
    ['that answers a byte at a time', trickle],
  ])('%s is waited for until its time is over', async (_what, behaviour) => {
    const receiver = await WebhookReceiver.start(behaviour);
    expect(await send(receiver.url, impatient)).toMatchObject({
      status: 'pending',
      attempts: 1,
      lastStatusCode: null,
      lastFailure: 'timeout',
      nextAttemptAt: new Date(impatient.clock.now().getTime() + 5_000),
    });
    expect(receiver.received).toHaveLength(1);
    await receiver.stop();
  });

  it('that is not there', async () => {
    const server = net.createServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 'pending', lastFailure: 'connect' });
  });

  it('that speaks no HTTP', async () => {
    const server = net.createServer((socket) => socket.end('+PONG\r\n'));
    expect(await send(`http://127.0.0.1:${await listen(server)}/`)).toMatchObject({
      status: 'pending',
      lastFailure: 'protocol',
    });
    server.close();
  });

  it('whose secret was sealed with a key that is gone is tried by the schedule, not in a loop', async () => {
    const owner = await stage.merchant();
    const receiver = await WebhookReceiver.start();
    const { id } = await stage.endpoint(owner.merchantId, receiver.url);
    const other = new SecretBox([randomBytes(32)], { bytes: (count) => randomBytes(count) });
    await stage.app.sql('update webhook_endpoints set secret = $2 where id = $1', [
      id,
      other.seal(randomBytes(32), id),
    ]);
    await stage.tell(owner.merchantId);
    await stage.run();
    expect(await stage.deliveries.list(owner, {}, page)).toMatchObject([
      {
        status: 'pending',
        attempts: 1,
        lastFailure: 'unsendable',
        nextAttemptAt: new Date(stage.clock.now().getTime() + 5_000),
      },
    ]);
    expect(receiver.received).toEqual([]);
    await receiver.stop();
  });
});

describe('the configuration', () => {
  const faults = (source: Record<string, string>): readonly string[] => {
    try {
      readEnv(source);
      return [];
    } catch (error) {
      return error instanceof EnvError ? error.faults : [String(error)];
    }
  };
  const KEY = Buffer.alloc(32, 1).toString('base64');
  const production = { NODE_ENV: 'production', DATABASE_URL: 'postgres://db/x' };

  it("names the missing key in production with a database of one's own", () => {
    expect(faults(production)).toEqual([
      expect.stringMatching(/^SECRETS_KEY must be set in production with DATABASE_URL: .*openssl rand -base64 32/),
    ]);
    expect(faults({ ...production, SECRETS_KEY: KEY })).toEqual([]);
    expect(faults({ NODE_ENV: 'production' })).toEqual([]);
    expect(faults({ SECRETS_KEY: `${KEY}, ${KEY}` })).toEqual([]);
    for (const bad of ['short', `${KEY},`, KEY.slice(1), `${KEY}=`])
      expect(faults({ SECRETS_KEY: bad })).toHaveLength(1);
  });

  it('allows private receivers beside the sandbox only', () => {
    expect(readEnv({}).webhooksAllowPrivate).toBe(false);
    expect(readEnv({ WEBHOOKS_ALLOW_PRIVATE: '1' }).webhooksAllowPrivate).toBe(true);
    for (const networks of ['testnet', 'public', 'sandbox,testnet'])
      expect(faults({ WEBHOOKS_ALLOW_PRIVATE: '1', NETWORKS: networks })).toEqual([
        'WEBHOOKS_ALLOW_PRIVATE is only for a deployment whose one network is the sandbox',
      ]);
  });
});
