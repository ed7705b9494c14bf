import { Transactions } from '../../src/database/transactions';
import { SmtpReceiver } from '../support/smtp-receiver';
import { after, StillService } from '../support/still-service';
import { DAY, soundBooks, Subscriber } from '../support/subscriber';

const FROM = 'Example Shop <pay@example.com>';
const ADA = 'ada@example.com';
const PREFIX = 'subscription.';

/** Mails to subscribers by a real mail server, which the test tells what to say. */
describe('(S16) reminders by mail', () => {
  const lines: string[] = [];
  let smtp: SmtpReceiver;
  let still: StillService;
  beforeAll(async () => {
    smtp = await SmtpReceiver.start();
    still = await StillService.open({ MAIL_URL: smtp.url, MAIL_FROM: FROM }, (line) => lines.push(line));
  });
  afterAll(async () => {
    await still.stop();
    await smtp.stop();
  });
  beforeEach(() => {
    smtp.refusing = {};
    smtp.taken.length = 0;
    lines.length = 0;
  });
  afterEach(() => soundBooks(still.app));

  const begin = async (recurrence: object, more: object = {}): Promise<{ club: Subscriber; anchor: Date }> => {
    const club = await still.member(after(still.clock.now(), 60), recurrence, more, { email: ADA });
    smtp.taken.length = 0;
    return { club, anchor: (await club.row())['anchor_at'] as Date };
  };
  /** Hour by hour is not needed: what is due is known. Twice at once, and then again. */
  const at = async (instant: Date): Promise<void> => {
    await still.close(instant);
    await still.read();
    await Promise.all([still.work(), still.work(), still.work()]);
    await Promise.all([still.tell(), still.tell()]);
    await still.at(after(instant, 1));
  };
  /** What was sent, as `kind of period`, each as often as it was. */
  const sent = (club: Subscriber): string[] =>
    smtp.taken
      .map(({ headers }) => headers['message-id'] ?? '')
      .filter((id) => id.includes(club.id))
      .map((id) => id.slice(id.indexOf(club.id) + club.id.length + 1).split('.'))
      .map(([index, kind]) => `${kind} of ${index}`);
  const outbox = (club: Subscriber): Promise<{ template: string; state: string; attempts: number }[]> =>
    still.app.sql(
      `select template, state, attempts from mail_outbox where dedupe_key like 'subscription.' || $1 || '.%' order by created_at, template`,
      [club.id],
    );

  /** How often it was logged that a mail of it is given up. */
  const givenUp = async (club: Subscriber): Promise<number> => {
    const mails = await still.app.sql<{ id: string }>(
      `select id from mail_outbox where dedupe_key like 'subscription.' || $1 || '.%'`,
      [club.id],
    );
    return lines.filter((line) => line.includes('"mail_failed"') && mails.some(({ id }) => line.includes(id))).length;
  };

  it.each([
    ['day', 1, [1.01], ['opening of 1']],
    ['week', 7, [5.5, 7.01, 9.01, 9.9], ['opening of 1', 'start of 1', 'after_start of 1']],
    ['month', null, [-4, 0.01, 3.01, 6.01, 6.9], ['opening of 1', 'start of 1', 'after_start of 1', 'grace_end of 1']],
    [
      'year',
      null,
      [-18, -6.99, 0.01, 7.01, 12.01, 13.9],
      ['opening of 1', 'before_start of 1', 'start of 1', 'after_start of 1', 'grace_end of 1'],
    ],
  ])('of a %s come each once, however often and at once it is asked for', async (interval, length, days, expected) => {
    const { club, anchor } = await begin({ interval });
    const next = new Date(anchor);
    if (interval === 'month') next.setUTCMonth(next.getUTCMonth() + 1);
    if (interval === 'year') next.setUTCFullYear(next.getUTCFullYear() + 1);
    const from = length === null ? next : anchor;
    for (const day of days) await at(after(from, Math.round(day * DAY)));
    expect(sent(club)).toEqual(expected);
    expect((await outbox(club)).map(({ state }) => state)).toEqual(expected.map(() => 'sent'));
    const [mail] = smtp.taken;
    expect([mail?.to, mail?.from]).toEqual([[ADA], 'pay@example.com']);
    expect(mail?.headers['list-unsubscribe']).toMatch(/\/s\/[a-z2-7]{32}>$/);
    // No event beside the mail: its merchant would send it a second time.
    expect((await club.told()).filter((each) => each.startsWith('reminder'))).toEqual([]);
  });

  it('none after the period was paid, nor after it was cancelled', async () => {
    const { club: payer, anchor } = await begin({ interval: 'month' });
    const leaver = await still.member(after(still.clock.now(), 60), { interval: 'month' }, {}, { email: ADA });
    const start = new Date(anchor);
    start.setUTCMonth(start.getUTCMonth() + 1);
    await at(after(start, -4 * DAY));
    await at(after(start, 0.01 * DAY));
    await still.at(after(still.clock.now(), 60), await still.bills([payer.id]));
    const cancelled = await still.shop.partner.create(`subscriptions/${leaver.id}/cancellation`, {});
    expect(cancelled.status).toBe(200);
    for (const day of [3.01, 6.01, 6.9]) await at(after(start, day * DAY));
    const both = ['opening of 1', 'start of 1'];
    expect([sent(payer), sent(leaver)]).toEqual([both, both]);
  });

  it('while the server is away for a day are tried three times and given up, the subscription goes on, and what is due when it is back is sent', async () => {
    const { club, anchor } = await begin({ interval: 'week' });
    smtp.refusing = { EHLO: '421 not now', HELO: '421 not now' };
    for (let hour = 0; hour <= 24; hour += 1) await at(after(anchor, Math.round(5.5 * DAY) + hour * 3_600));
    expect([sent(club), await outbox(club)]).toEqual([
      [],
      [{ template: `${PREFIX}opening`, state: 'failed', attempts: 3 }],
    ]);
    expect(await givenUp(club)).toBe(1);
    expect([await club.status(), (await club.periods()).at(-1)?.state]).toEqual(['active', 'open']);
    smtp.refusing = {};
    for (const day of [7.01, 9.01]) await at(after(anchor, Math.round(day * DAY)));
    expect(sent(club)).toEqual(['start of 1', 'after_start of 1']);
    await still.at(after(still.clock.now(), 60), await still.bills([club.id]));
    expect(await club.status()).toBe('active');
  });

  it('while the server is away for an hour come late, and once', async () => {
    const { club, anchor } = await begin({ interval: 'week' });
    smtp.refusing = { 'RCPT TO': '451 greylisted' };
    await at(after(anchor, Math.round(5.5 * DAY)));
    expect(sent(club)).toEqual([]);
    smtp.refusing = {};
    for (const minutes of [29, 31, 60, 400]) await at(after(anchor, Math.round(5.5 * DAY) + minutes * 60));
    expect(sent(club)).toEqual(['opening of 1']);
  });

  it('to an address that is refused for good are given up; the log has no address, and the subscription is not touched', async () => {
    const { club, anchor } = await begin({ interval: 'week' });
    smtp.refusing = { 'RCPT TO': `550 no such person ${ADA}` };
    const before = await club.row();
    await at(after(anchor, Math.round(5.5 * DAY)));
    for (const minutes of [31, 400, 800]) await at(after(anchor, Math.round(5.5 * DAY) + minutes * 60));
    expect((await outbox(club)).map(({ state }) => state)).toEqual(['failed']);
    expect(await givenUp(club)).toBe(1);
    expect(lines.join('\n')).not.toContain(ADA);
    const row = await club.row();
    for (const member of ['status', 'customer_id', 'cancel_at_period_end', 'paused_until'])
      expect([member, row[member]]).toEqual([member, before[member]]);
  });

  it('carry no header of a stranger: not by an address, and not by a title', async () => {
    const link = await Subscriber.link(still.app, still.shop, { interval: 'week' });
    for (const email of [`${ADA}\r\nBcc: eve@example.com`, `${ADA},eve@example.com`, `Ada <${ADA}>\nX: y`]) {
      const { status } = await Subscriber.enrol(still.app, link, { email });
      expect([email, status]).toEqual([email, 400]);
    }
    const portal = new URL((await Subscriber.enrol(still.app, link)).body.portalUrl).pathname.replace('/s/', '');
    const changed = await still.app.client.post(`/checkout/subscriptions/${portal}/email`, {
      email: `${ADA}\r\nBcc: eve@example.com`,
    });
    expect(changed.status).toBe(400);
    const { club, anchor } = await begin({ interval: 'week' });
    const title = 'Club\r\nBcc: eve@example.com\r\n\r\n<b>hi</b>';
    // Worse than what anybody can enter.
    await still.app.get(Transactions).affected('update subscriptions set title = $2 where id = $1', [club.id, title]);
    await still.app
      .get(Transactions)
      .affected('update merchants set name = $2 where id = $1', [
        still.shop.merchantId,
        `Shop\r\nBcc: eve@example.com`,
      ]);
    await at(after(anchor, Math.round(5.5 * DAY)));
    const mails = smtp.taken.filter(({ headers }) => headers['message-id']?.includes(club.id));
    expect(mails.map(({ to }) => to)).toEqual([[ADA]]);
    expect(mails.map(({ headers }) => headers['bcc'])).toEqual([undefined]);
    expect(smtp.commands.join('\n')).not.toContain('eve@example.com');
  });
});
