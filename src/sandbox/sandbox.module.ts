import { type DynamicModule, Module } from '@nestjs/common';
import { ClockLimits } from './clock/clock-limits';
import { ClockMovesService } from './clock/clock-moves.service';
import { SandboxClockModule } from './clock/sandbox-clock.module';
import { SandboxHostService, SandboxSettings } from './sandbox-host.service';
import { SandboxRepository } from './sandbox.repository';

@Module({})
export class SandboxModule {
  static with(settings: SandboxSettings): DynamicModule {
    const { clock } = settings;
    return {
      module: SandboxModule,
      imports: clock === null ? [] : [SandboxClockModule],
      providers: [
        SandboxRepository,
        SandboxHostService,
        { provide: SandboxSettings, useValue: settings },
        ...(clock === null ? [] : [ClockMovesService, { provide: ClockLimits, useValue: clock }]),
      ],
      exports: [SandboxHostService],
    };
  }
}
