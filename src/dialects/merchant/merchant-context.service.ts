import { Injectable } from '@nestjs/common';
import type { Network } from '../../common/network';
import type { Principal } from '../../common/principal';
import { MerchantsService } from '../../merchants/merchants.service';

/** What a caller of the merchant API means where it says nothing. */
@Injectable()
export class MerchantContextService {
  constructor(private readonly merchants: MerchantsService) {}

  /** A key reaches its own network; a session acts on the merchant's default one. */
  async networkOf({ network, merchantId }: Principal): Promise<Network> {
    return network ?? (await this.merchants.settings(merchantId)).defaultNetwork;
  }
}
