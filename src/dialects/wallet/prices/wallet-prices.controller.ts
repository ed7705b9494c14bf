import { Controller, Get } from '@nestjs/common';
import { Public, RateLimited } from '../../../auth/policy';
import type { RateLimitRule } from '../../../auth/rate-limit';
import { DomainError, isDomainError } from '../../../common/errors';
import { type Asset, formatAmount, NATIVE } from '../../../common/money';
import { FailsWith } from '../../../http/route-failure';
import { PricesService } from '../../../prices/prices.service';
import { Networks } from '../../../stellar/networks';

const PRICE_LIMIT: RateLimitRule = {
  name: 'prices',
  limit: (limits) => limits.pricesPerMinute,
  windowSeconds: 60,
  message: 'Too many price requests',
};

@Controller('api/prices')
export class WalletPricesController {
  constructor(
    private readonly prices: PricesService,
    private readonly networks: Networks,
  ) {}

  /** What one lumen costs in USDC on the default network, which stands for US dollars. `stale` is only there when true. */
  @Get('xlm')
  @Public()
  @RateLimited(PRICE_LIMIT)
  @FailsWith('Price feed temporarily unavailable')
  async xlm(): Promise<unknown> {
    const { network } = this.networks.default;
    const { price, cached, stale } = await this.prices.price(network, NATIVE, this.dollar());
    // Seven decimals of a price this small survive a double: the number is printed back as this very text.
    return { usd: Number(formatAmount(price)), cached, ...(stale ? { stale } : {}) };
  }

  private dollar(): Asset {
    try {
      return this.networks.asset(this.networks.default.network, 'USDC');
    } catch (error) {
      throw isDomainError(error, 'asset_unsupported') ? new DomainError('price_unavailable') : error;
    }
  }
}
