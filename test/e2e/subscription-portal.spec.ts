import { PortalTokensService } from '../../src/subscriptions/portal-tokens.service';
import type { TestApp } from '../support/app';
import type { TestShop } from '../support/shop';
import { DAY, forward, soundBooks, Subscriber } from '../support/subscriber';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

describe('(S15) the portal of a subscriber', () => {
  const lines: string[] = [];
  let app: TestApp;
  let shop: TestShop;
  let club: Subscriber;
  let token: string;
  const page = (path: string, form?: Record<string, string>) =>
    fetch(app.url + path, {
      redirect: 'manual',
      ...(form === undefined ? {} : { method: 'POST', headers: FORM, body: new URLSearchParams(form).toString() }),
    });
  const flagged = async (): Promise<unknown> => (await club.row())['cancel_at_period_end'];

  beforeAll(async () => {
    app = await Subscriber.app({}, (line) => lines.push(line));
    shop = await app.shop();
    club = await Subscriber.begin(app, shop, { interval: 'month' });
    await club.pay();
    token = club.portal.split('/').at(-1) as string;
  });
  afterAll(() => app.stop());

  it('says what it is, and no other page learns its address', async () => {
    const opened = await page(`/s/${token}`);
    const text = await opened.text();
    expect([opened.status, text.includes('XLM every month'), text.includes(token)]).toEqual([200, true, false]);
    expect([opened.headers.get('referrer-policy'), opened.headers.get('cache-control')]).toEqual([
      'no-referrer',
      'no-store',
    ]);
    expect(opened.headers.get('content-security-policy')).toContain("default-src 'none'");
    const read = await app.client.get(`/checkout/subscriptions/${token}`);
    expect([read.status, read.body.status, read.body.entitled, read.body.periods.length]).toEqual([
      200,
      'active',
      true,
      1,
    ]);
  });

  it('is not found by another key, with equal bytes', async () => {
    const wrong = ['a'.repeat(32), 'A'.repeat(32), 'short', `${token}a`];
    const pages = await Promise.all(wrong.map(async (each) => (await page(`/s/${each}`)).text()));
    expect(new Set(pages).size).toBe(1);
    const answers = await Promise.all(wrong.map((each) => app.client.get(`/checkout/subscriptions/${each}`)));
    expect(answers.map(({ status, body }) => [status, body.error])).toEqual(
      wrong.map(() => [404, 'There is no subscription at this address']),
    );
  });

  it('is cancelled in two steps by POST, and by no GET', async () => {
    for (const path of ['', '/cancellation', '?does=cancel'])
      for (const base of ['/s/', '/checkout/subscriptions/']) await page(`${base}${token}${path}`);
    expect([await club.status(), await flagged()]).toEqual(['active', false]);
    const asked = await page(`/s/${token}`, { does: 'ask' });
    expect([(await asked.text()).includes('Do you want to cancel?'), await flagged()]).toEqual([true, false]);
    const done = await page(`/s/${token}`, { does: 'cancel_at_end' });
    // Loading the page again sends nothing again.
    expect([done.status, done.headers.get('location'), await flagged()]).toEqual([303, `/s/${token}`, true]);
    expect((await club.told()).at(-1)).toBe('cancellation_scheduled');
  });

  it('(S11) is resumed while it has not ended, and ends with the time that is paid for', async () => {
    expect((await page(`/s/${token}`, { does: 'resume' })).status).toBe(303);
    expect([await flagged(), (await club.told()).at(-1)]).toEqual([false, 'resumed']);
    const again = await app.client.post(`/checkout/subscriptions/${token}/resumption`);
    expect([again.status, again.body.error]).toEqual([409, 'The subscription was not to end']);
    expect((await app.client.post(`/checkout/subscriptions/${token}/cancellation`, { atPeriodEnd: true })).status).toBe(
      200,
    );
    await forward(app, { advanceSeconds: 40 * DAY });
    expect([await club.status(), (await club.periods()).length]).toEqual(['cancelled', 1]);
    expect((await club.told()).filter((each) => each.startsWith('cancelled'))).toEqual(['cancelled']);
    const twice = await app.client.post(`/checkout/subscriptions/${token}/cancellation`, { atPeriodEnd: false });
    expect(twice.status).toBe(409);
    await soundBooks(app);
  });

  it.each(['', 'x', 'CANCEL'])('does nothing that it does not know: %j', async (does) => {
    const { status } = await page(`/s/${token}`, { does });
    expect([status, await flagged()]).toEqual([422, await flagged()]);
  });

  it('takes the form of the link, twice the same, and an address that is one', async () => {
    const link = await Subscriber.link(app, shop, { interval: 'month' });
    const offered = await (await page(`/pay/${link.publicId}`)).text();
    expect(offered).toMatch(/12\.50 XLM every month, next on \d+ \w+ \d+ if you pay today, cancel at any time\./);
    const form = /name="token" value="([a-z2-7]{32})"/.exec(offered)?.[1] as string;
    const refused = await page(`/pay/${link.publicId}/subscription`, { token: form, email: 'nobody' });
    expect([refused.status, (await refused.text()).includes('id="email-fault"')]).toEqual([422, true]);
    const send = () =>
      page(`/pay/${link.publicId}/subscription`, { asset: 'XLM', token: form, email: 'ada@example.com' });
    const places = [(await send()).headers.get('location'), (await send()).headers.get('location')];
    expect(places.every((place) => /^\/s\/[a-z2-7]{32}$/.test(place ?? ''))).toBe(true);
    const rows = await app.sql('select from subscriptions where link_id = $1', [link.id]);
    expect(rows).toHaveLength(1);
    const own = await (await page(places[0] as string)).text();
    expect(own).toContain('ada@example.com');
    expect(own).toContain('Pay 12.50');
    await page(places[1] as string, { does: 'email', email: '' });
    expect((await page(places[1] as string).then((answer) => answer.text())).includes('ada@example.com')).toBe(false);
  });

  it('works no more with an older key when the merchant has issued a new one', async () => {
    const other = await Subscriber.begin(app, shop, { interval: 'month' });
    const issued = await shop.partner.command(`subscriptions/${other.id}/portal_link`);
    expect(issued.status).toBe(200);
    const [old, fresh] = [other.portal, issued.body.meta.portalUrl as string].map((url) => new URL(url).pathname);
    expect([(await page(old as string)).status, (await page(fresh as string)).status]).toEqual([404, 200]);
    const stored = await app.sql<{ text: string }>('select row_to_json(t)::text as text from subscription_tokens t');
    expect(stored.some(({ text }) => text.includes((fresh as string).slice(3)))).toBe(false);
  });

  it('is not reached by the key of the enrolment when the merchant has issued a new one, and old keys are deleted', async () => {
    const link = await Subscriber.link(app, shop, { interval: 'month' });
    const enrol = () =>
      app.client.post(
        `/checkout/${link.publicId}/subscription`,
        { asset: 'XLM' },
        { 'idempotency-key': 'an-enrolment-that-is-repeated' },
      );
    expect([(await enrol()).status, (await enrol()).status]).toEqual([200, 200]);
    const [row] = await app.sql<{ id: string }>('select id from subscriptions where link_id = $1', [link.id]);
    expect((await shop.partner.command(`subscriptions/${row?.id}/portal_link`)).status).toBe(200);
    const kept = () => app.sql('select revoked_at from subscription_tokens where subscription_id = $1', [row?.id]);
    expect([(await enrol()).status, (await kept()).length]).toEqual([409, 3]);
    await forward(app, { advanceSeconds: 1 });
    await app.get(PortalTokensService).sweep();
    expect([(await enrol()).status, await kept()]).toEqual([409, [{ revoked_at: null }]]);
  });

  it('has its keys in no line of the log', () => {
    const log = lines.join('\n');
    expect(log).toContain('/s/***');
    expect(log).toContain('/checkout/subscriptions/***');
    expect(log).not.toContain(token);
  });
});
