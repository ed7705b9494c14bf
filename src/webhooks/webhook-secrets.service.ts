import { createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Randomness } from '../common/secrets';
import { SecretBox } from '../common/secret-box';
import { madeSecret, SECRET_BYTES, secretText } from './webhook-signature';

const MAX_OPENED = 1_000;

/** Signing secrets of endpoints: one each, shown once, and in the clear in memory only. */
@Injectable()
export class WebhookSecretsService {
  private readonly opened = new Map<string, KeyObject>();

  constructor(
    private readonly box: SecretBox,
    private readonly randomness: Randomness,
  ) {}

  /** A new secret: what is stored, and the text (`whsec_...`) that its owner gets once. */
  create(endpointId: string): { sealed: Buffer; text: string } {
    const secret = this.randomness.bytes(SECRET_BYTES);
    return { sealed: this.box.seal(secret, endpointId), text: secretText(secret) };
  }

  /** A secret that its owner chose: its bytes sign as they are, and one that was made here signs as it did. */
  keep(text: string, endpointId: string): Buffer {
    return this.box.seal(madeSecret(text) ?? Buffer.from(text, 'utf8'), endpointId);
  }

  /** As a key to sign with. The last ones opened are remembered: opening costs as much as the rest of a request. */
  open(sealed: Buffer, endpointId: string): KeyObject {
    const name = `${endpointId} ${sealed.toString('base64')}`;
    const known = this.opened.get(name);
    if (known !== undefined) return known;
    const key = createSecretKey(this.box.open(sealed, endpointId));
    const [oldest] = this.opened.keys();
    if (this.opened.size >= MAX_OPENED && oldest !== undefined) this.opened.delete(oldest);
    this.opened.set(name, key);
    return key;
  }
}
