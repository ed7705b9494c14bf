import { type DynamicModule, Module } from '@nestjs/common';
import { SandboxHost, SandboxSettings } from './sandbox-host.service';
import { SandboxRepository } from './sandbox.repository';

@Module({})
export class SandboxModule {
  static with(settings: SandboxSettings): DynamicModule {
    return { module: SandboxModule, providers: [SandboxRepository, SandboxHost, { provide: SandboxSettings, useValue: settings }], exports: [SandboxHost] };
  }
}
