import fc from 'fast-check';
import { instantText, valueText } from './json-text';

describe('JSON text', () => {
  it('is what JSON.stringify makes of any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => valueText(text) === JSON.stringify(text)));
    const texts = Array.from({ length: 0x10000 }, (_, code) => `a${String.fromCharCode(code)}b`);
    expect(texts.filter((text) => valueText(text) !== JSON.stringify(text))).toEqual([]);
  });

  it('is what JSON.stringify makes of any other value', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => valueText(value as string) === JSON.stringify(value)));
    expect(() => valueText(undefined as never)).toThrow('no JSON value');
    expect(() => valueText(1n as never)).toThrow(TypeError);
  });

  it('tells an instant as toISOString does, in any order of days', () => {
    fc.assert(
      fc.property(fc.array(fc.date({ noInvalidDate: true })), (instants) =>
        instants.every((instant) => instantText(instant) === instant.toISOString()),
      ),
    );
    for (const text of [
      '1969-12-31T23:59:59.999Z',
      '1970-01-01T00:00:00.000Z',
      '2026-02-28T23:59:59.001Z',
      '-000001-01-01T00:00:00.000Z',
      '+010000-01-01T00:00:00.000Z',
    ])
      expect(instantText(new Date(text))).toBe(text);
    expect(() => instantText(new Date(Number.NaN))).toThrow(RangeError);
  });
});
