import { DeliveryQueueRepository } from '../../src/webhooks/delivery-queue.repository';
import { WebhookSettings } from '../../src/webhooks/webhook-settings';
import { eventually, type TestAppOptions } from '../support/app';
import { type Behaviour, WebhookReceiver } from '../support/webhook-receiver';
import { HOUR, WebhookStage } from './webhooks-fixtures';

/** As many requests at once as 32, of which 24 are for prompt endpoints; no request ends by itself while a test lasts. */
const SETTINGS = {
  concurrency: 32,
  deadlineMs: HOUR,
  unprovenDeadlineMs: HOUR,
  promptMs: HOUR,
} as const satisfies Partial<WebhookSettings>;

/** Receivers that are asked and do not answer before they are told to. */
class Silence {
  private readonly waiting: (() => void)[] = [];

  private readonly hang: Behaviour = (response) => this.waiting.push(() => response.writeHead(200).end());

  private constructor(readonly receiver: WebhookReceiver) {
    receiver.behaviour = this.hang;
  }

  static async start(): Promise<Silence> {
    return new Silence(await WebhookReceiver.start());
  }

  /** Requests that are under way here. */
  get hanging(): number {
    return this.waiting.length;
  }

  answer(): void {
    for (const each of this.waiting.splice(0)) each();
  }

  /** Answers every request until the work is done. */
  async answerAll(work: Promise<void>): Promise<void> {
    this.receiver.behaviour = 200;
    await work;
    this.receiver.behaviour = this.hang;
  }

  /** Answers everything at once from now on. */
  end(): void {
    this.receiver.behaviour = 200;
    this.answer();
  }
}

let stage: WebhookStage;
let silence: Silence;
let honest: WebhookReceiver;

async function open(settings: Partial<WebhookSettings> = {}, options: TestAppOptions = {}): Promise<void> {
  [stage, silence, honest] = await Promise.all([
    WebhookStage.open({ ...SETTINGS, ...settings }, options),
    Silence.start(),
    WebhookReceiver.start(),
  ]);
}

afterEach(async () => {
  await stage.app.stop();
  await Promise.all([silence.receiver.stop(), honest.stop()]);
});

/** No answer is quicker than that. */
const LATE_AT_ONCE = -1;

/** From now on; however slow or quick this machine is. The slots that late requests give back are not concerned. */
function answersArePromptWithin(promptMs: number): void {
  Object.assign(stage.app.get(WebhookSettings), { promptMs });
}

/** Merchants with endpoints each. */
async function shops(count: number, endpoints: number, url: string): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { merchantId } = await stage.merchant();
    ids.push(merchantId);
    for (let each = 0; each < endpoints; each += 1) await stage.endpoint(merchantId, `${url}/${at}/${each}`);
  }
  return ids;
}

/** A merchant who has been told something before, and whose receiver answered. */
async function established(): Promise<string> {
  const [merchantId = ''] = await shops(1, 1, honest.url);
  await stage.tell(merchantId);
  await stage.run();
  expect(honest.received.splice(0)).toHaveLength(1);
  return merchantId;
}

async function tellAll(merchants: readonly string[], count: number): Promise<void> {
  for (const merchantId of merchants) await stage.tell(merchantId, count);
  await stage.visible();
}

/** Every event has become deliveries, and none of them is claimed. */
async function handOn(): Promise<void> {
  const claim = jest.spyOn(stage.app.get(DeliveryQueueRepository), 'claim').mockResolvedValue([]);
  await stage.run();
  claim.mockRestore();
}

/** How the endpoints stand. */
async function lanes(merchants: readonly string[]): Promise<string[]> {
  const rows = await stage.app.sql<{ lane: string }>(
    'select distinct lane from webhook_endpoints where merchant_id = any($1) order by lane',
    [merchants],
  );
  return rows.map(({ lane }) => lane);
}

/** What somebody would claim who takes what is due by its time, as many as there are slots. */
async function claimedByTime(merchantId: string): Promise<number> {
  const rows = await stage.app.sql<{ own: boolean }>(
    `select merchant_id = $1 as own from webhook_deliveries where status = 'pending' order by next_attempt_at, id limit 32`,
    [merchantId],
  );
  return rows.filter(({ own }) => own).length;
}

