import { Module } from '@nestjs/common';
import { IncidentsRepository } from './incidents.repository';
import { ServiceStatusService } from './service-status.service';

@Module({ providers: [IncidentsRepository, ServiceStatusService], exports: [ServiceStatusService] })
export class IncidentsModule {}
