import {
  hashMemo,
  idMemo,
  memoFromHorizon,
  memoText,
  NO_MEMO,
  parseIdMemo,
  sameMemo,
  textMemo,
  type Memo,
} from './memo';

const bytes32 = Buffer.alloc(32, 7);

describe('A06: memos are compared by type and raw bytes', () => {
  const all: (Memo | undefined)[] = [
    NO_MEMO,
    textMemo('123'),
    idMemo(123n),
    hashMemo('hash', bytes32),
    hashMemo('return', bytes32),
    textMemo('123\0'),
    textMemo('e\u0301'),
    textMemo('\u00e9'),
    textMemo('１23'),
    textMemo(''),
    { type: 'text', bytes: Buffer.from([0xff, 0xfe]) },
    { type: 'text', bytes: Buffer.from('\ufffd') },
  ];

  it('no two of twelve look-alikes are the same', () => {
    const memos = all.filter((memo): memo is Memo => memo !== undefined);
    expect(memos).toHaveLength(12);
    for (const [i, a] of memos.entries()) for (const [j, b] of memos.entries()) expect(sameMemo(a, b)).toBe(i === j);
  });
});

describe('limits', () => {
  it('counts bytes, not characters, and refuses half characters', () => {
    expect(textMemo('é'.repeat(14))).toBeDefined();
    expect(textMemo('é'.repeat(15))).toBeUndefined();
    expect(textMemo('\ud800')).toBeUndefined();
  });

  it.each([['007'], ['-1'], ['18446744073709551616'], [' 1'], ['1e3'], [''], ['1'.repeat(1000)]])(
    'refuses %j as an id',
    (text) => {
      expect(parseIdMemo(text)).toBeUndefined();
    },
  );

  it('takes the whole of uint64', () => {
    expect(memoText(parseIdMemo('18446744073709551615') as Memo)).toBe('18446744073709551615');
    expect(hashMemo('hash', Buffer.alloc(31))).toBeUndefined();
  });
});

describe('memoFromHorizon', () => {
  it('reads each type', () => {
    expect(memoFromHorizon('none', undefined, undefined)).toEqual(NO_MEMO);
    expect(memoFromHorizon('id', '0', undefined)).toEqual(idMemo(0n));
    expect(sameMemo(memoFromHorizon('text', 'order 1', 'b3JkZXIgMQ==') as Memo, textMemo('order 1') as Memo)).toBe(
      true,
    );
    expect(memoFromHorizon('hash', bytes32.toString('base64'), undefined)).toEqual(hashMemo('hash', bytes32));
    expect(memoFromHorizon('return', bytes32.toString('base64'), undefined)).toEqual(hashMemo('return', bytes32));
  });

  it('trusts memo_bytes where memo has lost bytes', () => {
    expect(memoFromHorizon('text', '\ufffd', '/w==')).toEqual({ type: 'text', bytes: Buffer.from([0xff]) });
    expect(memoText({ type: 'text', bytes: Buffer.from([0xff]) })).toBeNull();
  });

  it.each([
    ['id', 5, undefined],
    ['id', '1.0', undefined],
    ['hash', bytes32.toString('hex'), undefined],
    ['hash', 'AAAA', undefined],
    ['text', null, undefined],
    ['text', 'x', 'not base64'],
    ['text', 'x'.repeat(29), undefined],
    ['text', 'x', Buffer.alloc(29).toString('base64')],
    ['none', 'x', undefined],
    ['weird', 'x', undefined],
    [null, null, null],
  ])('refuses %j %j %j', (type, memo, raw) => {
    expect(memoFromHorizon(type, memo, raw)).toBeUndefined();
  });
});
