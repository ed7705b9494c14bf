import { Injectable } from '@nestjs/common';
import { Randomness } from '../common/secrets';
import { SecretBox } from './secret-box';
import { SECRET_BYTES, secretText } from './webhook-signature';

/** Signing secrets of endpoints: one each, known in the clear only at their making and while they sign. */
@Injectable()
export class WebhookSecrets {
  constructor(
    private readonly box: SecretBox,
    private readonly randomness: Randomness,
  ) {}

  /** A new secret: what is stored, and the text (`whsec_...`) that its owner is told once. */
  create(endpointId: string): { sealed: Buffer; text: string } {
    const secret = this.randomness.bytes(SECRET_BYTES);
    return { sealed: this.box.seal(secret, endpointId), text: secretText(secret) };
  }

  open(sealed: Buffer, endpointId: string): Buffer {
    return this.box.open(sealed, endpointId);
  }
}
