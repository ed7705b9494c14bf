import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/principal';
import { DomainError } from '../../common/errors';
import { MerchantsService, type SettlementPolicy } from '../../merchants/merchants.service';
import { type NetworkFacts, Networks } from '../../stellar/networks';

/** Where a caller of the wallet API gets paid, and under which rules. */
export interface Till {
  readonly network: NetworkFacts;
  readonly destination: string;
  readonly policy: SettlementPolicy;
}

@Injectable()
export class WalletContextService {
  constructor(
    private readonly networks: Networks,
    private readonly merchants: MerchantsService,
  ) {}

  /** Network by passphrase; a key only reaches its own. Then the merchant's account and rules there. */
  async till(caller: Principal, passphrase: string | undefined, recipientWallet: string | undefined): Promise<Till> {
    const network = this.networkFor(caller, passphrase);
    const { destination, policy } = await this.merchants.till(caller, network.network);
    if (recipientWallet !== undefined && recipientWallet !== destination)
      throw new DomainError('recipient_mismatch', {
        detail: 'Recipient wallet must match authenticated wallet in this version',
      });
    return { network, destination, policy };
  }

  /** Where the merchant's days end. */
  async timeZone(merchantId: string): Promise<string> {
    return (await this.merchants.settings(merchantId)).timeZone;
  }

  networkFor(caller: Principal, passphrase: string | undefined): NetworkFacts {
    if (caller.network === null) return this.networks.byPassphrase(passphrase);
    const own = this.networks.of(caller.network);
    if (passphrase !== undefined && this.networks.byPassphrase(passphrase) !== own)
      throw new DomainError('network_mismatch', { detail: 'These credentials belong to another network' });
    return own;
  }
}
