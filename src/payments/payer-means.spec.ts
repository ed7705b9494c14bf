import { amountOf, type Asset, NATIVE } from '../common/money';
import type { LedgerAccount, LedgerBalance } from '../stellar/ledger-source';
import { cannotGive } from './payer-means';

const USDC: Asset = { code: 'USDC', issuer: 'GISSUER' };

const FEES = { least: 100n, offered: 10_000n };

function balance(asset: Asset, more: Partial<LedgerBalance> = {}): LedgerBalance {
  return {
    asset,
    balance: amountOf('100'),
    limit: null,
    buyingLiabilities: 0n,
    sellingLiabilities: 0n,
    authorized: true,
    ...more,
  };
}

function payer(balances: readonly LedgerBalance[], address = 'GPAYER'): LedgerAccount {
  const thresholds = { low: 0, medium: 0, high: 0 };
  return {
    address,
    sequence: 1n,
    thresholds,
    signers: [],
    balances: [balance(NATIVE), ...balances],
    spendableNative: amountOf('98.5'),
    memoRequired: false,
  };
}

describe('what a payer can give', () => {
  it.each<[string, LedgerAccount, Asset, string, RegExp | null]>([
    ['all of it', payer([balance(USDC)]), USDC, '100', null],
    [
      'one stroop more than all of it',
      payer([balance(USDC)]),
      USDC,
      '100.0000001',
      /^Insufficient balance\. This payment costs about 100\.0000001 USDC now, and the wallet can spend 100\.00\.$/,
    ],
    [
      'what an offer does not hold back',
      payer([balance(USDC, { sellingLiabilities: amountOf('40') })]),
      USDC,
      '60',
      null,
    ],
    [
      'what an offer holds back',
      payer([balance(USDC, { sellingLiabilities: amountOf('40') })]),
      USDC,
      '60.0000001',
      /can spend 60\.00\./,
    ],
    ['no trustline', payer([]), USDC, '1', /trustline for USDC/],
    [
      'a trustline to another issuer',
      payer([balance({ code: 'USDC', issuer: 'GOTHER' })]),
      USDC,
      '1',
      /trustline for USDC/,
    ],
    ['a frozen trustline', payer([balance(USDC, { authorized: false })]), USDC, '1', /not authorized to send USDC/],
    ['lumens down to the reserve and the fee', payer([]), NATIVE, '98.49999', null],
    [
      'lumens that the fee takes',
      payer([]),
      NATIVE,
      '98.4999901',
      /can spend 98\.49999 after its reserve and the fee\.$/,
    ],
    [
      'a coin without lumens for the fee',
      { ...payer([balance(USDC)]), spendableNative: 9_999n },
      USDC,
      '1',
      /needs 0\.001 XLM above its reserve for the network's fee, and can spend 0\.0009999\. Please add XLM\.$/,
    ],
    ['an issuer, who holds none', payer([], 'GISSUER'), USDC, '1000000', null],
  ])('%s', (_name, account, asset, amount, sentence) => {
    const reason = cannotGive(account, asset, amountOf(amount), FEES);
    if (sentence === null) expect(reason).toBeNull();
    else expect(reason).toMatch(sentence);
  });

  it('never tells a negative balance', () => {
    const short = { ...payer([]), spendableNative: 10_000n };
    expect(cannotGive(short, NATIVE, 1n, { least: 20_000n, offered: 10_000n })).toMatch(/can spend 0\.00 /);
  });
});
