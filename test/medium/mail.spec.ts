import { MailDispatchService } from '../../src/mail/mail-dispatch.service';
import { MailOutbox, type MailEntry } from '../../src/mail/mail-outbox.service';
import { FRONT, MailQueueRepository } from '../../src/mail/mail-queue.repository';
import { MailPort } from '../../src/mail/mail-port';
import { Transactions } from '../../src/database/transactions';
import { TestApp } from '../support/app';
import { ManualClock } from '../support/manual-clock';
import { SmtpReceiver, type TakenMail } from '../support/smtp-receiver';

const FROM = 'Example Shop <pay@example.com>';
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const clock = new ManualClock();
const lines: string[] = [];
let smtp: SmtpReceiver;
let app: TestApp;
let merchantId: string;
let other: string;
beforeAll(async () => {
  smtp = await SmtpReceiver.start();
  // No timers: the test says when something is sent.
  app = await TestApp.start({
    reconcile: false,
    env: { ROLE: 'api', MAIL_URL: smtp.url, MAIL_FROM: FROM },
    ports: { clock },
    log: (line) => lines.push(line),
  });
  [{ merchantId }, { merchantId: other }] = [await app.merchant(), await app.merchant()];
});
afterAll(async () => {
  await app.stop();
  await smtp.stop();
});
beforeEach(async () => {
  await app.sql('truncate mail_outbox, mail_queue');
  smtp.taken.length = 0;
  smtp.refusing = {};
  smtp.onMail = () => Promise.resolve();
  lines.length = 0;
});

const entry = (dedupeKey: string, more: Partial<MailEntry> = {}): MailEntry => ({
  to: 'ada@example.com',
  template: 'receipt',
  locale: 'en',
  data: { url: 'https://pay.example.com/r', merchant: 'Shop', number: 'INV-1', amount: '1 XLM' },
  dedupeKey,
  ...more,
});
const write = (...entries: MailEntry[]): Promise<void> => app.get(MailOutbox).write({ merchantId }, entries);
const send = (): Promise<void> => app.get(MailDispatchService).run();
const rows = (): Promise<{ key: string; state: string; attempts: number; data: Buffer | null }[]> =>
  app.sql('select dedupe_key as key, state, attempts, data from mail_outbox order by dedupe_key');
const more = (count: number): Promise<string[]> =>
  app
    .sql<{ id: string }>(
      `insert into merchants (id, name, default_network, created_at, updated_at) select gen_random_uuid(), 'Shop', 'sandbox', now(), now() from generate_series(1, $1::int) returning id`,
      [count],
    )
    .then((rows) => rows.map(({ id }) => id));
const queued = async (): Promise<number> => (await app.sql('select from mail_queue')).length;

