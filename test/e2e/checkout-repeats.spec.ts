import type { Json } from '../support/api-client';
import { TestApp } from '../support/app';
import type { PartnerProgram } from '../support/partner-program';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

let app: TestApp;
let twin: TestApp;
let partner: PartnerProgram;

beforeAll(async () => {
  app = await TestApp.start({ env: { TRUST_PROXY_HOPS: '1', LIMIT_UNPAID_CHECKOUTS: '100' } });
  ({ partner } = await app.shop());
  twin = await TestApp.start({
    databaseUrl: app.databaseUrl,
    reconcile: false,
    env: { TRUST_PROXY_HOPS: '1', LIMIT_UNPAID_CHECKOUTS: '100' },
  });
});
afterAll(async () => {
  await twin.stop();
  await app.stop();
});

const make = async (attributes: object = {}): Promise<string> => {
  const { status, body, text } = await partner.create('payment_links', {
    kind: 'donation',
    amount: null,
    openAmount: {},
    currency: 'XLM',
    paymentType: 'Invoice',
    expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    ...attributes,
  });
  expect([status, text]).toEqual([201, text]);
  return body.data.attributes.publicId as string;
};
const tokenOf = async (id: string): Promise<string> => {
  const html = await (await fetch(`${app.url}/pay/${id}`)).text();
  return /name="token" value="([^"]*)"/.exec(html)?.[1] ?? '';
};
let addresses = 0;
const somewhere = (): Record<string, string> => ({ 'x-forwarded-for': `10.2.0.${(addresses += 1) & 255}` });
const submit = async (id: string, fields: Record<string, string>, at = app): Promise<string> => {
  const answer = await fetch(`${at.url}/pay/${id}`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...FORM, ...somewhere() },
    body: new URLSearchParams(fields).toString(),
  });
  await answer.text();
  return answer.headers.get('location') ?? String(answer.status);
};
const choose = async (id: string, body: object, key: string | null, at = app): Promise<Json> =>
  at.client.post(`/checkout/${id}/choice`, body, {
    ...somewhere(),
    ...(key === null ? {} : { 'idempotency-key': key }),
  });
const slots = async (id: string): Promise<unknown> =>
  (
    await app.sql(
      'select slots_used::int as used, (select count(*)::int from payment_link_choices c where c.link_id = l.id) as choices from payment_links l where public_id = $1',
      [id],
    )
  )[0];

describe('a form that is sent twice', () => {
  it('leads to one invoice and takes one place, however often it is clicked, and through whichever process', async () => {
    const id = await make({ maxPayments: 3 });
    const token = await tokenOf(id);
    expect(token).toMatch(/^[a-z2-7]{32}$/);
    expect(await tokenOf(id)).not.toBe(token);
    const clicks = await Promise.all(
      Array.from({ length: 8 }, (_, at) => submit(id, { asset: 'XLM', amount: '5', token }, at % 2 === 0 ? app : twin)),
    );
    expect([new Set(clicks).size, clicks[0], await slots(id)]).toEqual([
      1,
      expect.stringMatching(/^\/pay\/[a-z2-7]{32}$/),
      { used: 1, choices: 1 },
    ]);
    expect(await submit(id, { asset: 'XLM', amount: '5', token })).toBe(clicks[0]);
  });

  it('leads who has the last place to it, not to a refusal', async () => {
    const id = await make({ maxPayments: 1 });
    const token = await tokenOf(id);
    const clicks = await Promise.all(Array.from({ length: 6 }, () => submit(id, { asset: 'XLM', amount: '5', token })));
    expect([new Set(clicks).size, await slots(id)]).toEqual([1, { used: 1, choices: 1 }]);
    expect([
      await submit(id, { asset: 'XLM', amount: '5', token }),
      await submit(id, { asset: 'XLM', amount: '5' }),
    ]).toEqual([clicks[0], '409']);
    expect((await app.client.post(`/checkout/${(clicks[0] as string).replace('/pay/', '')}/test-payment`)).status).toBe(
      200,
    );
    // Completed by now: the form still leads to what it has bought.
    expect(await submit(id, { asset: 'XLM', amount: '5', token })).toBe(clicks[0]);
  });

  it('is another choice when something else was chosen in it, after going back', async () => {
    const id = await make();
    const token = await tokenOf(id);
    const [first, second] = [
      await submit(id, { asset: 'XLM', amount: '5', token }),
      await submit(id, { asset: 'XLM', amount: '6', token }),
    ];
    expect([second, await slots(id)]).toEqual([expect.not.stringMatching(first), { used: 2, choices: 2 }]);
  });

  it('keeps its token when it is refused, and takes none from an address that somebody else may have written', async () => {
    const id = await make();
    const token = await tokenOf(id);
    const refused = await fetch(`${app.url}/pay/${id}`, {
      method: 'POST',
      headers: { ...FORM, ...somewhere() },
      body: new URLSearchParams({ asset: 'XLM', amount: '', token }).toString(),
    });
    expect(await refused.text()).toContain(`name="token" value="${token}"`);
    const planted = await (await fetch(`${app.url}/pay/${id}?choose&amount=5&token=${token}`)).text();
    expect(planted).not.toContain(token);
    for (const odd of ['', 'x', `${token}x`, 'ABC', '"><b>']) {
      const page = await fetch(`${app.url}/pay/${id}`, {
        method: 'POST',
        headers: { ...FORM, ...somewhere() },
        body: new URLSearchParams({ asset: 'XLM', amount: '', token: odd }).toString(),
      });
      expect(await page.text()).toMatch(/name="token" value="[a-z2-7]{32}"/);
    }
  });

  it("is no other link's, even with the same token", async () => {
    const [one, other] = [await make(), await make()];
    const token = await tokenOf(one);
    expect(await submit(other, { asset: 'XLM', amount: '5', token })).not.toBe(
      await submit(one, { asset: 'XLM', amount: '5', token }),
    );
  });

  it('without a token takes a place each time, as looking for an open one first would at the same moment', async () => {
    const id = await make({ maxPayments: 20 });
    const naive = async (): Promise<string> => {
      const [known] = await app.sql<{ publicId: string }>(
        'select i.public_id as "publicId" from payment_link_choices c join invoices i on i.id = c.invoice_id join payment_links l on l.id = c.link_id where l.public_id = $1',
        [id],
      );
      return known === undefined ? submit(id, { asset: 'XLM', amount: '5' }) : `/pay/${known.publicId}`;
    };
    expect(new Set(await Promise.all(Array.from({ length: 6 }, naive))).size).toBeGreaterThan(1);
  });
});

