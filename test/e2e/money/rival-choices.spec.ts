import { AsyncLocalStorage } from 'node:async_hooks';
import { Asset, Operation } from '@stellar/stellar-sdk';
import { isDomainError } from '../../../src/common/errors';
import type { Invoice } from '../../../src/invoices/invoice';
import { LinkCheckoutService } from '../../../src/links/choices/link-checkout.service';
import { ExpiryService } from '../../../src/payments/expiry.service';
import { PaymentsService } from '../../../src/payments/payments.service';
import { ReconciliationService } from '../../../src/payments/reconciliation.service';
import { muxedAddress } from '../../../src/stellar/address';
import type { Credit } from '../../../src/stellar/ledger-source';
import { LedgerSources } from '../../../src/stellar/ledger-sources';
import { HeldRows } from '../../chaos/held-rows';
import { Transactions } from '../../../src/database/transactions';
import { InvoiceSettlementService } from '../../../src/invoices/invoice-settlement.service';
import type { Json } from '../../support/api-client';
import { TestApp } from '../../support/app';
import { audited } from '../../support/audited';
import { expireDue } from '../../support/expire-due';
import { ManualClock } from '../../support/manual-clock';
import type { PartnerProgram } from '../../support/partner-program';
import type { TestWallet } from '../../support/wallet';
import { REMIND } from '../../support/deadlines';

const CHECKOUT_SECONDS = 900;

let app: TestApp;
/** A second process on the same data. */
let twin: TestApp;
let payer: TestWallet;
let partner: PartnerProgram;
const clock = new ManualClock();

beforeAll(async () => {
  app = await TestApp.start({
    ports: { clock },
    reconcile: false,
    env: { CHECKOUT_SECONDS: String(CHECKOUT_SECONDS) },
  });
  [{ partner }, payer] = await Promise.all([app.shop(), app.wallet()]);
  twin = await TestApp.start({ ports: { clock }, reconcile: false, databaseUrl: app.databaseUrl });
});
afterAll(async () => {
  await twin.stop();
  await app.stop();
});
afterEach(async () => {
  const { breaches } = await audited(app.databaseUrl, { networks: [], clock });
  expect(breaches).toEqual([]);
});

const make = async (): Promise<Json> => {
  const expiresAt = new Date(clock.now().getTime() + 24 * 3600 * 1000).toISOString();
  const { status, body, text } = await partner.create('payment_links', {
    amount: null,
    openAmount: { maximum: '5000' },
    currency: 'XLM',
    paymentType: 'Invoice',
    expiresAt,
  });
  expect([status, text]).toEqual([201, text]);
  return body.data;
};
let addresses = 0;
const somebody = (): string => `10.1.${(addresses >> 8) & 255}.${(addresses += 1) & 255}`;
const choose = (link: Json, amount: string, address = somebody()): Promise<Invoice> =>
  app.get(LinkCheckoutService).open(link.attributes.publicId, { asset: 'XLM', amount }, address);
const operation = ({ destination, referenceNumber }: Invoice, amount: string): ReturnType<typeof Operation.payment> =>
  Operation.payment({ destination: muxedAddress(destination, referenceNumber), asset: Asset.native(), amount });
const pay = async (...each: readonly [Invoice, string][]): Promise<readonly Credit[]> => {
  const { hash } = await payer.submitTimeless(each.map(([invoice, amount]) => operation(invoice, amount)));
  return (await app.get(LedgerSources).of('sandbox').transaction(hash))?.credits ?? [];
};
/** Again while the database is too busy to say, as the reader does. */
const record = async (credits: readonly Credit[], by = app): Promise<number> => {
  for (;;) {
    const fresh = await by
      .get(PaymentsService)
      .record('sandbox', credits)
      .catch((error: unknown) => (isDomainError(error, 'database_busy') ? null : Promise.reject(error)));
    if (fresh !== null) return fresh;
  }
};
const ingest = async (): Promise<void> => {
  while ((await app.get(ReconciliationService).ingestPage('sandbox')).more);
};
const invoiceOf = async ({ id }: Pick<Invoice, 'id'>): Promise<Json> =>
  (await partner.get(`invoices/${id}`)).body.data.attributes;
