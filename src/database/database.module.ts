import { type DynamicModule, Global, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { Connections } from './connections';
import { type DatabaseSettings, limitsOf, openPool } from './data-source';
import { Transactions } from './transactions';

@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  private readonly logger = new Logger('Database');

  constructor(private readonly pool: pg.Pool) {}

  static connectedTo(settings: DatabaseSettings, connections = new Connections(limitsOf(settings))): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        Transactions,
        { provide: Connections, useValue: connections },
        { provide: pg.Pool, useFactory: () => openPool(settings, connections) },
      ],
      exports: [Transactions, Connections],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    try {
      await this.pool.end();
    } catch (error) {
      this.logger.error(`the connections could not be closed: ${String(error)}`);
    }
  }
}
