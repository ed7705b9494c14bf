import fc from 'fast-check';
import { readQuery } from '../../http/sent-body';
import { IsSkip, IsTake, spanOf } from './list-query';

class Query {
  @IsSkip() skip?: string;
  @IsTake(100) take?: string;
}

const faultsOf = (query: Record<string, unknown>): string[] =>
  readQuery(Query, query).faults.map(({ path, message }) => `${path} ${message}`);

describe('skip and take', () => {
  it('are 0 and 10 where nothing is asked for', () => {
    expect(faultsOf({})).toEqual([]);
    expect(spanOf({})).toEqual({ skip: 0, take: 10 });
  });

  it('are read as they are asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 1, max: 100 }), (skip, take) => {
        const query = { skip: String(skip), take: String(take) };
        expect(faultsOf(query)).toEqual([]);
        expect(spanOf(query)).toEqual({ skip, take });
      }),
    );
  });

  it.each(['-1', '1000000', '1.5', 'x', '', ' 1', '1e3', ['1', '2'], { a: '1' }])('skip %j is refused', (skip) => {
    expect(faultsOf({ skip })).toEqual(['skip must be a whole number from 0 to 999999']);
  });

  it.each(['0', '-1', '101', '1.5', 'x', '', '1e1', ['1', '2'], { a: '1' }])('take %j is refused', (take) => {
    expect(faultsOf({ take })).toEqual(['take must be a whole number from 1 to 100']);
  });

  it('faults of both are told at once', () => {
    expect(faultsOf({ skip: 'x', take: '0' })).toHaveLength(2);
  });
});
