import { Module } from '@nestjs/common';
import { LivesModule } from '../lives/lives.module';
import { PaymentsModule } from '../payments/payments.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { FiguresService } from './figures.service';
import { HealthController } from './health.controller';
import { HealthRepository } from './health.repository';
import { HealthService } from './health.service';
import { MetricsController } from './metrics.controller';
import { MetricsService } from './metrics.service';

@Module({
  imports: [LivesModule, PaymentsModule, WebhooksModule],
  controllers: [HealthController, MetricsController],
  providers: [FiguresService, HealthRepository, HealthService, MetricsService],
  exports: [HealthService],
})
export class HealthModule {}
