import { DomainError, ERRORS, type ErrorCode } from '../common/errors';
import { isDecision, keptHeaders } from './stored-answer';

describe('what is stored', () => {
  const fault = { path: 'amount', message: 'is more than there is', pointer: '/data/attributes/amount' };

  it('is never an answer that says nothing about the business: 400, 401, 403, 404, 406, 413, 415, 429, 5xx', () => {
    const stored = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => isDecision(new DomainError(code)));
    for (const code of stored) expect([402, 409, 410, 422]).toContain(ERRORS[code].status);
    for (const code of [
      'idempotency_key_in_use',
      'idempotency_key_reused',
      'resource_type_conflict',
      'resource_id_conflict',
      'rate_limited',
      'ledger_unavailable',
      'validation_failed',
    ] as const)
      expect(stored).not.toContain(code);
  });

  it('I14 I16 is a decision of the business, not a complaint about the input', () => {
    expect(isDecision(new DomainError('payer_cannot_pay', { status: 422 }))).toBe(true);
    expect(isDecision(new DomainError('payer_cannot_pay', { status: 402, faults: [fault] }))).toBe(true);
    expect(isDecision(new DomainError('attributes_invalid', { faults: [fault] }))).toBe(false);
    expect(isDecision(new DomainError('expiry_in_past', { status: 422, faults: [fault] }))).toBe(false);
  });

  it('I4 has the headers that tell of the result, and no others', () => {
    const headers = keptHeaders({
      'Content-Type': 'application/json',
      Location: '/x',
      etag: '"1"',
      'set-cookie': 'a=b',
      'request-id': '1',
      'ratelimit-limit': 60,
      date: 'now',
    });
    expect(headers).toEqual({ 'content-type': 'application/json', location: '/x', etag: '"1"' });
  });
});
