import fc from 'fast-check';
import { canonicalJson } from '../common/canonical-json';
import { auditContent } from './audit-append';
import { auditHash, GENESIS } from './audit-entry';

const ENTRY = {
  merchantId: 'm',
  id: 'i',
  actor: 'a',
  action: 'product.updated',
  subjectType: 'products',
  subjectId: 's',
  before: { b: 1, a: 'x' },
  after: null,
  network: null,
  requestId: 'r',
  occurredAt: new Date('2026-11-21T10:00:00.000Z'),
} as const;

describe('the content of an audit entry', () => {
  it('is one text, whatever the order in which members were given', () => {
    expect(auditContent({ ...ENTRY, before: { a: 'x', b: 1 } })).toEqual(auditContent(ENTRY));
    expect(auditContent(ENTRY).toString()).toBe(
      '{"action":"product.updated","actor":"a","after":null,"before":{"a":"x","b":1},"id":"i","merchantId":"m","network":null,"occurredAt":"2026-11-21T10:00:00.000Z","requestId":"r","subjectId":"s","subjectType":"products"}',
    );
  });

  it.each(Object.keys(ENTRY) as (keyof typeof ENTRY)[])('covers %s', (member) => {
    const changed = {
      ...ENTRY,
      [member]:
        member === 'occurredAt' ? new Date(0) : member === 'before' || member === 'after' ? { other: true } : 'other',
    };
    expect(auditHash(GENESIS, auditContent(changed))).not.toEqual(auditHash(GENESIS, auditContent(ENTRY)));
  });

  it('depends on what came before', () => {
    expect(auditHash(Buffer.alloc(32, 1), auditContent(ENTRY))).not.toEqual(auditHash(GENESIS, auditContent(ENTRY)));
  });

  it('survives a round trip through JSON with its members in any order', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = canonicalJson(value as never);
        const shuffled = Object.fromEntries(Object.entries(JSON.parse(text) as Record<string, never>).toReversed());
        expect(canonicalJson(shuffled)).toBe(text);
      }),
    );
  });
});
