import { refusal } from './network-refusal';

const rejected = (transactionCode: string, ...operationCodes: string[]): Parameters<typeof refusal>[0] => ({
  kind: 'rejected',
  transactionCode,
  operationCodes,
});

describe('what the payer is told when the network refuses', () => {
  it.each<[string, string | null, RegExp]>([
    ['op_over_source_max', 'USDC', /^The price moved above the maximum you agreed to\. Please create a new payment/],
    ['op_too_few_offers', 'USDC', /not enough of this asset on the market.*Pay with another asset\.$/],
    ['op_no_trust', 'USDC', /^The recipient wallet does not have a trustline/],
    ['op_src_no_trust', 'USDC', /^Your wallet does not have a trustline for USDC\./],
    [
      'op_src_no_trust',
      null,
      /^Your wallet does not have a trustline for this asset\. Please add a trustline in your wallet\.$/,
    ],
    ['op_src_not_authorized', 'EURC', /not authorized to send EURC/],
    ['op_cross_self', 'XLM', /Cancel that offer/],
    ['op_underfunded', 'USDC', /^Insufficient balance\..*enough USDC /],
    [
      'op_underfunded',
      null,
      /^Insufficient balance\. Make sure the wallet has enough XLM for amount, reserve, and fees\.$/,
    ],
    [
      'op_new_in_the_next_protocol',
      'USDC',
      /^Payment processing failed\. Please try again\. \(op_new_in_the_next_protocol\)$/,
    ],
  ])('%s when giving %s', (code, given, sentence) => {
    expect(refusal(rejected('tx_failed', code), given)).toMatchObject({
      code: 'transaction_refused',
      status: 400,
      message: expect.stringMatching(sentence),
    });
  });

  it('names the transaction where no operation was tried', () => {
    expect(refusal(rejected('tx_too_late'), 'USDC').message).toBe(
      'The transaction timed out. Please create a new payment and try again.',
    );
    expect(refusal(rejected('tx_strange'), null).message).toContain('(tx_strange)');
  });

  it('never calls a lost answer a failure', () => {
    expect(refusal({ kind: 'unknown', hash: 'ab' }, null)).toMatchObject({
      code: 'ledger_unavailable',
      retryAfterSeconds: 5,
    });
    expect(refusal({ kind: 'busy', retryAfterSeconds: 9 }, 'USDC')).toMatchObject({
      code: 'ledger_busy',
      retryAfterSeconds: 9,
    });
  });
});
