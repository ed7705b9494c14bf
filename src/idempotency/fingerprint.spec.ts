import fc from 'fast-check';
import { NumberText } from '../common/number-text';
import { canonical, fingerprintOf } from './fingerprint';

const request = {
  method: 'POST',
  url: '/api/links',
  ifMatch: undefined,
  body: { amount: '10.00', asset: 'XLM' },
  isDocument: false,
};
const print = (change: object): string => fingerprintOf({ ...request, ...change }).toString('hex');

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, each]) => [name, reversed(each)]),
  );
}

describe('fingerprintOf', () => {
  it('I8 does not see the order of members, at any depth', () => {
    fc.assert(fc.property(fc.jsonValue(), (body) => print({ body }) === print({ body: reversed(body) })));
  });

  it('tells any two different bodies apart', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.jsonValue(),
        (a, b) =>
          (canonical(a) === canonical(b)) === (JSON.stringify(canonicalTwin(a)) === JSON.stringify(canonicalTwin(b))),
      ),
    );
  });

  it.each([
    ['I6 the amount', { body: { amount: '10.01', asset: 'XLM' } }],
    ['I8 the decimals of an amount', { body: { amount: '10.0', asset: 'XLM' } }],
    ['the kind of the amount', { body: { amount: 10, asset: 'XLM' } }],
    ['I7 the method', { method: 'PATCH' }],
    ['I7 the path', { url: '/api/invoices' }],
    ['the query', { url: '/api/links?include=target' }],
    ['the version that is changed', { ifMatch: '"2"' }],
    ['an empty body', { body: undefined }],
    ['one more member', { body: { ...request.body, metadata: null } }],
  ])('sees %s', (_name, change) => {
    expect(print(change)).not.toBe(print({}));
  });

  it('reads numbers by their text', () => {
    expect(canonical({ a: [new NumberText('1.50'), 1.5, new NumberText('1e3')] })).toBe('{"a":[1.50,1.5,1e3]}');
  });

  it('counts only the data of a document', () => {
    const data = { type: 'payments', attributes: { amount: '1' } };
    const document = (meta: object, id = 'x'): string =>
      print({ isDocument: true, body: { data: { ...data, id }, meta, jsonapi: { version: '1.1' } } });
    expect(document({ attempt: 1 })).toBe(document({ attempt: 2 }));
    expect(document({}, 'x')).not.toBe(document({}, 'y'));
    expect(print({ body: { data, meta: 1 } })).not.toBe(print({ body: { data, meta: 2 } }));
  });
});

/** The same judgement by another road: entries sorted into arrays, so that nothing depends on member order. */
function canonicalTwin(value: unknown): unknown {
  if (Array.isArray(value)) return ['array', ...value.map(canonicalTwin)];
  if (typeof value !== 'object' || value === null) return ['value', value];
  const names = Object.keys(value).toSorted();
  return ['object', ...names.map((name) => [name, canonicalTwin((value as Record<string, unknown>)[name])])];
}
