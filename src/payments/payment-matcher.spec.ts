import fc from 'fast-check';
import { MAX_AMOUNT, NATIVE } from '../common/money';
import { INVOICE_STATUSES, INVOICE_TRANSITIONS, type InvoiceStatus } from '../invoices/invoice-states';
import type { Credit, CreditMemo } from '../stellar/ledger-source';
import {
  amountDue,
  chooseInvoice,
  judge,
  type MatchableInvoice,
  type Outcome,
  referencesOf,
  type Verdict,
} from './payment-matcher';

const DEADLINE = new Date('2026-11-21T12:00:00Z');
const INVOICE: MatchableInvoice = {
  id: 'a',
  status: 'PENDING',
  asset: NATIVE,
  total: 100n,
  received: 0n,
  toleranceBp: 0,
  lateGraceSeconds: 3_600,
  expiresAt: DEADLINE,
  providerLedger: 999,
  deleted: false,
  linkClosed: false,
  linkFull: false,
  renews: false,
};
const memo = (type: CreditMemo['type'], text: string): CreditMemo => ({ type, bytes: Buffer.from(text, 'latin1') });
const CREDIT: Credit = {
  operationId: 1n,
  index: 0,
  kind: 'payment',
  account: 'GSHOP',
  muxedId: null,
  from: 'GPAYER',
  asset: NATIVE,
  amount: 100n,
  memo: memo('text', 'INV-0001'),
  transactionHash: 'ab',
  ledger: 1_000,
  closedAt: new Date(DEADLINE.getTime() - 1_000),
};
const at = (ms: number): Date => new Date(DEADLINE.getTime() + ms);

