import type { Answer } from '../support/api-client';
import { TestApp } from '../support/app';
import { PartnerProgram } from '../support/partner-program';

const IN_A_DAY = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
const LINK = { amount: '20', currency: 'XLM', paymentType: 'Invoice', expires_at: IN_A_DAY };

describe('the limit of the partner API (H2, H3)', () => {
  let app: TestApp;
  let merchantId: string;
  beforeAll(async () => {
    app = await TestApp.start({ reconcile: false, env: { LIMIT_PARTNER_PER_MINUTE: '120' } });
    ({ merchantId } = await app.merchant());
  });
  afterAll(() => app.stop());

  const key = (): Promise<PartnerProgram> => app.partner(merchantId);

  /** Seconds until the window ends, as an answer tells it. */
  const secondsLeft = ({ headers }: Answer): number => Number(/;t=(\d+)$/.exec(headers.get('ratelimit') ?? '')?.[1]);

  /** What a new key is answered within one window. One that ended meanwhile is told by more time left than before, and all begins again. */
  async function withinOneWindow(): Promise<{ found: Answer; missing: Answer; answers: Answer[] }> {
    for (;;) {
      const one = await key();
      const [found, missing] = [await one.get('payment_links'), await one.get('payment_links/none')];
      const answers = await Promise.all(Array.from({ length: 130 }, () => one.get('invoices?page[size]=1')));
      if ([missing, ...answers].every((each) => secondsLeft(each) <= secondsLeft(found)))
        return { found, missing, answers };
    }
  }

  it('is 120 a minute for each credential, told by every answer, success or not', async () => {
    const other = await key();
    const { found, missing, answers } = await withinOneWindow();
    expect(found.headers.get('ratelimit-policy')).toBe('"default";q=120;w=60');
    expect(found.headers.get('ratelimit')).toMatch(/^"default";r=119;t=([1-9]|[1-5]\d|60)$/);
    expect(missing.headers.get('ratelimit')).toMatch(/;r=118;/);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(118);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(12);
    for (const { headers, body } of refused) {
      const [, reset] = /^"default";r=0;t=(\d+)$/.exec(headers.get('ratelimit') ?? '') ?? [];
      expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(Number(reset));
      expect(body.errors[0]).toMatchObject({ status: '429', code: 'rate_limited' });
    }
    expect((await other.get('payment_links')).status).toBe(200);
  });

  it('tells nothing without credentials', async () => {
    const answer = await new PartnerProgram(app.url, { authorization: 'Bearer sk_test_guess' }).get('payment_links');
    expect([answer.status, answer.headers.get('ratelimit'), answer.headers.get('ratelimit-policy')]).toEqual([
      401,
      null,
      null,
    ]);
  });
});

describe('a key of one network (D31)', () => {
  let app: TestApp;
  let merchantId: string;
  beforeAll(async () => {
    app = await TestApp.start({
      reconcile: false,
      env: { NETWORKS: 'sandbox,testnet', HORIZON_URL_TESTNET: 'http://127.0.0.1:9' },
    });
    ({ merchantId } = await app.merchant());
  });
  afterAll(() => app.stop());

  it('sees and makes only what is on that network', async () => {
    const on = (network: 'sandbox' | 'testnet'): Promise<PartnerProgram> => app.partner(merchantId, { network });
    const [sandbox, testnet] = [await on('sandbox'), await on('testnet')];
    const made = await Promise.all(
      [sandbox, testnet].map((each) => each.create('payment_links', { ...LINK, reference: 'both' })),
    );
    expect(made.map(({ status, body }) => [status, body.data.attributes.network])).toEqual([
      [201, 'sandbox'],
      [201, 'testnet'],
    ]);
    for (const [own, foreign, key] of [
      [made[0], made[1], sandbox],
      [made[1], made[0], testnet],
    ] as const) {
      const {
        id,
        relationships: { target },
      } = (foreign as Answer).body.data;
      const addresses = [
        `payment_links/${id}`,
        `invoices/${target.data.id}`,
        `payment_links/${id}/target`,
        `invoices/${target.data.id}/relationships/payments`,
      ];
      for (const address of addresses) expect([address, (await key.get(address)).status]).toEqual([address, 404]);
      expect((await key.command(`payment_links/${id}/expiration`)).status).toBe(404);
      expect((await key.command(`invoices/${target.data.id}/cancellation`)).status).toBe(404);
      expect((await key.get('payment_links')).body.data.map((each: { id: string }) => each.id)).toEqual([
        own?.body.data.id,
      ]);
      const networks = (await key.get('events')).body.data.map(
        ({ attributes }: { attributes: { network: string } }) => attributes.network,
      );
      expect(new Set(networks)).toEqual(new Set([own?.body.data.attributes.network]));
    }
  });
});
