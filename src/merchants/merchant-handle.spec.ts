import fc from 'fast-check';
import { handleOf, isHandle } from './merchant-handle';

describe('the handle of a merchant', () => {
  it.each([
    ['Ada Lovelace Books', 'ada-lovelace-books'],
    ['Café Zoë & Söhne GmbH', 'cafe-zoe-sohne-gmbh'],
    ['  --x--  ', 'x'],
    ['書店', 'shop'],
    ['', 'shop'],
    ['a'.repeat(80), 'a'.repeat(40)],
  ])('of %j is %j', (name, handle) => {
    expect(handleOf(name)).toBe(handle);
  });

  it('can stand in an address, whatever the name', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => isHandle(handleOf(name))));
  });
});
