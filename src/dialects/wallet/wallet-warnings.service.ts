import { Injectable } from '@nestjs/common';
import type { Asset } from '../../common/money';
import type { Invoice } from '../../invoices/invoice';
import { warningsMeta } from '../../merchants/receivability.service';
import { ReceivabilityService } from '../../merchants/receivability.service';

type WarnedOf = Pick<Invoice, 'network' | 'destination' | 'activateNewAccounts'>;

/** What a merchant should know of what is being made. */
@Injectable()
export class WalletWarningsService {
  constructor(private readonly receivability: ReceivabilityService) {}

  /** `warnings`, as a member of the answer, where there are any. An account that is missing is what its activation is for. */
  async warningsFor(invoice: WarnedOf, asset: Asset): Promise<Record<string, unknown>> {
    if (invoice.activateNewAccounts) return {};
    return warningsMeta(await this.receivability.warnings(invoice.network, invoice.destination, [asset]));
  }
}
