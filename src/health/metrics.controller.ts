import { Controller, Get, Header, Headers } from '@nestjs/common';
import { Public } from '../auth/policy';
import { DomainError } from '../common/errors';
import { digest, sameDigest } from '../common/secrets';
import { Settings } from '../env';
import { MetricsService } from './metrics.service';

@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: MetricsService,
    private readonly settings: Settings,
  ) {}

  /** Prometheus text. In production, or once METRICS_TOKEN is set, only with that bearer token; else not there. */
  @Get()
  @Public({ limited: false })
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  read(@Headers('authorization') authorization?: string): Promise<string> {
    const { metricsToken, production } = this.settings;
    const open =
      metricsToken === null
        ? !production
        : authorization !== undefined && sameDigest(digest(authorization), digest(`Bearer ${metricsToken}`));
    if (!open) throw new DomainError('route_not_found');
    return this.metrics.text();
  }
}
