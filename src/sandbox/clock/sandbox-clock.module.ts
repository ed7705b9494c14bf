import { Module } from '@nestjs/common';
import { ClockReaderService } from './clock-reader.service';
import { ClockRepository } from './clock.repository';

/** For a deployment whose clock can be moved; asks for its `SandboxClock`. */
@Module({ providers: [ClockRepository, ClockReaderService], exports: [ClockRepository, ClockReaderService] })
export class SandboxClockModule {}