/** Everything the honest merchant was told has arrived, and nobody else has got an answer yet. */
async function arrivesMeanwhile(running: Promise<void>, count: number): Promise<void> {
  await eventually(
    () => Promise.resolve(honest.received.length),
    (received) => received === count,
  );
  expect(new Set(honest.ids()).size).toBe(count);
  expect(silence.hanging).toBeGreaterThan(0);
  expect(silence.receiver.received).toHaveLength(silence.hanging);
  silence.end();
  await running;
  const [left] = await stage.app.sql<{ count: bigint }>(
    `select count(*) as count from webhook_deliveries where status <> 'delivered'`,
  );
  expect(left?.count).toBe(0n);
}

describe('an established merchant is told everything while others hang (W16, F11)', () => {
  it('beside 40 merchants with three new endpoints each that never answer; by time alone, nothing', async () => {
    await open();
    const merchantId = await established();
    await tellAll(await shops(40, 3, silence.receiver.url), 5);
    await handOn();
    stage.clock.advance(1);
    await tellAll([merchantId], 30);
    await handOn();
    expect(await claimedByTime(merchantId)).toBe(0);
    await arrivesMeanwhile(stage.dispatch.run(), 30);
  });

  it('beside 200 merchants made a moment ago', async () => {
    await open();
    const merchantId = await established();
    await tellAll(await shops(200, 1, silence.receiver.url), 1);
    await tellAll([merchantId], 30);
    await arrivesMeanwhile(stage.dispatch.run(), 30);
  });

  it('beside 40 merchants whose receivers always answer just before the deadline', async () => {
    await open();
    const merchantId = await established();
    const slow = await shops(40, 1, silence.receiver.url);
    await tellAll(slow, 2);
    answersArePromptWithin(LATE_AT_ONCE);
    await silence.answerAll(stage.dispatch.run());
    answersArePromptWithin(HOUR);
    expect(await lanes(slow)).toEqual(['troubled']);
    silence.receiver.received.splice(0);
    await tellAll(slow, 5);
    await tellAll([merchantId], 30);
    await arrivesMeanwhile(stage.dispatch.run(), 30);
  });

  it('beside 40 merchants whose receivers were prompt until now', async () => {
    await open({ promptMs: 1_000 });
    answersArePromptWithin(HOUR);
    const merchantId = await established();
    const turned = await shops(40, 2, silence.receiver.url);
    await tellAll(turned, 1);
    await silence.answerAll(stage.dispatch.run());
    expect(await lanes(turned)).toContain('prompt');
    silence.receiver.received.splice(0);
    await tellAll(turned, 5);
    await tellAll([merchantId], 30);
    await arrivesMeanwhile(stage.dispatch.run(), 30);
  });
});

describe('a new merchant is told', () => {
  it('although 20 others, made before, never answer: everyone has a first attempt, and none a second before that', async () => {
    await open({ unprovenDeadlineMs: 2_000 });
    const others = await shops(20, 1, silence.receiver.url);
    await tellAll(others, 3);
    const [merchantId = ''] = await shops(1, 1, honest.url);
    await tellAll([merchantId], 30);
    const running = stage.dispatch.run();
    await eventually(
      () => Promise.resolve(honest.received.length),
      (received) => received === 30,
    );
    expect(await lanes([merchantId])).toEqual(['prompt']);
    // Those that were silent once hang in their own lane, at most four at a time; nobody was tried in vain twice meanwhile.
    const [tried] = await stage.app.sql<{ most: number }>(
      `select max(attempts) as most from webhook_deliveries where merchant_id = any($1)`,
      [others],
    );
    expect(tried?.most).toBe(1);
    await stage.dispatch.beforeApplicationShutdown();
    await running;
  });
});

