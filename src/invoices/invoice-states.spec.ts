import { assertSound } from '../common/state-machine';
import {
  INVOICE_STATUSES,
  INVOICE_TRANSITIONS,
  invoiceSources,
  type InvoiceStatus,
  PAYABLE_STATUSES,
  SETTLED_STATUSES,
  UNWRITTEN_STATUSES,
} from './invoice-states';

it('the table is sound', () => {
  expect(() => assertSound('invoice', INVOICE_TRANSITIONS, ['DRAFT', 'PENDING'], UNWRITTEN_STATUSES)).not.toThrow();
  expect(Object.keys(INVOICE_TRANSITIONS)).toEqual([...INVOICE_STATUSES]);
});

describe('I10 final is final', () => {
  it.each<InvoiceStatus>(['PAID', 'CANCELLED', 'FAILED'])('nothing leaves %s', (status) => {
    expect(INVOICE_STATUSES.filter((target) => invoiceSources(target).includes(status))).toEqual([]);
  });

  it('only late money leaves EXPIRED', () => {
    expect(INVOICE_STATUSES.filter((target) => invoiceSources(target).includes('EXPIRED'))).toEqual(['PAID']);
  });

  it('only an answer that cannot change is remembered', () => {
    for (const status of SETTLED_STATUSES) expect(INVOICE_TRANSITIONS[status]).toEqual([]);
  });
});

it('A25 whatever is payable can become PAID, and be cancelled', () => {
  for (const status of PAYABLE_STATUSES) {
    expect(invoiceSources('PAID')).toContain(status);
    expect(invoiceSources('CANCELLED')).toContain(status);
  }
  expect(invoiceSources('EXPIRED')).toEqual(['PENDING', 'PROCESSING']);
  expect(invoiceSources('PROCESSING')).toEqual(['DRAFT', 'PENDING']);
});
