import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/policy';
import { ServiceStatusService } from '../incidents/service-status.service';
import type { ServiceStatus } from '../incidents/service-status';
import { HTML_TYPE, PAGE_HEADERS } from './page-security';
import { statusPage } from './status-page';

/** How the service is doing, for everybody. */
@Controller()
export class StatusPageController {
  constructor(private readonly service: ServiceStatusService) {}

  @Get('status')
  @Public({ limited: false })
  async page(@Res() reply: FastifyReply): Promise<void> {
    const status = await this.service.status();
    void answered(reply, status).headers(PAGE_HEADERS).type(HTML_TYPE).send(statusPage(status));
  }

  @Get('status.json')
  @Public({ limited: false })
  async data(@Res() reply: FastifyReply): Promise<void> {
    const status = await this.service.status();
    const { service, checkedAt, ledgers, webhooks, incidents } = status;
    void answered(reply, status).send({
      service,
      checkedAt,
      ledgers,
      webhooks,
      incidents: incidents.map(({ kind, subject, openedAt, closedAt }) => ({
        kind,
        network: subject === '' ? null : subject,
        openedAt,
        closedAt,
      })),
    });
  }
}

function answered(reply: FastifyReply, { service }: ServiceStatus): FastifyReply {
  return reply.status(service === 'unavailable' ? 503 : 200).header('cache-control', 'public, max-age=5');
}
