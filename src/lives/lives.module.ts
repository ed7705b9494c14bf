import { Module } from '@nestjs/common';
import { LivesRepository } from './lives.repository';
import { LivesService } from './lives.service';

@Module({ providers: [LivesRepository, LivesService], exports: [LivesService] })
export class LivesModule {}
