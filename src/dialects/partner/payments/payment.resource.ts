import { formatAmount } from '../../../common/money';
import { choiceFilter, codeFilter, instantRangeFilter } from '../../../jsonapi/filters';
import { defineResource } from '../../../jsonapi/resource';
import { OUTCOMES } from '../../../payments/payment-matcher';
import { PAYMENT_STATES, paymentState, type RecordedPayment } from '../../../payments/recorded-payment';

const PRINTABLE = /^[\x20-\x7e]*$/;

/** Text and ids as they are; hashes, and text that is not plain ASCII, as hex. */
function memoValue({ memoType, memo }: RecordedPayment): string | null {
  if (memoType === 'none') return null;
  const text = memo.toString('latin1');
  return (memoType === 'text' || memoType === 'id') && PRINTABLE.test(text) ? text : memo.toString('hex');
}

export const payments = defineResource({
  type: 'payments',
  path: 'payments',
  readScope: 'payments:read',
  id: (payment: RecordedPayment) => payment.id,
  attributes: {
    status: paymentState,
    disposition: 'disposition',
    outcome: 'outcome',
    kind: 'kind',
    amount: ({ amount }) => formatAmount(amount, 2),
    assetCode: 'assetCode',
    assetIssuer: 'assetIssuer',
    network: 'network',
    account: 'account',
    muxedId: 'muxedId',
    from: 'fromAddress',
    memoType: 'memoType',
    memo: memoValue,
    transactionHash: 'transactionHash',
    operationId: ({ operationId }) => operationId.toString(),
    ledger: 'ledger',
    closedAt: 'closedAt',
    recordedAt: 'recordedAt',
  },
  relationships: {
    invoice: {
      to: 'one',
      types: ['invoices'],
      linkage: ({ invoiceId }) => (invoiceId === null ? null : { type: 'invoices', id: invoiceId }),
    },
    resolution: {
      to: 'one',
      types: ['paymentResolutions'],
      linkage: ({ resolutionId }) => (resolutionId === null ? null : { type: 'paymentResolutions', id: resolutionId }),
    },
  },
  filters: {
    status: choiceFilter(PAYMENT_STATES),
    disposition: choiceFilter(['applied', 'suspense']),
    outcome: choiceFilter(OUTCOMES),
    transactionHash: codeFilter(64),
    recordedAt: instantRangeFilter(),
  },
  sorts: { recordedAt: (payment) => payment.recordedAt.toISOString() },
  defaultSort: '-recordedAt',
});
