import { Module } from '@nestjs/common';
import { DeadlinesRepository } from './deadlines.repository';
import { DeadlinesService } from './deadlines.service';

@Module({ providers: [DeadlinesRepository, DeadlinesService], exports: [DeadlinesService] })
export class DeadlinesModule {}
