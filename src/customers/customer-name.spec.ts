import fc from 'fast-check';
import { namesOf, renamed } from './customer-name';

const single = (name: string) => ({ name, firstName: null, lastName: null });

describe('both names', () => {
  it.each([
    [single('Grace Hopper'), 'Grace', 'Hopper'],
    [single('Grace Brewster Murray Hopper'), 'Grace Brewster Murray', 'Hopper'],
    [single('  Grace   Hopper '), 'Grace', 'Hopper'],
    [single('Cher'), 'Cher', ''],
    [single('ACME\nLtd'), 'ACME', 'Ltd'],
    [{ name: 'Mary Ann Evans', firstName: 'Mary', lastName: 'Ann Evans' }, 'Mary', 'Ann Evans'],
  ])('of %j are %j and %j', (customer, firstName, lastName) => {
    expect(namesOf(customer)).toEqual({ firstName, lastName });
  });
});

describe('a change of names', () => {
  const evans = { name: 'Mary Ann Evans', firstName: 'Mary', lastName: 'Ann Evans' };

  it.each([
    ['nothing changes', evans, {}, evans],
    ['the same name keeps both names', evans, { name: 'Mary Ann Evans' }, evans],
    ['another name forgets both names', evans, { name: 'George Eliot' }, single('George Eliot')],
    [
      'a first name goes before the known last one',
      evans,
      { firstName: 'George' },
      { name: 'George Ann Evans', firstName: 'George', lastName: 'Ann Evans' },
    ],
    [
      'a last name goes after the first words',
      single('Grace Murray'),
      { lastName: 'Hopper' },
      { name: 'Grace Hopper', firstName: 'Grace', lastName: 'Hopper' },
    ],
    ['a first name alone stays a single name', single('Cher'), { firstName: 'Cherilyn' }, single('Cherilyn')],
    [
      'both names make up the name',
      single('Cher'),
      { firstName: 'Cherilyn', lastName: 'Sarkisian' },
      { name: 'Cherilyn Sarkisian', firstName: 'Cherilyn', lastName: 'Sarkisian' },
    ],
  ])('%s', (_what, before, change, after) => {
    expect(renamed(before, change)).toEqual(after);
  });

  it('never makes a name that is too long, and keeps the two whole', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }).filter((text) => text.trim() !== '');
    fc.assert(
      fc.property(name, name, (firstName, lastName) => {
        const after = renamed(single('x'), { firstName, lastName });
        expect(Array.from(after.name).length).toBeLessThanOrEqual(200);
        expect(namesOf(after)).toEqual({ firstName, lastName });
      }),
    );
  });
});