const statuses = (each: readonly Invoice[]): Promise<string[]> =>
  Promise.all(each.map(async (invoice) => (await invoiceOf(invoice)).status as string));
const read = async (link: Json): Promise<Json> => (await partner.get(`payment_links/${link.id}`)).body.data;
const shown = async (link: Json): Promise<unknown[]> => {
  const { attributes, relationships } = await read(link);
  return [attributes.status, relationships.target.data?.id ?? null];
};
const paymentsOf = (invoice: Invoice): Promise<Json[]> =>
  app.sql<Json>('select id, disposition, outcome from payments where invoice_id = $1 order by operation_id', [
    invoice.id,
  ]);
const told = async (subject: string): Promise<string[]> =>
  (
    await app.sql<{ type: string }>('select type from events where subject_id = $1 order by written_at, id', [subject])
  ).map(({ type }) => type);
const decide = (payment: string, action: string, invoice?: Invoice): ReturnType<PartnerProgram['create']> =>
  partner.create(
    'payment_resolutions',
    { action, ...(action === 'dismiss' ? { reason: 'not ours' } : {}) },
    {
      payment: { data: { type: 'payments', id: payment } },
      ...(invoice === undefined ? {} : { invoice: { data: { type: 'invoices', id: invoice.id } } }),
    },
  );

