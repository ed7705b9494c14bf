import type { Credit } from '../stellar/ledger-source';
import { creditText, readCredit } from './kept-credit';

const credit: Credit = {
  operationId: 9_007_199_254_740_993n,
  index: 3,
  kind: 'contract_transfer',
  account: 'GA\u0000\ud800',
  muxedId: 18_446_744_073_709_551_615n,
  from: 'M',
  asset: { code: 'XLM', issuer: null },
  amount: 9_223_372_036_854_775_807n,
  memo: { type: 'text', bytes: Buffer.from([0, 0xff, 0xd8, 0x22]) },
  transactionHash: 'ab',
  ledger: 7,
  closedAt: new Date('2027-01-02T03:04:05.678Z'),
};

describe('a credit that is kept aside', () => {
  it.each([credit, { ...credit, muxedId: null, memo: { type: 'none' as const, bytes: Buffer.alloc(0) } }])(
    'comes back as it was',
    (each) => {
      const text = creditText(each);
      expect(text).not.toContain('\u0000');
      expect(readCredit(text)).toEqual(each);
    },
  );
});
