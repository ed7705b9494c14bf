import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/policy';
import { HealthService } from './health.service';

@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('live')
  @Public({ limited: false })
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** 503 when the database does not answer, takes no writes, or a network was not read for a minute, and while the process starts or stops. No details beyond that. */
  @Get('ready')
  @Public({ limited: false })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const { ready, database, lastWriteSeconds, ledgers, recovering, oldestUntoldEventSeconds, overdueDeliverySeconds } =
      await this.health.readiness();
    void reply.status(ready ? 200 : 503);
    return {
      status: ready ? 'ok' : 'unavailable',
      database,
      lastWriteSeconds,
      ledgers: ledgers.map(({ network, ageSeconds, healthy, quarantined, waiting }) => ({
        network,
        ageSeconds,
        healthy,
        quarantined,
        waiting,
      })),
      recovering,
      oldestUntoldEventSeconds,
      overdueDeliverySeconds,
    };
  }
}
