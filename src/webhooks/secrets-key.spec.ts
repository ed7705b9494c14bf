import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SystemRandomness } from '../common/secrets';
import { secretsKeys } from './secrets-key';

const randomness = new SystemRandomness();
const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)] as const;

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
