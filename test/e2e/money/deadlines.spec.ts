import { Asset, Memo, Operation } from '@stellar/stellar-sdk';
import { InvoiceSettlementService } from '../../../src/invoices/invoice-settlement.service';
import { ReconciliationService } from '../../../src/payments/reconciliation.service';
import { expireDue } from '../../support/expire-due';
import { ManualClock } from '../../support/manual-clock';
import { type Bill, type Sent, Till } from './till';

const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;

/** Nothing reads the ledger and nothing expires until the test says so; the clock stands still in between. */
describe('deadlines are judged by the time a ledger closed', () => {
  const clock = new ManualClock();
  let till: Till;
  beforeAll(async () => {
    till = await Till.open({ ports: { clock }, reconcile: false });
  });
  afterAll(() => till.close());
  afterEach(() => till.assertSound());

  /** A whole second that no ledger has reached yet, so that a ledger may close exactly then. */
  const nextDeadline = (): Date =>
    new Date(
      (Math.max(till.app.network.engine.header.closeTime, Math.ceil(clock.now().getTime() / SECOND)) + 60) * SECOND,
    );

  const billDue = (expiresAt: Date, policy = { toleranceBp: 0, lateGraceSeconds: DAY / SECOND }): Promise<Bill> =>
    till.issue('10', { expiresAt, policy });

  const pay = (bill: Bill, amount: string, memo: Memo = Memo.text(bill.number)): Promise<Sent> =>
    till.payer.submitTimeless(
      [Operation.payment({ destination: bill.destination, asset: Asset.native(), amount })],
      memo,
    );

  const payAt = async (bill: Bill, at: Date, amount = '10'): Promise<Sent & { closedAt: Date }> => {
    clock.set(at);
    const sent = await pay(bill, amount);
    const ledger = await till.payer.server.ledgers().ledger(sent.ledger).call();
    return { ...sent, closedAt: new Date((ledger as unknown as { closed_at: string }).closed_at) };
  };

  const ingest = async (): Promise<void> => {
    const reconciliation = till.app.get(ReconciliationService);
    while ((await reconciliation.ingestPage('sandbox')).more);
  };
  const expire = (): Promise<void> => expireDue(till.app);
  const closeEmptyLedger = async (): Promise<void> => {
    await till.app.network.closeLedger();
  };

  it.each([
    { name: 'one second before', offset: -SECOND, outcome: 'applied exact 10' },
    { name: 'exactly at', offset: 0, outcome: 'applied exact 10' },
    { name: 'one second after', offset: SECOND, outcome: 'applied late 10' },
    { name: 'at the last second of the grace after', offset: DAY, outcome: 'applied late 10' },
  ])('A26 money that closed $name the deadline, and was heard of a day later', async ({ offset, outcome }) => {
    const deadline = nextDeadline();
    const bill = await billDue(deadline);
    const sent = await payAt(bill, new Date(deadline.getTime() + offset));
    expect(sent.closedAt.getTime() - deadline.getTime()).toBe(offset);
    clock.advance(DAY);
    await expire();
    expect(await till.books(bill)).toMatchObject({ received: '0' });
    await ingest();
    await expire();
    expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10', proof: sent.hash });
    expect(await till.written([sent.hash])).toEqual([outcome]);
    expect(await till.eventTypes(bill)).toEqual(['invoice.created', 'invoice.paid']);
  });

  it('A25 a second after the grace it is held, and the invoice expires', async () => {
    const deadline = nextDeadline();
    const bill = await billDue(deadline);
    const sent = await payAt(bill, new Date(deadline.getTime() + DAY + SECOND));
    await ingest();
    expect(await till.books(bill)).toMatchObject({ status: 'PENDING', received: '0' });
    await expire();
    expect(await till.books(bill)).toMatchObject({ status: 'EXPIRED', received: '0' });
    expect(await till.written([sent.hash])).toEqual(['suspense too_late 10']);
    const answer = await till.confirm(bill, sent.hash);
    expect([answer.status, answer.body.error]).toEqual([400, 'Invoice cannot be paid. Current status: EXPIRED']);
  });

  it('A26 does not expire at the deadline itself, nor before the ledger has been read beyond it', async () => {
    const deadline = nextDeadline();
    const bill = await billDue(deadline);
    clock.set(deadline);
    await closeEmptyLedger();
    await ingest();
    await expire();
    expect(await till.books(bill)).toMatchObject({ status: 'PENDING' });
    clock.advance(DAY);
    await expire();
    expect(await till.books(bill)).toMatchObject({ status: 'PENDING' });
    await closeEmptyLedger();
    await ingest();
    await expire();
    expect(await till.books(bill)).toMatchObject({ status: 'EXPIRED' });
    expect(await till.eventTypes(bill)).toEqual(['invoice.created', 'invoice.expired']);
  });

  it('A26 an expiry by the wall clock alone would have refused money that came in time', async () => {
    const deadline = nextDeadline();
    const bill = await billDue(deadline);
    const sent = await payAt(bill, deadline);
    clock.advance(4 * 60 * SECOND);
    // What a timer without regard to the ledger does: the deadline is over by its clock, so the invoice expires.
    const settlement = till.app.get(InvoiceSettlementService);
    const [naive] = await till.app.sql<{ id: string }>(`select id from invoices where id = $1 and expires_at < $2`, [
      bill.id,
      clock.now(),
    ]);
    expect(naive).toEqual({ id: bill.id });
    expect(await settlement.holdDue(bill.merchantId, [bill.id], await ingestedThrough())).toEqual([]);
    await ingest();
    await expire();
    expect(await till.books(bill)).toMatchObject({ status: 'PAID', proof: sent.hash });
  });
  const ingestedThrough = async (): Promise<Date> => {
    const [row] = await till.app.sql<{ through: Date }>('select ingested_through as through from ledger_cursors');
    if (row === undefined) throw new Error('nothing was read yet');
    return row.through;
  };

  it('A25 after EXPIRED: a late half and a late half make PAID, with one event', async () => {
    const deadline = nextDeadline();
    const bill = await billDue(deadline);
    clock.set(new Date(deadline.getTime() + 5 * SECOND));
    await closeEmptyLedger();
    await ingest();
    await expire();
    expect(await till.books(bill)).toMatchObject({ status: 'EXPIRED' });
    const first = await payAt(bill, new Date(clock.now().getTime() + SECOND), '5');
    await ingest();
    expect(await till.books(bill)).toMatchObject({ status: 'EXPIRED', received: '5' });
    const second = await payAt(bill, new Date(clock.now().getTime() + SECOND), '5');
    await ingest();
    expect(await till.books(bill)).toMatchObject({ status: 'PAID', received: '10', proof: second.hash });
    expect(await till.written([first.hash, second.hash])).toEqual(['applied late 5', 'applied late 5']);
    expect(await till.eventTypes(bill)).toEqual(['invoice.created', 'invoice.expired', 'invoice.paid']);
  });

  it('A25 after EXPIRED by a merchant who holds late money', async () => {
    const deadline = nextDeadline();
    const bill = await billDue(deadline, { toleranceBp: 0, lateGraceSeconds: 0 });
    const sent = await payAt(bill, new Date(deadline.getTime() + SECOND));
    await ingest();
    await expire();
    expect(await till.books(bill)).toMatchObject({ status: 'EXPIRED', received: '0' });
    expect(await till.written([sent.hash])).toEqual(['suspense too_late 10']);
  });

  it('A20 underpaid within the tolerance is paid, a stroop below it is not', async () => {
    const policy = { toleranceBp: 100, lateGraceSeconds: 0 };
    const [kept, missed] = [await billDue(nextDeadline(), policy), await billDue(nextDeadline(), policy)];
    const sent = [await pay(kept, '9.9'), await pay(missed, '9.8999999')];
    await ingest();
    expect(await till.books(kept)).toMatchObject({ status: 'PAID', received: '9.9' });
    expect(await till.books(missed)).toMatchObject({ status: 'PENDING', received: '9.8999999' });
    expect(await till.written(sent.map((each) => each.hash))).toEqual([
      'applied tolerated 9.9',
      'applied under 9.8999999',
    ]);
  });

  it('A26 a pay intent ends with the deadline, so that the network itself refuses a late payment', async () => {
    const deadline = new Date(clock.now().getTime() + 90 * SECOND);
    const bill = await billDue(deadline);
    const intent = await till.app.client.post(`/api/payments/${bill.publicId}/pay-intent`, {
      senderPublicKey: till.payer.address,
    });
    expect(intent.body.timeout).toBe(90);
    clock.set(new Date(deadline.getTime() + 2 * SECOND));
    const late = await till.app.client.post('/api/payments/submit', {
      invoiceId: bill.publicId,
      signedTransactionXdr: till.payer.sign(intent.body.transactionXdr),
    });
    expect([late.status, late.body.error]).toEqual([400, 'Invoice cannot be paid. Current status: EXPIRED']);
    await till.sendRefused(till.payer.sign(intent.body.transactionXdr), 'tx_too_late');
    await closeEmptyLedger();
    await ingest();
    await expire();
    expect(await till.eventTypes(bill)).toEqual([
      'invoice.created',
      'invoice.processing',
      'invoice.reopened',
      'invoice.expired',
    ]);
  });

  it('I1 every credit on the ledger is written down once', async () => {
    await pay(await billDue(nextDeadline()), '1', Memo.none());
    await ingest();
    expect(await till.assertNothingLost()).toBeGreaterThan(8);
  });
});
