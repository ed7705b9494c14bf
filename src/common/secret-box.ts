import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { Randomness } from './secrets';

const KEY_ID_BYTES = 4;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Secrets that must be read again, at rest: AES-256-GCM (NIST SP 800-38D) with a random nonce. The key's id leads
 * the ciphertext, so that keys can be replaced; the id of the row is authenticated, so that a ciphertext means
 * nothing in any other row.
 */
export class SecretBox {
  private readonly keys: ReadonlyMap<string, Buffer>;
  private readonly current: string;

  /** @param keys 32 bytes each: the first encrypts, all decrypt */
  constructor(
    keys: readonly Buffer[],
    private readonly randomness: Randomness,
  ) {
    const [first] = keys;
    if (first === undefined || keys.some((key) => key.length !== 32))
      throw new Error('the keys for secrets must have 32 bytes each');
    this.keys = new Map(keys.map((key) => [keyId(key), key]));
    this.current = keyId(first);
  }

  seal(plain: Buffer, rowId: string): Buffer {
    const nonce = this.randomness.bytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keys.get(this.current) as Buffer, nonce).setAAD(
      Buffer.from(rowId),
    );
    return Buffer.concat([
      Buffer.from(this.current, 'hex'),
      nonce,
      cipher.update(plain),
      cipher.final(),
      cipher.getAuthTag(),
    ]);
  }

  /** Throws when the key is not there any more, or the bytes are not what was sealed for this row. */
  open(sealed: Buffer, rowId: string): Buffer {
    const id = sealed.subarray(0, KEY_ID_BYTES).toString('hex');
    const key = this.keys.get(id);
    if (key === undefined)
      throw new Error(`a stored secret was encrypted with the key ${id}, which SECRETS_KEY does not hold`);
    const nonce = sealed.subarray(KEY_ID_BYTES, KEY_ID_BYTES + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(rowId))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(KEY_ID_BYTES + NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  }
}

function keyId(key: Buffer): string {
  return createHash('sha256')
    .update('lumentill secrets key')
    .update(key)
    .digest('hex')
    .slice(0, 2 * KEY_ID_BYTES);
}
