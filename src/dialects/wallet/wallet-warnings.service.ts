import { Injectable } from '@nestjs/common';
import type { Invoice } from '../../invoices/invoice';
import { warningsMeta } from '../../merchants/receivability.service';
import { ReceivabilityService } from '../../merchants/receivability.service';
import { assetOf } from '../../payments/payable';

/** What a merchant should know of what was just made. */
@Injectable()
export class WalletWarningsService {
  constructor(private readonly receivability: ReceivabilityService) {}

  /** `warnings`, as a member of the answer, where there are any. An account that is missing is what its activation is for. */
  async warningsFor(invoice: Invoice): Promise<Record<string, unknown>> {
    if (invoice.activateNewAccounts) return {};
    return warningsMeta(await this.receivability.warnings(invoice.network, invoice.destination, [assetOf(invoice)]));
  }
}
