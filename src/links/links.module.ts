import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { InvoicesModule } from '../invoices/invoices.module';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { Link } from './link.entity';
import { LinksRepository } from './links.repository';
import { LinksService } from './links.service';

@Module({ imports: [TypeOrmModule.forFeature([Link]), InvoicesModule, WebhooksModule], providers: [LinksRepository, LinksService], exports: [LinksService] })
export class LinksModule {}
