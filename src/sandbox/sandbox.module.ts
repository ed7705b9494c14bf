import { type DynamicModule, Module } from '@nestjs/common';
import { SandboxHostService, SandboxSettings } from './sandbox-host.service';
import { SandboxRepository } from './sandbox.repository';

@Module({})
export class SandboxModule {
  static with(settings: SandboxSettings): DynamicModule {
    return {
      module: SandboxModule,
      providers: [SandboxRepository, SandboxHostService, { provide: SandboxSettings, useValue: settings }],
      exports: [SandboxHostService],
    };
  }
}
