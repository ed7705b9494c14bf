import fc from 'fast-check';
import { Clock } from './clock';
import { Ids, isPublicId, isRowId, uuidOfName, uuidV7 } from './ids';
import { base32, digest, Randomness, sameDigest, SystemRandomness } from './secrets';

class FixedRandomness extends Randomness {
  constructor(private readonly byte: number) {
    super();
  }
  bytes(count: number): Buffer {
    return Buffer.alloc(count, this.byte);
  }
}

class StoppedClock extends Clock {
  constructor(private readonly ms: number) {
    super();
  }
  now(): Date {
    return new Date(this.ms);
  }
  monotonicMs(): number {
    return this.ms;
  }
  sleep(): Promise<void> {
    return Promise.resolve();
  }
}

const ids = (byte: number, ms = 1_763_683_200_000): Ids => new Ids(new StoppedClock(ms), new FixedRandomness(byte));

describe('row ids', () => {
  it('are the vector of RFC 9562 appendix A.6', () => {
    expect(uuidV7(0x017f22e279b0, 0xcc3, Buffer.from('18c4dc0c0c07398f', 'hex'))).toBe(
      '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    );
  });

  it('rise strictly, whatever the clock does and however many are made in a millisecond', () => {
    let ms = 1_763_683_200_000;
    const clock = new (class extends StoppedClock {
      override now(): Date {
        return new Date(ms);
      }
    })(ms);
    const real = new Ids(clock, new SystemRandomness());
    const steps = fc.array(fc.tuple(fc.integer({ min: -5_000, max: 5_000 }), fc.integer({ min: 1, max: 40 })), {
      maxLength: 60,
    });
    let last = '';
    const rises = (): boolean => {
      const id = real.row();
      const risen = id > last && isRowId(id);
      last = id;
      return risen;
    };
    fc.assert(
      fc.property(steps, (moves) =>
        moves.every(([step, count]) => {
          ms += step;
          return Array.from({ length: count }).every(rises);
        }),
      ),
    );
    expect(Array.from({ length: 10_000 }).every(rises)).toBe(true);
  });

  it('tell the millisecond they were made in', () => {
    expect(parseInt(ids(3, 1_763_683_200_123).row().replaceAll('-', '').slice(0, 12), 16)).toBe(1_763_683_200_123);
  });

  it('of a name are the same for the same name, and of version 8', () => {
    expect(uuidOfName('payment sandbox 1/0')).toBe(uuidOfName('payment sandbox 1/0'));
    expect(uuidOfName('payment sandbox 1/0')).not.toBe(uuidOfName('payment sandbox 1/1'));
    fc.assert(fc.property(fc.string(), (name) => isRowId(uuidOfName(name)) && uuidOfName(name).charAt(14) === '8'));
  });

  it.each([
    '',
    'x',
    '017F22E2-79B0-7CC3-98C4-DC0C0C07398F',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f ',
    '017f22e2-79b0-0cc3-98c4-dc0c0c07398f',
    '017f22e2-79b0-7cc3-18c4-dc0c0c07398f',
    '017f22e279b07cc398c4dc0c0c07398f',
    '{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}',
    "017f22e2-79b0-7cc3-98c4-dc0c0c07398f'--",
  ])('refuses %j', (text) => {
    expect(isRowId(text)).toBe(false);
  });
});

describe('public ids', () => {
  it('are 160 random bits in 32 characters that are safe everywhere', () => {
    const real = new Ids(new StoppedClock(0), new SystemRandomness());
    const drawn = Array.from({ length: 2_000 }, () => real.publicId());
    expect(new Set(drawn).size).toBe(2_000);
    for (const id of drawn) expect([id, isPublicId(id)]).toEqual([id, true]);
    for (let at = 0; at < 32; at++) expect(new Set(drawn.map((id) => id.charAt(at))).size).toBe(32);
  });

  it('E15: of ten thousand, none tells which came first, and no two begin alike', () => {
    const real = new Ids(new StoppedClock(0), new SystemRandomness());
    const drawn = Array.from({ length: 10_000 }, () => real.publicId());
    const rises = drawn.filter((id, index) => index > 0 && id > (drawn[index - 1] as string)).length;
    // Half of 9,999 steps rise; eight standard deviations (of 29) to either side.
    expect(Math.abs(rises - 5_000)).toBeLessThan(232);
    const sorted = drawn.toSorted();
    expect(sorted.filter((id, index) => id.slice(0, 10) === sorted[index + 1]?.slice(0, 10))).toEqual([]);
  });

  it('do not tell when they were made', () => {
    expect(ids(7, 0).publicId()).toBe(ids(7, 9_000_000_000_000).publicId());
  });

  it.each([
    '',
    'a'.repeat(31),
    'a'.repeat(33),
    'A'.repeat(32),
    `${'a'.repeat(31)}1`,
    `${'a'.repeat(31)}\n`,
    '../../../../etc/passwd',
    `${'a'.repeat(31)}ſ`,
  ])('refuse %j', (text) => {
    expect(isPublicId(text)).toBe(false);
  });
});

describe('payment reference numbers', () => {
  it('A05 are at least 1 and below 2^63, also at the ends of chance', () => {
    expect(ids(0).referenceNumber()).toBe(1n);
    expect(ids(0xff).referenceNumber()).toBe(2n ** 63n - 1n);
    const real = new Ids(new StoppedClock(0), new SystemRandomness());
    expect(new Set(Array.from({ length: 5_000 }, () => real.referenceNumber())).size).toBe(5_000);
  });
});

it('tokens carry their prefix and 256 bits', () => {
  expect(ids(0xff).token('sk_test_')).toMatch(/^sk_test_[a-z2-7]{52}$/);
});

it('base32 agrees with RFC 4648, section 10', () => {
  const vectors = {
    '': '',
    f: 'my',
    fo: 'mzxq',
    foo: 'mzxw6',
    foob: 'mzxw6yq',
    fooba: 'mzxw6ytb',
    foobar: 'mzxw6ytboi',
  };
  for (const [text, expected] of Object.entries(vectors)) expect(base32(Buffer.from(text))).toBe(expected);
});

it('digests are compared whole, and never throw', () => {
  expect(sameDigest(digest('a'), digest('a'))).toBe(true);
  expect(sameDigest(digest('a'), digest('b'))).toBe(false);
  expect(sameDigest(digest('a'), digest('a').subarray(1))).toBe(false);
});
