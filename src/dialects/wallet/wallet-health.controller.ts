import { Controller, Get } from '@nestjs/common';
import { Public } from '../../auth/policy';
import { Clock, isoInstant } from '../../common/clock';
import { Networks } from '../../stellar/networks';
import { packageVersion } from '../../http/package-version';

@Controller('api/health')
export class WalletHealthController {
  private readonly version = packageVersion();

  constructor(
    private readonly networks: Networks,
    private readonly clock: Clock,
  ) {}

  /** That the API answers, and which network it takes money on by default. Readiness is another question. */
  @Get()
  @Public({ limited: false })
  read(): { status: string; timestamp: string; network: string; version: string } {
    return {
      status: 'ok',
      timestamp: isoInstant(this.clock.now()),
      network: this.networks.default.network,
      version: this.version,
    };
  }
}
