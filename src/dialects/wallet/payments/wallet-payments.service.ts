import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/errors';
import type { Invoice } from '../../../invoices/invoice';
import { type PayIntent, PayIntentsService } from '../../../payments/pay-intents.service';
import { PaymentUriService } from '../../../payments/payment-uri.service';
import { isAccountAddress } from '../../../stellar/address';
import { Networks } from '../../../stellar/networks';
import type { PayIntentDto } from './payments.dto';

export interface WalletPayIntent {
  readonly intent: PayIntent;
  readonly sep7Uri: string;
  readonly networkPassphrase: string;
}

/** From the wallet API's words for paying to the domain's. */
@Injectable()
export class WalletPaymentsService {
  constructor(
    private readonly intents: PayIntentsService,
    private readonly uris: PaymentUriService,
    private readonly networks: Networks,
  ) {}

  async prepare(publicId: string, dto: PayIntentDto): Promise<WalletPayIntent> {
    const sender = dto.senderPublicKey ?? null;
    if (sender !== null && !isAccountAddress(sender))
      throw new DomainError('validation_failed', {
        faults: [{ path: 'senderPublicKey', message: 'must be a Stellar address (G...)' }],
      });
    const sendAsset = dto.sendAsset ?? null;
    if (sendAsset !== null && sender === null)
      throw new DomainError('validation_failed', {
        faults: [{ path: 'senderPublicKey', message: 'is required with sendAsset' }],
      });
    const intent = await this.intents.prepare(
      publicId,
      sender,
      (invoice) => this.assertNetwork(invoice, dto.networkPassphrase),
      sendAsset,
    );
    const { invoice, amount } = intent;
    return {
      intent,
      sep7Uri: this.uris.uriFor(invoice, amount),
      networkPassphrase: this.networks.of(invoice.network).passphrase,
    };
  }

  private assertNetwork(invoice: Invoice, passphrase: string | undefined): void {
    if (passphrase === undefined) {
      if (this.networks.enabled.length > 1) throw new DomainError('network_required');
    } else if (this.networks.of(invoice.network).passphrase !== passphrase) throw new DomainError('network_mismatch');
  }
}