describe('one merchant', () => {
  const claim = (slots = 20) =>
    stage.app.get(DeliveryQueueRepository).claim(stage.limits({ slots }), stage.clock.now());

  it('has one request at a time for all endpoints that have not been prompt, and they take turns', async () => {
    await open({ promptMs: LATE_AT_ONCE });
    const [merchantId = ''] = await shops(1, 3, silence.receiver.url);
    await stage.app.sql(`update webhook_endpoints set lane = 'troubled'`);
    await tellAll([merchantId], 3);
    await handOn();
    expect(await claim()).toHaveLength(1);
    expect(await claim()).toEqual([]);
    await stage.leasesEnd();
    silence.receiver.behaviour = (response) => {
      stage.clock.advance(1);
      response.writeHead(200).end();
    };
    await stage.dispatch.run();
    const paths = silence.receiver.received.map(({ path }) => path);
    expect(paths).toHaveLength(9);
    for (let at = 0; at < 9; at += 3) expect(new Set(paths.slice(at, at + 3)).size).toBe(3);
  });

  it('has as many as are allowed for all its prompt endpoints together, and another merchant has as many', async () => {
    await open();
    const merchants = [await established(), await established()];
    for (const merchantId of merchants)
      for (let each = 0; each < 4; each += 1) await stage.endpoint(merchantId, honest.url);
    await stage.app.sql(`update webhook_endpoints set lane = 'prompt'`);
    await tellAll(merchants, 20);
    await handOn();
    const claimed = await stage.app
      .get(DeliveryQueueRepository)
      .claim({ ...stage.limits({ slots: 100 }), perMerchant: 12 }, stage.clock.now());
    const count = (by: (each: (typeof claimed)[number]) => string) =>
      [...Map.groupBy(claimed, by).values()].map((each) => each.length);
    expect(count(({ merchantId }) => merchantId)).toEqual([12, 12]);
    expect(Math.max(...count(({ endpointId }) => endpointId))).toBeLessThanOrEqual(3);
  });

  it('with much to be told goes behind the others after each turn', async () => {
    await open();
    const merchants = [await established(), await established(), await established()];
    await tellAll(merchants, 9);
    await handOn();
    const turns: string[][] = [];
    for (let round = 0; round < 3; round += 1) {
      stage.clock.advance(1);
      turns.push((await claim(2)).map(({ merchantId }) => merchantId));
    }
    expect(turns.map((each) => new Set(each).size)).toEqual([2, 2, 2]);
    for (const merchantId of merchants) expect(turns.flat().filter((each) => each === merchantId)).toHaveLength(2);
  });
});

describe('the queue of turns', () => {
  const turns = () => stage.app.sql<{ merchant_id: string }>('select merchant_id from webhook_turns');

  it('has nobody in it for whom nothing waits: all delivered, endpoint disabled, endpoint deleted', async () => {
    await open();
    const [told = '', disabled = '', deleted = ''] = await shops(3, 1, honest.url);
    honest.behaviour = 500;
    await tellAll([told, disabled, deleted], 1);
    await stage.run();
    expect(await turns()).toHaveLength(3);
    const owner = (merchantId: string) => ({ merchantId, network: null, actor: 'operator', requestId: null }) as const;
    for (const endpoint of await stage.endpoints.listAll(owner(disabled)))
      await stage.endpoints.update(owner(disabled), endpoint.id, { status: 'disabled' });
    for (const endpoint of await stage.endpoints.listAll(owner(deleted)))
      await stage.endpoints.delete(owner(deleted), endpoint.id);
    await stage.run();
    expect(await turns()).toEqual([{ merchant_id: told }]);
    honest.behaviour = 204;
    await stage.pass(5_000, 5_000);
    await stage.leasesEnd();
    await stage.run();
    expect(await turns()).toEqual([]);
  });

  it('comes to know of what was added without it', async () => {
    await open();
    const [merchantId = ''] = await shops(1, 1, honest.url);
    await tellAll([merchantId], 2);
    await handOn();
    await stage.app.sql('delete from webhook_turns');
    await stage.run();
    expect(honest.received).toEqual([]);
    await stage.dispatch.sweep();
    await stage.run();
    expect(honest.received).toHaveLength(2);
  });

  it('forgets nobody while events come, attempts fail and two processes take turns', async () => {
    const settings = { concurrency: 8, scheduleSeconds: Array.from({ length: 20 }, () => 0) };
    const env = { SECRETS_KEY: Buffer.alloc(32).toString('base64') };
    await open(settings, { env });
    const second = await WebhookStage.open({ ...SETTINGS, ...settings }, { databaseUrl: stage.app.databaseUrl, env });
    try {
      const merchants = await shops(8, 2, honest.url);
      let asked = 0;
      honest.behaviour = (response) => {
        asked += 1;
        response.writeHead(asked % 7 === 0 ? 500 : 204).end();
      };
      let telling = true;
      const sending = [stage, second].map(async ({ dispatch }) => {
        while (telling) {
          await dispatch.run();
          await new Promise((resolve) => setImmediate(resolve));
        }
      });
      for (let round = 0; round < 12; round += 1)
        for (const merchantId of merchants) await stage.tell(merchantId, 1 + (round % 3));
      await stage.visible();
      telling = false;
      await Promise.all(sending);
      await Promise.all([stage.run(), second.run()]);
      await stage.run();
      expect(await stage.app.sql(`select * from webhook_deliveries where status <> 'delivered'`)).toEqual([]);
      const [row] = await stage.app.sql<{ count: bigint }>(
        `select count(*) as count from webhook_deliveries where status = 'delivered'`,
      );
      expect(row?.count).toBe(BigInt(8 * 2 * (4 * (1 + 2 + 3))));
    } finally {
      await second.app.stop();
    }
  });
});
