import { type DynamicModule, Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Connections } from './connections';
import { type DatabaseSettings, dataSourceOptions, limitsOf } from './data-source';
import { Transactions } from './transactions';

@Global()
@Module({})
export class DatabaseModule {
  static connectedTo(settings: DatabaseSettings, connections = new Connections(limitsOf(settings))): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forRoot({ ...dataSourceOptions(settings, connections), retryAttempts: 0 })],
      providers: [Transactions, { provide: Connections, useValue: connections }],
      exports: [Transactions, Connections],
    };
  }
}
