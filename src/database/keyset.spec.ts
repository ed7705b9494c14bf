import { keysetClause } from './keyset';

const COLUMNS = {
  createdAt: { sql: 'l.created_at', type: 'timestamptz' },
  amount: { sql: 'l.amount', type: 'bigint' },
  id: { sql: 'l.id', type: 'uuid' },
};

describe('a keyset page', () => {
  it('starts at the first row and goes on with the numbers of the query', () => {
    const values: unknown[] = ['merchant'];
    const order = [
      { field: 'createdAt', descending: true },
      { field: 'id', descending: true },
    ];
    expect(keysetClause({ limit: 21, order, from: null }, COLUMNS, values)).toBe(
      'order by l.created_at desc, l.id desc limit $2',
    );
    expect(values).toEqual(['merchant', 21]);
  });

  it('continues by one comparison of rows where all keys run one way', () => {
    const values: unknown[] = [];
    const order = [
      { field: 'createdAt', descending: false },
      { field: 'id', descending: false },
    ];
    expect(keysetClause({ limit: 3, order, from: ['t', 'i'] }, COLUMNS, values)).toBe(
      'and (l.created_at, l.id) > ($1::timestamptz, $2::uuid) order by l.created_at asc, l.id asc limit $3',
    );
    expect(values).toEqual(['t', 'i', 3]);
  });

  it('spells out what runs both ways', () => {
    const order = [
      { field: 'amount', descending: true },
      { field: 'id', descending: false },
    ];
    expect(keysetClause({ limit: 3, order, from: ['5', 'i'] }, COLUMNS, [])).toMatch(
      'and ((l.amount < $1::bigint) or (l.amount = $1::bigint and l.id > $2::uuid)) ',
    );
  });

  it('knows no other columns', () => {
    expect(() =>
      keysetClause({ limit: 3, order: [{ field: 'secret', descending: true }], from: null }, COLUMNS, []),
    ).toThrow('secret');
  });
});