describe('several choices of one single-use link', () => {
  it("keep what was promised to each: what a stranger chooses ends nobody's time to pay", async () => {
    const link = await make();
    const mine = await choose(link, '20');
    const strangers = await choose(link, '5000');
    expect([await statuses([mine, strangers]), await shown(link), (await invoiceOf(mine)).expiresAt]).toEqual([
      ['PENDING', 'PENDING'],
      ['pending', strangers.id],
      mine.expiresAt?.toISOString(),
    ]);
    await record(await pay([mine, '20']));
    expect([await statuses([mine, strangers]), await shown(link)]).toEqual([
      ['PAID', 'EXPIRED'],
      ['completed', mine.id],
    ]);
    expect([await told(link.id), await told(strangers.id)]).toEqual([
      ['link.created', 'link.chosen', 'link.chosen', 'link.paid'],
      ['invoice.created', 'invoice.expired'],
    ]);
  });

  it('cannot be blocked by a stroop for an amount that a stranger made up; the stroop can be given back (A34)', async () => {
    const link = await make();
    const strangers = await choose(link, '5000');
    await record(await pay([strangers, '0.0000001']));
    expect((await invoiceOf(strangers)).amountReceived).toBe('0.0000001');
    const mine = await choose(link, '20');
    await record(await pay([mine, '20']));
    expect([await statuses([mine, strangers]), await shown(link)]).toEqual([
      ['PAID', 'EXPIRED'],
      ['completed', mine.id],
    ]);
    const [stroop] = await paymentsOf(strangers);
    expect([stroop, await told(stroop.id), (await invoiceOf(strangers)).amountReceived]).toEqual([
      { id: stroop.id, disposition: 'suspense', outcome: 'link_closed' },
      ['payment.received', 'payment.released'],
      '0.00',
    ]);
    expect(
      (await partner.get('payments?filter[status]=held&filter[outcome]=link_closed')).body.data.map(
        ({ id }: Json) => id,
      ),
    ).toContain(stroop.id);
    expect((await decide(stroop.id, 'refund')).status).toBe(201);
  });

  it('hold what is paid to a choice after another one won, and never count it as a second payment (B03)', async () => {
    const link = await make();
    const [first, second] = [await choose(link, '1'), await choose(link, '2')];
    await record(await pay([first, '1']));
    await record(await pay([second, '2']));
    expect([
      await statuses([first, second]),
      await shown(link),
      (await read(link)).attributes.paymentsOverLimit,
    ]).toEqual([['PAID', 'EXPIRED'], ['completed', first.id], 0]);
    const [late] = await paymentsOf(second);
    expect([late.disposition, late.outcome, await told(late.id)]).toEqual([
      'suspense',
      'link_closed',
      ['payment.suspended'],
    ]);
    const refused = await decide(late.id, 'attach', second);
    expect([refused.status, refused.body.errors[0].code, refused.body.errors[0].detail]).toEqual([
      409,
      'payment_not_attachable',
      expect.stringContaining('its payment link was paid by another choice'),
    ]);
    expect((await decide(late.id, 'attach', first)).status).toBe(201);
    expect((await invoiceOf(first)).amountReceived).toBe('3.00');
  });

  it.each([
    ['one page', true],
    ['two pages', false],
  ])('of which two are paid in %s are won by the first on the ledger', async (_where, together) => {
    const link = await make();
    const [first, second, third] = [await choose(link, '1'), await choose(link, '2'), await choose(link, '3')];
    await ingest();
    // Part of the second, the whole of the third, the rest of the second, the first.
    if (together) await pay([second, '1'], [third, '3'], [second, '1'], [first, '1']);
    else
      for (const part of [
        [second, '1'],
        [third, '3'],
        [second, '1'],
        [first, '1'],
      ] as const) {
        await pay([...part]);
        await ingest();
      }
    await ingest();
    expect([await statuses([first, second, third]), await shown(link)]).toEqual([
      ['EXPIRED', 'EXPIRED', 'PAID'],
      ['completed', third.id],
    ]);
    expect((await paymentsOf(second)).map(({ disposition, outcome }) => `${disposition} ${outcome}`)).toEqual([
      'suspense link_closed',
      'suspense link_closed',
    ]);
    expect((await paymentsOf(first)).map(({ disposition, outcome }) => `${disposition} ${outcome}`)).toEqual([
      'suspense link_closed',
    ]);
  });

  it('paid at once in two processes have one winner, where looking first would have had several', async () => {
    const rounds = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const link = await make();
        return { link, choices: [await choose(link, '1'), await choose(link, '2'), await choose(link, '3')] };
      }),
    );
    await app.sql('create table naive_links (id integer primary key, winner text)');
    await app.sql('create table naive_wins (link integer, choice text)');
    const naive = async (link: number, choice: string): Promise<void> => {
      const [found] = await app.sql<{ winner: string | null }>('select winner from naive_links where id = $1', [link]);
      if (found?.winner != null) return;
      await app.sql('insert into naive_wins values ($1, $2)', [link, choice]);
      await app.sql('update naive_links set winner = $2 where id = $1', [link, choice]);
    };
    for (const [round, { link, choices }] of rounds.entries()) {
      const credits: (readonly Credit[])[] = [];
      for (const [at, choice] of choices.entries()) credits.push(await pay([choice, String(at + 1)]));
      await app.sql('insert into naive_links values ($1)', [round]);
      await Promise.all([
        ...credits.map((each, at) => record(each, (at + round) % 2 === 0 ? app : twin)),
        record(credits.flat(), twin),
        app.get(ExpiryService).runDue(),
        ...choices.map(({ id }) => naive(round, id)),
      ]);
      await expireDue(app);
      const [status, winner] = await shown(link);
      expect([
        status,
        (await statuses(choices)).toSorted(),
        await statuses(choices.filter(({ id }) => id === winner)),
      ]).toEqual(['completed', ['EXPIRED', 'EXPIRED', 'PAID'], ['PAID']]);
      expect((await told(link.id)).filter((type) => type === 'link.paid')).toHaveLength(1);
    }
    const naively = await app.sql<Json>(
      'select count(*)::int as wins from naive_wins group by link having count(*) > 1',
    );
    expect(naively.length).toBeGreaterThan(0);
    await app.sql('drop table naive_wins, naive_links');
  });

  it('end even when somebody holds their invoice at the moment that decides', async () => {
    const link = await make();
    const [mine, held] = [await choose(link, '20'), await choose(link, '30')];
    await record(await pay([held, '1']));
    const credits = await pay([mine, '20']);
    const holder = await HeldRows.hold(app.databaseUrl, 'select 1 from invoices where id = $1 for update', [held.id]);
    // Whoever decides neither waits for the one who holds it nor forgets.
    await record(credits);
    expect(await shown(link)).toEqual(['completed', mine.id]);
    await holder.release();
    await expireDue(app);
    expect([await statuses([mine, held]), (await paymentsOf(held)).map(({ outcome }) => outcome)]).toEqual([
      ['PAID', 'EXPIRED'],
      ['link_closed'],
    ]);
  });

  it("lapse one by one, and the link shows what is left: the newest, at last nobody's", async () => {
    const link = await make();
    const first = await choose(link, '1');
    clock.advance(60_000);
    const second = await choose(link, '2');
    await app.sql('update invoices set expires_at = $2 where id = $1', [
      second.id,
      new Date(clock.now().getTime() - 1_000),
    ]);
    await app.sql(REMIND);
    await lapsed(second);
    expect([await statuses([first, second]), await shown(link)]).toEqual([
      ['PENDING', 'EXPIRED'],
      ['pending', first.id],
    ]);
    clock.advance(CHECKOUT_SECONDS * 1000);
    await lapsed(first);
    expect([await shown(link), await told(link.id)]).toEqual([
      ['created', null],
      ['link.created', 'link.chosen', 'link.chosen', 'link.reopened'],
    ]);
    expect(
      await app.sql('select 1 from payment_link_choices where link_id = $1 and payer_address is not null', [link.id]),
    ).toEqual([]);
    // What was promised to the first is judged by its own deadline: late, and within what is allowed.
    await record(await pay([first, '1']));
    expect([await statuses([first]), await shown(link)]).toEqual([['PAID'], ['completed', first.id]]);
  });
  const lapsed = async (invoice: Invoice): Promise<void> => {
    await app.sql('update ledger_cursors set ingested_through = $1', [clock.now()]);
    await expireDue(app);
    expect((await invoiceOf(invoice)).status).toBe('EXPIRED');
  };

  it('are decided by as many statements for a page of links as for one of them, and so they lapse', async () => {
    const counted = async (work: () => Promise<unknown>): Promise<number> => {
      const transactions = app.get(Transactions);
      const ours = new AsyncLocalStorage<true>();
      let statements = 0;
      const spies = (['rows', 'affected'] as const).map((method) => {
        const real = transactions[method].bind(transactions) as (...args: unknown[]) => never;
        return jest.spyOn(transactions, method).mockImplementation((text: string, values?: readonly unknown[]) => {
          // Timers ask as well, and events get their numbers after the commit.
          if (ours.getStore() === true && !/event_(heads|queue|numbers)/.test(text)) statements += 1;
          return real(text, values);
        });
      });
      await ours.run(true, work);
      for (const spy of spies) spy.mockRestore();
      return statements;
    };
    const round = async (size: number): Promise<{ paid: number; lapsed: number }> => {
      const links = await Promise.all(Array.from({ length: size }, () => make()));
      const pairs: [Invoice, Invoice][] = [];
      for (const link of links) pairs.push([await choose(link, '2'), await choose(link, '1')]);
      await record(await pay(...pairs.map(([loser]) => [loser, '0.0000001'] as [Invoice, string])));
      const credits = await pay(...pairs.map(([, winner]) => [winner, '1'] as [Invoice, string]));
      const paid = await counted(() => record(credits));
      for (const [at, [loser, winner]] of pairs.entries()) {
        expect([await statuses([loser, winner]), await shown(links[at])]).toEqual([
          ['EXPIRED', 'PAID'],
          ['completed', winner.id],
        ]);
        expect([(await paymentsOf(loser)).map(({ outcome }) => outcome), (await told(loser.id)).at(-1)]).toEqual([
          ['link_closed'],
          'invoice.expired',
        ]);
      }
      const others = await Promise.all(Array.from({ length: size }, () => make()));
      const lone: Invoice[] = [];
      for (const link of others) lone.push(await choose(link, '1'));
      const lapsed = await counted(() =>
        app
          .get(Transactions)
          .run(() => app.get(InvoiceSettlementService).expire(lone.map(({ merchantId, id }) => ({ merchantId, id })))),
      );
      for (const link of others)
        expect([await shown(link), (await told(link.id)).at(-1)]).toEqual([['created', null], 'link.reopened']);
      return { paid, lapsed };
    };
    expect(await round(8)).toEqual(await round(1));
  });

  it('can be withdrawn one by one by the owner; the last one takes the link with it', async () => {
    const link = await make();
    const [first, second] = [await choose(link, '1'), await choose(link, '2')];
    expect((await partner.command(`invoices/${second.id}/cancellation`)).status).toBe(200);
    expect([await statuses([first, second]), await shown(link)]).toEqual([
      ['PENDING', 'CANCELLED'],
      ['pending', first.id],
    ]);
    expect((await partner.command(`invoices/${first.id}/cancellation`)).status).toBe(200);
    expect(await shown(link)).toEqual(['cancelled', first.id]);
    await record(await pay([first, '1'], [second, '2']));
    expect([await statuses([first, second]), (await paymentsOf(first))[0].outcome]).toEqual([
      ['CANCELLED', 'CANCELLED'],
      'invoice_closed',
    ]);
  });

  it('all end with the link when its owner ends it', async () => {
    const link = await make();
    const all = [await choose(link, '1'), await choose(link, '2'), await choose(link, '3')];
    expect((await partner.command(`payment_links/${link.id}/expiration`)).status).toBe(200);
    expect([await statuses(all), await shown(link)]).toEqual([
      ['EXPIRED', 'EXPIRED', 'EXPIRED'],
      ['expired', all[2]?.id],
    ]);
    expect((await partner.command(`payment_links/${link.id}/expiration`)).body.errors[0].code).toBe('link_final');
  });

  it('take held money by hand as long as none has won, and are then the winner', async () => {
    const link = await make();
    const [first, second] = [await choose(link, '1'), await choose(link, '2')];
    const { hash } = await payer.submitTimeless([
      Operation.payment({ destination: second.destination, asset: Asset.native(), amount: '2' }),
    ]);
    await record((await app.get(LedgerSources).of('sandbox').transaction(hash))?.credits ?? []);
    const [lost] = await app.sql<Json>('select id from payments where transaction_hash = $1', [hash]);
    const both = await Promise.all([decide(lost.id, 'attach', second), record(await pay([first, '1']))]);
    await expireDue(app);
    const states = await statuses([first, second]);
    expect([both[0].status, states.toSorted()]).toEqual([states[1] === 'PAID' ? 201 : 409, ['EXPIRED', 'PAID']]);
    expect((await shown(link))[1]).toBe([first, second][states.indexOf('PAID')]?.id);
  });

  it('are five at most for one address, exactly, and nobody else is refused', async () => {
    const link = await make();
    const address = somebody();
    const attempts = await Promise.allSettled(
      Array.from({ length: 9 }, (_, at) => choose(link, String(at + 1), address)),
    );
    const refusals = attempts.flatMap((attempt) => (attempt.status === 'rejected' ? [attempt.reason] : []));
    expect(refusals).toEqual(
      Array.from({ length: 4 }, () =>
        expect.objectContaining({ code: 'checkout_limit_reached', retryAfterSeconds: expect.any(Number) }),
      ),
    );
    expect(refusals[0].retryAfterSeconds).toBeLessThanOrEqual(CHECKOUT_SECONDS);
    const [known] = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    expect((await choose(link, String(Number(known?.total) / 1e7), address)).id).toBe(known?.id);
    expect((await choose(link, '77')).status).toBe('PENDING');
    clock.advance((CHECKOUT_SECONDS + 1) * 1000);
    expect((await choose(link, '78', address)).status).toBe('PENDING');
  });
});
