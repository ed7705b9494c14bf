import { Injectable } from '@nestjs/common';
import type { Amount } from '../common/money';
import { Settings } from '../env';
import type { Invoice } from '../invoices/invoice';
import { Networks } from '../stellar/networks';
import { payUri } from '../stellar/sep7';
import { SigningKey } from '../stellar/signing-key';
import { assetOf, memoOf } from './payable';

/** SEP-7 payment requests of invoices, signed when a URI_REQUEST_SIGNING_KEY is configured. */
@Injectable()
export class PaymentUriService {
  private readonly origin: { domain: string; key: SigningKey } | undefined;

  constructor(
    private readonly networks: Networks,
    settings: Settings,
  ) {
    this.origin =
      settings.sep7Secret === null
        ? undefined
        : { domain: new URL(settings.publicUrl).host, key: new SigningKey(settings.sep7Secret) };
  }

  /** `web+stellar:pay?...` for `amount` of the invoice's asset. */
  uriFor(invoice: Invoice, amount: Amount): string {
    const { network, passphrase } = this.networks.of(invoice.network);
    return payUri({
      destination: invoice.destination,
      amount,
      asset: assetOf(invoice),
      memo: memoOf(invoice),
      message: invoice.title,
      networkPassphrase: network === 'public' ? null : passphrase,
      ...(this.origin === undefined ? {} : { origin: this.origin }),
    });
  }
}
