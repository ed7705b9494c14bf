import { SystemClock } from '../../common/clock';
import type { LedgerSource } from '../../stellar/ledger-source';
import { endOf, readThrough, reportedHistory } from './ledger-history';

const OPERATION_OF_28 = (28n << 32n) + 4097n;

describe('how far a network was read', () => {
  it.each([
    [
      'the last complete ledger, when the cursor stands before its end',
      { ledger: 28, cursor: OPERATION_OF_28 },
      endOf(28),
    ],
    [
      'the cursor, when a ledger closed while its page was asked for',
      { ledger: 27, cursor: OPERATION_OF_28 },
      OPERATION_OF_28,
    ],
  ])('is %s', async (_name, read, end) => {
    expect(readThrough(read)).toBe(end);
    const source = {
      network: 'sandbox',
      status: () => Promise.resolve({ elderLedger: 1 }),
      creditsAfter: () => Promise.resolve({ records: 3, cursor: endOf(40), credits: [] }),
    } as unknown as LedgerSource;
    const ends: bigint[] = [];
    for await (const { through } of reportedHistory(source, read, 1000, new SystemClock()).chapters())
      ends.push(through);
    // What is compared reaches as far as what must be on record.
    expect(ends).toEqual([end]);
  });
});
