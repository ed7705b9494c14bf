import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { SystemRandomness } from '../common/secrets';
import { SecretBox } from './secret-box';
import { secretsKeys } from './secrets-key';

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

describe('the key', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'lumentill-key-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once and kept where only its owner reads it', () => {
    const dataDir = path.join(folder, 'new');
    const [first] = secretsKeys({ secretsKeys: null, dataDir }, randomness);
    expect(first).toHaveLength(32);
    expect(secretsKeys({ secretsKeys: null, dataDir }, randomness)).toEqual([first]);
    expect(statSync(path.join(dataDir, 'secrets.key')).mode & 0o777).toBe(0o600);
  });

  it('that is configured is used and nothing is written', () => {
    expect(
      secretsKeys(
        { secretsKeys: [NEW.toString('base64'), OLD.toString('base64')], dataDir: path.join(folder, 'none') },
        randomness,
      ),
    ).toEqual([NEW, OLD]);
    expect(() => statSync(path.join(folder, 'none'))).toThrow('ENOENT');
  });

  it('that is damaged stops the start', () => {
    writeFileSync(path.join(folder, 'secrets.key'), 'short');
    expect(() => secretsKeys({ secretsKeys: null, dataDir: folder }, randomness)).toThrow('does not hold 32 bytes');
  });
});