describe('judge', () => {
  interface Case {
    readonly name: string;
    readonly invoice?: Partial<MatchableInvoice>;
    readonly credit?: Partial<Credit>;
    readonly outcome: Outcome;
    readonly received: bigint;
    readonly status: InvoiceStatus;
  }
  const applied: Case[] = [
    { name: 'A20 the exact amount', outcome: 'exact', received: 100n, status: 'PAID' },
    { name: 'A20 one stroop short', credit: { amount: 99n }, outcome: 'under', received: 99n, status: 'PENDING' },
    { name: 'A22 one stroop over', credit: { amount: 101n }, outcome: 'over', received: 101n, status: 'PAID' },
    {
      name: 'A23 the part that completes',
      invoice: { received: 60n },
      credit: { amount: 40n },
      outcome: 'exact',
      received: 100n,
      status: 'PAID',
    },
    {
      name: 'A23 the part that does not',
      invoice: { received: 60n },
      credit: { amount: 39n },
      outcome: 'under',
      received: 99n,
      status: 'PENDING',
    },
    {
      name: 'A20 short within the tolerance',
      invoice: { toleranceBp: 100 },
      credit: { amount: 99n },
      outcome: 'tolerated',
      received: 99n,
      status: 'PAID',
    },
    {
      name: 'A20 short of the tolerance',
      invoice: { toleranceBp: 100 },
      credit: { amount: 98n },
      outcome: 'under',
      received: 98n,
      status: 'PENDING',
    },
    {
      name: 'A22 after it was paid',
      invoice: { status: 'PAID', received: 100n },
      credit: { amount: 5n },
      outcome: 'surplus',
      received: 105n,
      status: 'PAID',
    },
    {
      name: 'A22 after it was paid and long after the deadline',
      invoice: { status: 'PAID', received: 100n },
      credit: { amount: 5n, closedAt: at(86_400_000) },
      outcome: 'surplus',
      received: 105n,
      status: 'PAID',
    },
    {
      name: 'A26 in the second of the deadline',
      credit: { closedAt: DEADLINE },
      outcome: 'exact',
      received: 100n,
      status: 'PAID',
    },
    {
      name: 'A26 a millisecond after it',
      credit: { closedAt: at(1) },
      outcome: 'late',
      received: 100n,
      status: 'PAID',
    },
    {
      name: 'A26 in the last second of the grace',
      credit: { closedAt: at(3_600_000) },
      outcome: 'late',
      received: 100n,
      status: 'PAID',
    },
    {
      name: 'A25 late and short',
      credit: { closedAt: at(1), amount: 99n },
      outcome: 'late',
      received: 99n,
      status: 'PENDING',
    },
    {
      name: 'A25 expired before the money was heard of, which came in time',
      invoice: { status: 'EXPIRED' },
      outcome: 'exact',
      received: 100n,
      status: 'PAID',
    },
    {
      name: 'A25 expired, half of it late',
      invoice: { status: 'EXPIRED' },
      credit: { closedAt: at(1), amount: 50n },
      outcome: 'late',
      received: 50n,
      status: 'EXPIRED',
    },
    { name: 'A25 on a draft', invoice: { status: 'DRAFT' }, outcome: 'exact', received: 100n, status: 'PAID' },
    {
      name: 'A25 half of it on a draft',
      invoice: { status: 'DRAFT' },
      credit: { amount: 50n },
      outcome: 'under',
      received: 50n,
      status: 'DRAFT',
    },
    {
      name: 'while somebody prepares a payment',
      invoice: { status: 'PROCESSING' },
      outcome: 'exact',
      received: 100n,
      status: 'PAID',
    },
    {
      name: 'without a deadline, years later',
      invoice: { expiresAt: null },
      credit: { closedAt: at(1e11) },
      outcome: 'exact',
      received: 100n,
      status: 'PAID',
    },
    {
      name: 'A04 in the first ledger after its birth',
      invoice: { providerLedger: 999 },
      credit: { ledger: 1_000 },
      outcome: 'exact',
      received: 100n,
      status: 'PAID',
    },
    {
      name: 'A04 in any ledger where that of its birth is not known',
      invoice: { providerLedger: null },
      credit: { ledger: 1 },
      outcome: 'exact',
      received: 100n,
      status: 'PAID',
    },
    {
      name: 'A21 the largest amount there is',
      invoice: { total: MAX_AMOUNT },
      credit: { amount: MAX_AMOUNT },
      outcome: 'exact',
      received: MAX_AMOUNT,
      status: 'PAID',
    },
    {
      name: 'A21 one stroop short of the largest amount there is',
      invoice: { total: MAX_AMOUNT },
      credit: { amount: MAX_AMOUNT - 1n },
      outcome: 'under',
      received: MAX_AMOUNT - 1n,
      status: 'PENDING',
    },
    {
      name: 'B03 a part for a choice of a link without a free slot',
      invoice: { status: 'EXPIRED', linkFull: true },
      credit: { closedAt: at(1), amount: 50n },
      outcome: 'late',
      received: 50n,
      status: 'EXPIRED',
    },
    {
      name: 'B03 more money for a choice that got the last slot',
      invoice: { status: 'PAID', received: 100n, linkFull: true },
      outcome: 'surplus',
      received: 200n,
      status: 'PAID',
    },
  ];
  it.each(applied)('$name counts', ({ invoice, credit, outcome, received, status }) => {
    expect(judge({ ...INVOICE, ...invoice }, { ...CREDIT, ...credit })).toEqual({
      disposition: 'applied',
      outcome,
      received,
      status,
    });
  });

  const usdc = { code: 'USDC', issuer: 'GISSUER' };
  const held: Omit<Case, 'received' | 'status'>[] = [
    { name: 'A42 another asset', credit: { asset: usdc }, outcome: 'wrong_asset' },
    {
      name: 'A08 the right code of another issuer',
      invoice: { asset: usdc },
      credit: { asset: { code: 'USDC', issuer: 'GFORGER' } },
      outcome: 'wrong_asset',
    },
    {
      name: 'A09 the code in lower case',
      invoice: { asset: usdc },
      credit: { asset: { code: 'usdc', issuer: 'GISSUER' } },
      outcome: 'wrong_asset',
    },
    {
      name: 'A08 an issued asset that is called XLM',
      credit: { asset: { code: 'XLM', issuer: 'GFORGER' } },
      outcome: 'wrong_asset',
    },
    { name: 'A35 the merchant paying itself', credit: { from: 'GSHOP' }, outcome: 'self_payment' },
    {
      name: 'A04 money of the last ledger before its birth',
      invoice: { providerLedger: 1_000 },
      outcome: 'predates_invoice',
    },
    { name: 'A04 money long before its birth', credit: { ledger: 1 }, outcome: 'predates_invoice' },
    { name: 'A25 money for a cancelled invoice', invoice: { status: 'CANCELLED' }, outcome: 'invoice_closed' },
    { name: 'A25 money for a failed invoice', invoice: { status: 'FAILED' }, outcome: 'invoice_closed' },
    { name: 'A25 money for a deleted draft', invoice: { status: 'DRAFT', deleted: true }, outcome: 'invoice_closed' },
    {
      name: 'B03 money for a choice whose link another one has paid',
      invoice: { linkClosed: true },
      outcome: 'link_closed',
    },
    {
      name: 'B03 late money for such a choice',
      invoice: { status: 'EXPIRED', linkClosed: true },
      credit: { closedAt: at(1) },
      outcome: 'link_closed',
    },
    {
      name: 'B03 money that would pay a choice of a link without a free slot',
      invoice: { status: 'EXPIRED', linkFull: true },
      credit: { closedAt: at(1) },
      outcome: 'link_full',
    },
    {
      name: 'B03 the part that would complete such a choice',
      invoice: { status: 'EXPIRED', linkFull: true, received: 40n },
      credit: { closedAt: at(1), amount: 60n },
      outcome: 'link_full',
    },
    {
      name: 'B03 money that would pay such a choice under its tolerance',
      invoice: { status: 'EXPIRED', linkFull: true, toleranceBp: 100 },
      credit: { amount: 99n },
      outcome: 'link_full',
    },
    {
      name: 'B03 money for such a choice after the grace',
      invoice: { status: 'EXPIRED', linkFull: true },
      credit: { closedAt: at(3_600_001) },
      outcome: 'too_late',
    },
    { name: 'A26 a millisecond after the grace', credit: { closedAt: at(3_600_001) }, outcome: 'too_late' },
    {
      name: 'A25 late, for a merchant without grace',
      invoice: { lateGraceSeconds: 0 },
      credit: { closedAt: at(1) },
      outcome: 'too_late',
    },
    {
      name: 'A25 too late for an expired invoice',
      invoice: { status: 'EXPIRED', received: 50n },
      credit: { closedAt: at(3_600_001) },
      outcome: 'too_late',
    },
  ];
  it.each(held)('$name is held and changes nothing', ({ invoice, credit, outcome }) => {
    const before = { ...INVOICE, ...invoice };
    expect(judge(before, { ...CREDIT, ...credit })).toEqual({
      disposition: 'suspense',
      outcome,
      received: before.received,
      status: before.status,
    });
  });

  const amounts = fc.bigInt({ min: 1n, max: 1_000n });
  const invoices: fc.Arbitrary<MatchableInvoice> = fc.record({
    id: fc.constant('a'),
    status: fc.constantFrom(...INVOICE_STATUSES),
    asset: fc.constant(NATIVE),
    total: amounts,
    received: fc.bigInt({ min: 0n, max: 1_200n }),
    toleranceBp: fc.integer({ min: 0, max: 10_000 }),
    lateGraceSeconds: fc.constantFrom(0, 3_600),
    expiresAt: fc.constantFrom(null, DEADLINE),
    providerLedger: fc.option(fc.integer({ min: 990, max: 1_015 })),
    deleted: fc.boolean(),
    linkClosed: fc.boolean(),
    linkFull: fc.boolean(),
    renews: fc.constant(false),
  });
  const credits: fc.Arbitrary<Credit> = fc
    .record({
      amount: amounts,
      from: fc.constantFrom('GPAYER', 'GSHOP'),
      asset: fc.constantFrom(NATIVE, usdc),
      ledger: fc.integer({ min: 985, max: 1_010 }),
      late: fc.integer({ min: -10_000, max: 4_000_000 }),
    })
    .map(({ late, ...rest }) => ({ ...CREDIT, ...rest, closedAt: at(late) }));
  const forAll = (holds: (invoice: MatchableInvoice, credit: Credit, verdict: Verdict) => boolean): void => {
    fc.assert(
      fc.property(invoices, credits, (invoice, credit) => holds(invoice, credit, judge(invoice, credit))),
      { numRuns: 3_000 },
    );
  };

  it('money is counted whole or not at all', () => {
    forAll(
      (invoice, credit, verdict) =>
        verdict.received - invoice.received === (verdict.disposition === 'applied' ? credit.amount : 0n),
    );
  });

  it('the verdict follows from its inputs alone, and leaves them as they were', () => {
    forAll((invoice, credit, verdict) => {
      const again = judge(structuredClone(invoice), structuredClone(credit));
      return Object.entries(verdict).every(([key, value]) => again[key as keyof Verdict] === value);
    });
  });

  it('I10 every move is in the table of transitions', () => {
    forAll(
      (invoice, _credit, verdict) =>
        verdict.status === invoice.status || INVOICE_TRANSITIONS[invoice.status].includes(verdict.status),
    );
  });

  it('I2 PAID is never reached for less than what is due, nor missed for it', () => {
    forAll((invoice, _credit, verdict) => {
      if (verdict.disposition === 'suspense' || invoice.status === 'PAID') return true;
      return (verdict.status === 'PAID') === verdict.received >= amountDue(invoice);
    });
  });

  it('B03 nothing makes a choice PAID whose link is full, and nothing else is held for that', () => {
    forAll((invoice, credit, verdict) => {
      const free = judge({ ...invoice, linkFull: false }, credit);
      const refused = invoice.linkFull && free.status === 'PAID' && invoice.status !== 'PAID';
      return refused ? verdict.outcome === 'link_full' : verdict.outcome === free.outcome;
    });
  });

  it('exact, under and over follow the sum', () => {
    forAll((invoice, _credit, { outcome, received }) => {
      if (outcome === 'exact') return received === invoice.total;
      if (outcome === 'over') return received > invoice.total;
      return !['under', 'tolerated'].includes(outcome) || received < invoice.total;
    });
  });

  it('A23 the same payments in any order come to the same sum and the same end', () => {
    const parts = fc.array(amounts, { minLength: 1, maxLength: 8 });
    const run = (all: readonly bigint[], start: MatchableInvoice): MatchableInvoice =>
      all.reduce((invoice, amount) => ({ ...invoice, ...judge(invoice, { ...CREDIT, amount }) }), start);
    fc.assert(
      fc.property(parts, amounts, fc.infiniteStream(fc.nat()), (all, total, draws) => {
        const mixed = all
          .map((amount) => ({ amount, key: draws.next().value ?? 0 }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ amount }) => amount);
        const [one, other] = [run(all, { ...INVOICE, total }), run(mixed, { ...INVOICE, total })];
        const sum = all.reduce((whole, amount) => whole + amount, 0n);
        return (
          one.received === sum &&
          other.received === sum &&
          one.status === other.status &&
          one.status === (sum >= total ? 'PAID' : 'PENDING')
        );
      }),
    );
  });
});

