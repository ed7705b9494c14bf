import { Controller, Get } from '@nestjs/common';
import { Authenticated, Public } from '../../../auth/policy';
import { Clock, isoInstant } from '../../../common/clock';
import { packageVersion } from '../../../http/package-version';

@Controller('api/v0/health')
export class MerchantHealthController {
  private readonly version = packageVersion();

  constructor(private readonly clock: Clock) {}

  /** That the credentials are good. They were just read in the database, so it is connected, or this is answered with 503. */
  @Get()
  @Authenticated()
  read(): Record<string, unknown> {
    return {
      ...this.state(),
      database: 'connected',
      message: 'Service is up and running',
      authenticated: true,
    };
  }

  @Get('public')
  @Public()
  readPublic(): Record<string, unknown> {
    return this.state();
  }

  private state(): Record<string, unknown> {
    return { status: 'ok', timestamp: isoInstant(this.clock.real()), version: this.version };
  }
}
