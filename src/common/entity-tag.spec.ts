import fc from 'fast-check';
import { entityTags, knowsTag } from './entity-tag';

describe('entityTags', () => {
  it.each<[string, readonly string[] | '*' | undefined]>([
    ['"2"', ['"2"']],
    ['W/"2"', ['"2"']],
    ['"1", W/"2" ,"3"', ['"1"', '"2"', '"3"']],
    [',"1",,"2",', ['"1"', '"2"']],
    ['"a,b"', ['"a,b"']],
    ['""', ['""']],
    ['*', '*'],
    [' * ', '*'],
    ['"2"x', undefined],
    ['x"2"', undefined],
    ['"2" "3"', undefined],
    ['"2"W/"3"', undefined],
    ['w/"2"', undefined],
    ['W/ "2"', undefined],
    ['W/2', undefined],
    ['2', undefined],
    ['"2', undefined],
    ['"2""', undefined],
    ['"a b"', undefined],
    ['*, "2"', undefined],
    ['"2", *', undefined],
    ['', undefined],
    [',', undefined],
  ])('of %s are %j', (header, tags) => {
    expect(entityTags(header)).toEqual(tags);
  });

  it('come back from any list of them', () => {
    const tag = fc.stringMatching(/^[!#-~]{0,20}$/).map((text) => `"${text}"`);
    fc.assert(
      fc.property(fc.array(fc.tuple(tag, fc.boolean()), { minLength: 1 }), (tags) =>
        expect(entityTags(tags.map(([each, weak]) => (weak ? `W/${each}` : each)).join(' , '))).toEqual(
          tags.map(([each]) => each),
        ),
      ),
    );
  });
});

it('knowsTag takes an unreadable header for none', () => {
  expect([
    knowsTag('"1", W/"2"', '"2"'),
    knowsTag('*', '"2"'),
    knowsTag('"2"x', '"2"'),
    knowsTag(undefined, '"2"'),
    knowsTag('"1"', '"2"'),
  ]).toEqual([true, true, false, false, false]);
});