describe('amountDue', () => {
  it.each([
    [100n, 0, 100n],
    [100n, 1, 100n],
    [10_000n, 1, 9_999n],
    [101n, 100, 100n],
    [100n, 10_000, 1n],
    [1n, 9_999, 1n],
    [MAX_AMOUNT, 0, MAX_AMOUNT],
  ])('of %s with %i basis points of tolerance is %s', (total, toleranceBp, due) => {
    expect(amountDue({ total, toleranceBp })).toBe(due);
  });

  it('is never below the tolerance, never more than a stroop above it, and never nothing', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: MAX_AMOUNT }),
        fc.integer({ min: 0, max: 10_000 }),
        (total, toleranceBp) => {
          const due = amountDue({ total, toleranceBp });
          const exactly = total * BigInt(10_000 - toleranceBp);
          return (
            due >= 1n && due <= total && due * 10_000n >= exactly && (due === 1n || (due - 1n) * 10_000n < exactly)
          );
        },
      ),
    );
  });
});

describe('referencesOf', () => {
  it.each<[string, CreditMemo, string[]]>([
    ['none', memo('none', ''), []],
    ['text', memo('text', 'INV-0001'), ['text INV-0001']],
    ['text of digits', memo('text', '123'), ['text 123', 'id 123']],
    ['text of digits with a leading zero', memo('text', '0123'), ['text 0123']],
    ['the text 0', memo('text', '0'), ['text 0', 'id 0']],
    ['text of 28 bytes', memo('text', 'x'.repeat(28)), [`text ${'x'.repeat(28)}`]],
    ['an empty text', memo('text', ''), []],
    ['a text with a NUL', memo('text', 'INV-0001\0'), []],
    ['a text with a byte that is not ASCII', memo('text', 'INV-0001\xff'), []],
    ['a text with a line break', memo('text', 'INV-0001\n'), []],
    ['id', memo('id', '18446744073709551615'), ['id 18446744073709551615']],
    ['hash', memo('hash', 'INV-0001'.padEnd(32, '\0')), []],
    ['return', memo('return', '1'.repeat(32)), []],
  ])('A06 %s', (_name, given, expected) => {
    const { muxed, memo: found } = referencesOf({ muxedId: null, memo: given });
    expect([muxed, found.map(({ kind, value }) => `${kind} ${value}`)]).toEqual([null, expected]);
  });

  it('A07 a muxed id is an id, up to the largest', () => {
    expect(referencesOf({ muxedId: 2n ** 64n - 1n, memo: memo('none', '') })).toEqual({
      muxed: { kind: 'id', value: '18446744073709551615' },
      memo: [],
    });
    expect(referencesOf({ muxedId: 0n, memo: memo('none', '') }).muxed).toEqual({ kind: 'id', value: '0' });
  });
});

