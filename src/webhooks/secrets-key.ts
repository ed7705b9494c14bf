import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Randomness } from '../common/secrets';
import type { Settings } from '../env';

/** The configured keys, or one made at the first start and kept beside the embedded database, readable by its owner only. */
export function secretsKeys(settings: Pick<Settings, 'secretsKeys' | 'dataDir'>, randomness: Randomness): Buffer[] {
  if (settings.secretsKeys !== null) return settings.secretsKeys.map((key) => Buffer.from(key, 'base64'));
  const file = path.join(settings.dataDir, 'secrets.key');
  if (!existsSync(file)) keepNewKey(file, randomness);
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== 32)
    throw new Error(`${file} does not hold 32 bytes in base64; without it the stored webhook secrets cannot be read`);
  return [key];
}

/** Linked into place when it is complete, so that of several processes that start at once all read the same whole key. */
function keepNewKey(file: string, randomness: Randomness): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${randomness.bytes(6).toString('hex')}`;
  writeFileSync(draft, `${randomness.bytes(32).toString('base64')}\n`, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}
