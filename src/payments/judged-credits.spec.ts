import fc from 'fast-check';
import { NATIVE } from '../common/money';
import type { Credit } from '../stellar/ledger-source';
import { inLedgerOrder, judgeAll } from './judged-credits';
import type { NamedInvoice } from './named-invoices.service';

const DEADLINE = new Date('2026-11-21T12:00:00Z');
const TOTAL = 100n;

/** An invoice of a link with a limit, whose slot was given back. */
const lapsed = (id: string, room: number, more: Partial<NamedInvoice> = {}): NamedInvoice =>
  ({
    id,
    merchantId: 'm',
    publicId: id,
    number: id,
    network: 'sandbox',
    status: 'EXPIRED',
    assetCode: NATIVE.code,
    assetIssuer: NATIVE.issuer,
    destination: 'GSHOP',
    total: TOTAL,
    received: 0n,
    toleranceBp: 0,
    lateGraceSeconds: 3_600,
    expiresAt: DEADLINE,
    providerLedger: 999,
    subscriptionId: null,
    openedLedger: 999,
    deletedAt: null,
    paidAt: null,
    paidTransaction: null,
    paidLedger: null,
    payerWallet: null,
    version: 1n,
    account: 'GSHOP',
    kind: 'text',
    value: id,
    linkId: null,
    linkClosed: false,
    limitedLinkId: 'link',
    room,
    ...more,
  }) as NamedInvoice;
/** Still within its time: its slot is among those used. */
const open = (id: string): NamedInvoice => lapsed(id, 0, { status: 'PENDING', limitedLinkId: null });

let operations = 0n;
const paid = (invoice: string, amount = TOTAL): Credit => ({
  operationId: (operations += 1n),
  index: 0,
  kind: 'payment',
  account: 'GSHOP',
  muxedId: null,
  from: 'GPAYER',
  asset: NATIVE,
  amount,
  memo: { type: 'text', bytes: Buffer.from(invoice, 'latin1') },
  transactionHash: 'ab',
  ledger: 1_000,
  closedAt: new Date(DEADLINE.getTime() + 1_000),
});
const judged = (invoices: readonly NamedInvoice[], credits: readonly Credit[]): ReturnType<typeof judgeAll> =>
  judgeAll(
    'sandbox',
    inLedgerOrder(credits),
    (_credit, { value }) => invoices.find(({ id }) => id === value),
    () => undefined,
  );
const outcomes = (invoices: readonly NamedInvoice[], credits: readonly Credit[]): string[] =>
  judged(invoices, credits).judged.map(({ outcome }) => outcome);

describe('credits of one page for a link with a limit', () => {
  it.each<[string, NamedInvoice[], Credit[], string[]]>([
    ['one free slot, one credit', [lapsed('a', 1)], [paid('a')], ['late']],
    ['no free slot', [lapsed('a', 0)], [paid('a')], ['link_full']],
    ['one free slot, two credits', [lapsed('a', 1), lapsed('b', 1)], [paid('a'), paid('b')], ['late', 'link_full']],
    [
      'one free slot, the later one in the list first on the ledger',
      [lapsed('a', 1), lapsed('b', 1)],
      [paid('b'), paid('a')],
      ['late', 'link_full'],
    ],
    [
      'two free slots, three credits',
      ['a', 'b', 'c'].map((id) => lapsed(id, 2)),
      [paid('a'), paid('b'), paid('c')],
      ['late', 'late', 'link_full'],
    ],
    [
      'a part takes no slot',
      [lapsed('a', 1), lapsed('b', 1)],
      [paid('a', 40n), paid('b'), paid('a', 60n)],
      ['late', 'late', 'link_full'],
    ],
    [
      'the part that completes takes it',
      [lapsed('a', 1), lapsed('b', 1)],
      [paid('a', 40n), paid('a', 60n), paid('b')],
      ['late', 'late', 'link_full'],
    ],
    ['more money for what took the last slot', [lapsed('a', 1)], [paid('a'), paid('a')], ['late', 'surplus']],
    [
      'what still holds its slot takes none',
      [open('a'), lapsed('b', 1)],
      [paid('a', 100n), paid('b')],
      ['late', 'late'],
    ],
    [
      'another link is not concerned',
      [lapsed('a', 1), lapsed('b', 1, { limitedLinkId: 'other' })],
      [paid('a'), paid('b')],
      ['late', 'late'],
    ],
    ['a limit below what is taken has no room', [lapsed('a', -1)], [paid('a')], ['link_full']],
  ])('%s', (_what, invoices, credits, expected) => {
    expect(outcomes(invoices, credits)).toEqual(expected);
  });

  it('held money settles nothing, and is given to its merchant and invoice', () => {
    const { judged: all, applied, settlements } = judged([lapsed('a', 0)], [paid('a')]);
    expect(all).toMatchObject([{ merchantId: 'm', invoiceId: 'a', disposition: 'suspense', outcome: 'link_full' }]);
    expect(applied.map(({ verdict }) => verdict)).toEqual([
      { disposition: 'suspense', outcome: 'link_full', received: 0n, status: 'EXPIRED' },
    ]);
    expect(settlements).toEqual([]);
  });

  it('as many become PAID as there is room, the first on the ledger, whatever else the page carries', () => {
    const pages = fc.record({
      room: fc.integer({ min: 0, max: 6 }),
      parts: fc.array(fc.record({ invoice: fc.nat({ max: 9 }), amount: fc.bigInt({ min: 1n, max: 120n }) }), {
        maxLength: 40,
      }),
    });
    fc.assert(
      fc.property(pages, ({ room, parts }) => {
        const invoices = Array.from({ length: 10 }, (_, at) => lapsed(`i${at}`, room));
        const credits = parts.map(({ invoice, amount }) => paid(`i${invoice}`, amount));
        // The same told slowly: sums by hand, and a counter of free slots.
        const sums = new Map<string, bigint>();
        const wonBy = new Set<string>();
        const expected = parts.map(({ invoice, amount }) => {
          const id = `i${invoice}`;
          const sum = (sums.get(id) ?? 0n) + amount;
          if (!wonBy.has(id) && sum >= TOTAL) {
            if (wonBy.size >= room) return 'link_full';
            wonBy.add(id);
            sums.set(id, sum);
            return 'late';
          }
          sums.set(id, sum);
          return wonBy.has(id) ? 'surplus' : 'late';
        });
        const result = judged(invoices, credits);
        expect(result.judged.map(({ outcome }) => outcome)).toEqual(expected);
        expect(
          result.settlements
            .filter(({ status }) => status === 'PAID')
            .map(({ id }) => id)
            .toSorted(),
        ).toEqual([...wonBy].toSorted());
      }),
      { numRuns: 500 },
    );
  });
});

describe('credits of one page for a single-use link', () => {
  const rival = (id: string): NamedInvoice => lapsed(id, 0, { limitedLinkId: null, linkId: 'single' });
  it('the first choice that is paid wins, and is not closed to more money', () => {
    expect(
      outcomes([rival('a'), rival('b')], [paid('b', 40n), paid('a'), paid('b', 60n), paid('a'), paid('b')]),
    ).toEqual(['late', 'late', 'link_closed', 'surplus', 'link_closed']);
  });
});