describe('a choice with an Idempotency-Key', () => {
  it('is answered with the same invoice, concurrently, from another address, and when the last place is taken (B04)', async () => {
    const id = await make({ maxPayments: 1 });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        choose(id, { asset: 'XLM', amount: '5' }, 'order-7', at % 2 === 0 ? app : twin),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect([
      new Set(answers.map(({ body }) => JSON.stringify([body.publicId, body.expiresAt]))).size,
      await slots(id),
    ]).toEqual([1, { used: 1, choices: 1 }]);
    expect((await choose(id, { asset: 'XLM', amount: '5.00', quantity: 1 }, '"order-7"')).body.publicId).toBe(
      answers[0].body.publicId,
    );
    expect((await choose(id, { asset: 'XLM', amount: '5' }, 'order-8')).status).toBe(409);
  });

  it('is 409 for another choice, and of its link alone (B05)', async () => {
    const [id, other] = [await make(), await make({ kind: 'standard' })];
    const first = await choose(id, { asset: 'XLM', amount: '5' }, 'k');
    for (const changed of [
      { asset: 'XLM', amount: '6' },
      { asset: 'XLM', amount: '5', quantity: 2 },
      { asset: 'EURC', amount: '5' },
    ]) {
      const answer = await choose(id, changed, 'k');
      expect([answer.status, answer.body]).toEqual([
        409,
        { error: expect.stringContaining('The Idempotency-Key header was used for another choice') },
      ]);
    }
    expect((await choose(other, { asset: 'XLM', amount: '6' }, 'k')).status).toBe(200);
    expect([(await choose(id, { asset: 'XLM', amount: '5' }, 'k')).body.publicId, await slots(id)]).toEqual([
      first.body.publicId,
      { used: 1, choices: 1 },
    ]);
  });

  it('that was refused may be tried again under the same key', async () => {
    const id = await make({ maxPayments: 1 });
    const held = await choose(id, { asset: 'XLM', amount: '5' }, null);
    expect((await choose(id, { asset: 'XLM', amount: '5' }, 'again')).status).toBe(409);
    const [invoice] = await app.sql<{ id: string }>('select id from invoices where public_id = $1', [
      held.body.publicId,
    ]);
    expect((await partner.command(`invoices/${invoice?.id}/cancellation`)).status).toBe(200);
    expect((await choose(id, { asset: 'XLM', amount: '5' }, 'again')).status).toBe(200);
  });

  it('of a single-use link is the same too, from wherever it is repeated', async () => {
    const id = await make({ kind: 'standard' });
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        choose(id, { asset: 'XLM', amount: '5' }, 'once', at % 2 === 0 ? app : twin),
      ),
    );
    expect([new Set(answers.map(({ body }) => body.publicId)).size, ((await slots(id)) as Json).choices]).toEqual([
      1, 1,
    ]);
  });

  it.each(['', ' ', 'a b', 'k'.repeat(256), 'ä'])(
    'is refused with a key like %j, and nothing is chosen (B09)',
    async (key) => {
      const id = await make();
      const answer = await app.client.post(
        `/checkout/${id}/choice`,
        { asset: 'XLM', amount: '5' },
        { 'idempotency-key': Buffer.from(key, 'utf8').toString('latin1') },
      );
      expect([answer.status, Object.keys(answer.body), await slots(id)]).toEqual([
        400,
        ['error'],
        { used: 0, choices: 0 },
      ]);
    },
  );
});