describe('chooseInvoice', () => {
  const [a, b] = [{ id: 'a' }, { id: 'b' }];
  const directory: Readonly<Record<string, { id: string }>> = {
    'text INV-A': a,
    'id 1': a,
    'text INV-B': b,
    'id 2': b,
    'text 3': a,
    'id 3': b,
  };
  const choose = (muxedId: bigint | null, given: CreditMemo): unknown =>
    chooseInvoice({ ...CREDIT, muxedId, memo: given }, ({ kind, value }) => directory[`${kind} ${value}`]);

  it.each<[string, bigint | null, CreditMemo, unknown]>([
    ['the memo alone', null, memo('text', 'INV-A'), a],
    ['the id alone', null, memo('id', '1'), a],
    ['the id as text', null, memo('text', '1'), a],
    ['the text before the id, when both exist', null, memo('text', '3'), a],
    ['the muxed id alone', 2n, memo('none', ''), b],
    ['both, agreeing', 1n, memo('text', 'INV-A'), a],
    ['both, disagreeing', 2n, memo('text', 'INV-A'), 'conflicting_references'],
    ['both, disagreeing the other way', 1n, memo('id', '2'), 'conflicting_references'],
    ['the memo with a muxed id of nobody', 9n, memo('text', 'INV-A'), a],
    ['the muxed id with a memo of nobody', 1n, memo('text', 'thanks'), a],
    ['neither known', 9n, memo('text', 'thanks'), 'unknown_reference'],
    ['a hash', null, memo('hash', 'x'.repeat(32)), 'unknown_reference'],
    ['nothing said', null, memo('none', ''), 'no_reference'],
    ['a muxed id of nobody, nothing else', 9n, memo('none', ''), 'unknown_reference'],
  ])('A07 %s', (_name, muxedId, given, expected) => {
    expect(choose(muxedId, given)).toBe(expected);
  });
});
