import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../common/errors';
import { parameterFault } from './query-string';

const MAC_BYTES = 16;
const MAX_LENGTH = 2000;

/**
 * Opaque positions in an ordered collection: the sort keys of one row as text, authenticated together with the scope
 * (tenant, type, sort, filter), so that a cursor works nowhere but where it was handed out. Not encrypted.
 */
export class CursorCodec {
  /** Prepared once: to make a key of its bytes costs more than the digest. */
  private readonly key: KeyObject;

  /** `key`: at least 32 secret bytes, the same in every process. */
  constructor(key: Buffer) {
    if (key.length < 32) throw new Error('the cursor key must have at least 32 bytes');
    this.key = createSecretKey(key);
  }

  encode(scope: string, position: readonly string[]): string {
    const payload = Buffer.from(JSON.stringify(position));
    return Buffer.concat([this.mac(scope, payload), payload]).toString('base64url');
  }

  /** Throws `cursor_invalid` naming the parameter. */
  decode(scope: string, cursor: string, parameter: string): readonly string[] {
    const bytes = cursor.length > MAX_LENGTH ? Buffer.alloc(0) : Buffer.from(cursor, 'base64url');
    const [mac, payload] = [bytes.subarray(0, MAC_BYTES), bytes.subarray(MAC_BYTES)];
    const sound =
      bytes.toString('base64url') === cursor &&
      mac.length === MAC_BYTES &&
      timingSafeEqual(mac, this.mac(scope, payload));
    if (!sound)
      throw new DomainError('cursor_invalid', {
        faults: [
          parameterFault(parameter, 'is not a cursor of this collection with this sort and filter', {
            code: 'cursor_invalid',
          }),
        ],
      });
    return JSON.parse(payload.toString()) as readonly string[];
  }

  private mac(scope: string, payload: Buffer): Buffer {
    return createHmac('sha256', this.key)
      .update(`${scope.length}:${scope}`)
      .update(payload)
      .digest()
      .subarray(0, MAC_BYTES);
  }
}
