import { pageById } from './row-page';

const ROWS = ['b', 'd', 'a', 'c'];
const page = (descending: boolean, from: string | null, limit = 2): string[] =>
  pageById(ROWS, (row) => row, { limit, order: [{ field: 'id', descending }], from: from === null ? null : [from] });

describe('a page of a short list', () => {
  it.each([
    [false, null, ['a', 'b']],
    [false, 'b', ['c', 'd']],
    [false, 'bb', ['c', 'd']],
    [false, 'd', []],
    [true, 'c', ['b', 'a']],
    [true, null, ['d', 'c']],
  ])('descending %s, beyond %s', (descending, from, expected) => {
    expect(page(descending, from)).toEqual(expected);
  });
});