describe('mail', () => {
  it('is there exactly when the change is, and sent after it', async () => {
    const transactions = app.get(Transactions);
    await expect(
      transactions.run(async () => {
        await write(entry('undone'));
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await transactions.run(() => write(entry('done')));
    expect(smtp.taken).toEqual([]);
    await send();
    expect(smtp.taken.map(({ to }) => to)).toEqual([['ada@example.com']]);
    expect(await rows()).toEqual([{ key: 'done', state: 'sent', attempts: 1, data: null }]);
    expect(await queued()).toBe(0);
  });

  it('carries its dedupe key in the Message-ID, a way to unsubscribe, and both forms of the text', async () => {
    await write(
      entry('a.key', { data: { ...entry('').data, unsubscribeUrl: 'https://pay.example.com/s/t' } }),
      entry('b'),
    );
    await send();
    const [one, two] = smtp.taken.toSorted((a, b) =>
      (a.headers['message-id'] ?? '') < (b.headers['message-id'] ?? '') ? -1 : 1,
    ) as [TakenMail, TakenMail];
    expect(one.headers).toMatchObject({
      from: FROM,
      to: 'ada@example.com',
      subject: 'Your payment to Shop',
      'message-id': `<a.key.${merchantId}@example.com>`,
      'list-unsubscribe': '<https://pay.example.com/s/t>',
      'auto-submitted': 'auto-generated',
    });
    expect(two.headers['list-unsubscribe']).toBe('<mailto:pay@example.com?subject=unsubscribe>');
    expect(one.source).toContain('text/plain');
    expect(one.source).toContain('text/html');
    expect(one.from).toBe('pay@example.com');
  });

  it('is one per cause and merchant, however often it is written', async () => {
    await Promise.all(Array.from({ length: 20 }, () => write(entry('z'), entry('a'), entry('z'))));
    await app.get(MailOutbox).write({ merchantId: other }, [entry('a')]);
    await send();
    await write(entry('a'));
    await send();
    expect(smtp.taken.map(({ headers }) => headers['message-id'] ?? '').toSorted()).toEqual(
      [`<a.${merchantId}@example.com>`, `<a.${other}@example.com>`, `<z.${merchantId}@example.com>`].toSorted(),
    );
  });

  it('is written with one statement for a set', async () => {
    const asked = jest.spyOn(app.get(Transactions), 'affected');
    await write(...Array.from({ length: 300 }, (_unused, n) => entry(`n${n}`)));
    expect(asked).toHaveBeenCalledTimes(1);
    asked.mockRestore();
    expect(await queued()).toBe(300);
  });

  it('is sent by one of several who ask at once', async () => {
    await write(...Array.from({ length: 40 }, (_unused, n) => entry(`n${n}`)));
    await Promise.all([send(), send(), send()]);
    await send();
    expect(new Set(smtp.taken.map(({ headers }) => headers['message-id'])).size).toBe(40);
    expect(smtp.taken).toHaveLength(40);
  });

  it('waits until it is due', async () => {
    await write(entry('later', { dueAt: new Date(clock.now().getTime() + HOUR_MS) }));
    await send();
    expect(smtp.taken).toEqual([]);
    clock.advance(HOUR_MS);
    await send();
    expect(smtp.taken).toHaveLength(1);
  });

  it('is tried three times within six hours, then mail_failed; the log has no address', async () => {
    smtp.refusing = { 'RCPT TO': '550 no such person ada@example.com' };
    await write(entry('k'));
    const tries = (): number => smtp.commands.filter((each) => each.startsWith('RCPT')).length;
    const before = tries();
    const seen: number[] = [];
    for (const pauseMs of [0, 30 * MINUTE_MS - 1, 1, 330 * MINUTE_MS - 1, 1, 24 * HOUR_MS]) {
      clock.advance(pauseMs);
      await send();
      seen.push(tries() - before);
    }
    expect(seen).toEqual([1, 1, 2, 2, 3, 3]);
    expect(await rows()).toEqual([{ key: 'k', state: 'failed', attempts: 3, data: null }]);
    expect(await queued()).toBe(0);
    const told = lines.filter((line) => /mail/.test(line));
    expect(told.filter((line) => line.includes('"mail_failed"'))).toHaveLength(1);
    expect(told.join()).not.toContain('ada@');
  });

  it('is sent again when the server lost the answer, under the same Message-ID', async () => {
    smtp.refusing = { '.': '451 try again' };
    const seen: (string | undefined)[] = [];
    smtp.onMail = ({ headers }) => Promise.resolve(void seen.push(headers['message-id']));
    await write(entry('k'));
    await send();
    smtp.refusing = {};
    clock.advance(HOUR_MS);
    await send();
    expect(new Set(seen).size).toBe(1);
    expect(seen).toHaveLength(2);
    expect(await rows()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it('of a process that died is taken when its lease is over, and not before', async () => {
    await write(entry('k'));
    await app.sql(`update mail_queue set leased_until = clock_timestamp() + interval '1 hour'`);
    await send();
    expect(smtp.taken).toEqual([]);
    await app.sql(`update mail_queue set leased_until = clock_timestamp() - interval '1 second'`);
    await send();
    expect(smtp.taken).toHaveLength(1);
  });

  it('is sent outside of any transaction, and nobody who writes waits for it', async () => {
    const open: unknown[] = [];
    smtp.onMail = async () => {
      open.push(
        ...(await app.sql(
          `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
        )),
      );
      await write(entry('meanwhile', { dueAt: new Date(clock.now().getTime() + HOUR_MS) }));
    };
    await write(entry('k'));
    await send();
    expect(open).toEqual([]);
    expect((await rows()).map(({ key, state }) => [key, state])).toEqual([
      ['k', 'sent'],
      ['meanwhile', 'waiting'],
    ]);
  });

  it('that would carry a header of a stranger never reaches a server', async () => {
    const before = smtp.commands.length;
    await write(entry('k', { to: 'ada@example.com\r\nBcc: eve@example.com' }));
    await send();
    expect(smtp.commands).toHaveLength(before);
    expect(await rows()).toMatchObject([{ state: 'failed', attempts: 1 }]);
  });

  it('of a recipient is forgotten, whatever its case, and other people keep theirs', async () => {
    await write(entry('sent'));
    await send();
    await write(entry('waits'), entry('other', { to: 'bob@example.com' }));
    await app.get(MailOutbox).write({ merchantId: other }, [entry('theirs')]);
    await app.get(MailOutbox).erase({ merchantId }, ['ADA@example.com']);
    expect((await rows()).map(({ key }) => key)).toEqual(['other', 'theirs']);
    smtp.taken.length = 0;
    await send();
    expect(smtp.taken.flatMap(({ to }) => to).toSorted()).toEqual(['ada@example.com', 'bob@example.com']);
    expect(await queued()).toBe(0);
  });

  it('of a merchant with very much of it delays nobody else: merchants take turns', async () => {
    await app.sql(
      `with made as (
         insert into mail_outbox (merchant_id, id, dedupe_key, recipient, template, locale, data, due_at, created_at)
         select $1, gen_random_uuid(), 'many.' || n, 'many@example.com', 'receipt', 'en', '', $2, $2 from generate_series(1, 10000) n returning merchant_id, id)
       insert into mail_queue (merchant_id, mail_id, due_at) select merchant_id, id, $2 from made`,
      [merchantId, new Date(clock.now().getTime() - HOUR_MS)],
    );
    await app.get(MailOutbox).write({ merchantId: other }, [entry('one'), entry('two')]);
    const [third = ''] = await more(1);
    await app.get(MailOutbox).write({ merchantId: third }, [entry('three')]);
    const taken = await app.get(MailQueueRepository).claim(clock.now(), 5, 120, FRONT);
    const of = (id: string): number => taken.filter((each) => each.merchantId === id).length;
    expect([of(merchantId), of(other), of(third)]).toEqual([2, 2, 1]);
  });

  it('of more merchants than are served at once comes to each of them in turn', async () => {
    const merchants = [merchantId, other, ...(await more(5))];
    for (const id of merchants)
      await app.get(MailOutbox).write(
        { merchantId: id },
        Array.from({ length: 9 }, (_unused, n) => entry(`n${n}`)),
      );
    const seen: string[] = [];
    smtp.onMail = ({ headers }) => Promise.resolve(void seen.push((headers['message-id'] ?? '').slice(4, 40)));
    await send();
    expect(seen).toHaveLength(63);
    // Whatever was sent until then, nobody is more than two turns behind.
    for (let count = 1; count <= 45; count += 1) {
      const sums = merchants.map((id) => seen.slice(0, count).filter((each) => each === id).length);
      expect(Math.max(...sums) - Math.min(...sums)).toBeLessThanOrEqual(2);
    }
  });

  it('opens nothing to who reads the database while it waits, and is nothing in another row', async () => {
    const url = 'https://pay.example.com/s/secret-key-of-a-portal';
    await write(entry('a', { data: { ...entry('').data, url, unsubscribeUrl: url } }), entry('b'));
    const [dump] = await app.sql<{ text: string }>(
      `select string_agg(m::text || encode(m.data, 'escape'), '') as text from mail_outbox m`,
    );
    expect(dump?.text).not.toMatch(/secret-key|example\.com\/s/);
    const before = await rows();
    await app.sql(
      `update mail_outbox set data = (select data from mail_outbox where dedupe_key = 'a') where dedupe_key = 'b'`,
    );
    await send();
    expect(smtp.taken).toHaveLength(1);
    expect(smtp.taken[0]?.source).toContain('secret-key-of-a-portal');
    expect(before.map(({ data }) => data !== null)).toEqual([true, true]);
    expect((await rows()).map(({ state }) => state)).toEqual(['sent', 'waiting']);
  });

  it('that ended a month ago is swept', async () => {
    await write(entry('k'), entry('young', { dueAt: new Date(clock.now().getTime() + 90 * 24 * HOUR_MS) }));
    await send();
    clock.advance(31 * 24 * HOUR_MS);
    await app.get(MailDispatchService).sweep();
    expect((await rows()).map(({ key }) => key)).toEqual(['young']);
  });
});

describe('without a mail server', () => {
  it('nothing is written and nothing is sent, and what another process wrote ends as not configured', async () => {
    await write(entry('k'));
    const silent = await TestApp.start({
      reconcile: false,
      databaseUrl: app.databaseUrl,
      env: { ROLE: 'api' },
      ports: { clock },
    });
    try {
      expect(silent.get(MailPort).configured).toBe(false);
      await silent.get(MailOutbox).write({ merchantId }, [entry('never')]);
      expect((await rows()).map(({ key }) => key)).toEqual(['k']);
      await silent.get(MailDispatchService).run();
      expect(await rows()).toEqual([{ key: 'k', state: 'not_configured', attempts: 1, data: null }]);
      expect(await queued()).toBe(0);
    } finally {
      await silent.stop();
    }
  });
});
