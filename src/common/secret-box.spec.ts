import fc from 'fast-check';
import { SecretBox } from './secret-box';
import { SystemRandomness } from './secrets';

const randomness = new SystemRandomness();
const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const;
const ROW = '01930000-0000-7000-8000-000000000001';

describe('a secret at rest', () => {
  const box = new SecretBox([OLD], randomness);

  it('comes back as it was, and never looks the same twice', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) =>
        expect(box.open(box.seal(Buffer.from(bytes), ROW), ROW)).toEqual(Buffer.from(bytes)),
      ),
    );
    expect(box.seal(Buffer.from('x'), ROW)).not.toEqual(box.seal(Buffer.from('x'), ROW));
    expect(box.seal(Buffer.from('secret'), ROW).includes('secret')).toBe(false);
  });

  it('opens in no other row and not after any change of a bit (D07)', () => {
    const sealed = box.seal(Buffer.from('secret'), ROW);
    expect(() => box.open(sealed, ROW.replace('1', '2'))).toThrow('unable to authenticate');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sealed.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(sealed);
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
        expect(() => box.open(changed, ROW)).toThrow(/unable to authenticate|does not hold/);
      }),
    );
    expect(() => box.open(sealed.subarray(0, 20), ROW)).toThrow(/./);
  });

  it('survives a new key before the old one, and names the key that is missing', () => {
    const sealed = box.seal(Buffer.from('secret'), ROW);
    const both = new SecretBox([NEW, OLD], randomness);
    expect(both.open(sealed, ROW).toString()).toBe('secret');
    expect(() => box.open(both.seal(Buffer.from('secret'), ROW), ROW)).toThrow(
      /key [0-9a-f]{8}, which SECRETS_KEY does not hold/,
    );
    expect(() => new SecretBox([], randomness)).toThrow('32 bytes');
    expect(() => new SecretBox([Buffer.alloc(16)], randomness)).toThrow('32 bytes');
  });
});
