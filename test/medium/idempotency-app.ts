import 'reflect-metadata';
import {
  type CanActivate,
  Controller,
  type DynamicModule,
  type ExecutionContext,
  Get,
  Global,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Patch,
  Post,
  Req,
  Res,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Client } from 'pg';
import { PARTNER_DIALECT } from '../../src/dialects/partner/partner.dialect';
import { WALLET_DIALECT } from '../../src/dialects/wallet/wallet.dialect';
import { type Dialect, Dialects } from '../../src/http/dialect';
import { WRITES_LIMITER } from '../../src/http/limiter-policy';
import { Clock } from '../../src/common/clock';
import { DomainError } from '../../src/common/errors';
import { Ids } from '../../src/common/ids';
import { SystemRandomness } from '../../src/common/secrets';
import { DatabaseModule } from '../../src/database/database.module';
import { Transactions } from '../../src/database/transactions';
import { AllowTable } from '../../src/http/allow-table';
import { ErrorFilter } from '../../src/http/error.filter';
import { parseJsonBody } from '../../src/http/json-body';
import { IdempotencyModule } from '../../src/idempotency/idempotency.module';
import { Idempotent } from '../../src/idempotency/idempotent.decorator';
import { FinishedAnswer } from '../../src/http/finished-answer';
import { JSON_API } from '../../src/jsonapi/media-type';
import { registerJsonApi } from '../../src/jsonapi/register';
import { ApiClient } from '../support/api-client';
import { begin } from '../support/hooks';
import { ManualClock } from '../support/manual-clock';
import { PATIENCE_MS } from '../support/patience';

export const M1 = '01900000-0000-7000-8000-000000000001';
export const M2 = '01900000-0000-7000-8000-000000000002';

/** What the test decides: who may, how the provider fares, and where work stops until it is let go. */
@Injectable()
export class World {
  readonly revoked = new Set<string>();
  limited = false;
  balance = 1_000_000;
  providerCalls = 0;
  executions = 0;
  provider: () => Promise<void> = () => Promise.resolve();
  gate: Promise<void> | undefined;

  /** Work stops after its effect until the returned function is called. */
  hold(): () => void {
    let open = (): void => undefined;
    this.gate = new Promise((resolve) => {
      open = () => {
        this.gate = undefined;
        resolve();
      };
    });
    return open;
  }
}

/** `Bearer merchant/network`, or nobody. */
@Injectable()
class Guard implements CanActivate {
  constructor(@Inject(World) private readonly world: World) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const token = request.headers.authorization?.replace('Bearer ', '');
    if (token === undefined && request.url.startsWith('/api/payments/')) return true;
    if (token === undefined || this.world.revoked.has(token)) throw new DomainError('authentication_required');
    if (token.startsWith('viewer')) throw new DomainError('missing_scope');
    if (this.world.limited) throw new DomainError('rate_limited', { retryAfterSeconds: 1 });
    const [merchantId = '', network = ''] = token.split('/');
    const principal = { kind: 'api_key', merchantId, wallet: null, network, scopes: new Set(), actor: token };
    Object.assign(request, { principal });
    return true;
  }
}

interface Row {
  readonly id: string;
  readonly amount: string;
}

@Injectable()
class Effects {
  constructor(
    @Inject(Transactions) private readonly transactions: Transactions,
    @Inject(Ids) private readonly ids: Ids,
    @Inject(World) private readonly world: World,
  ) {}

  /** The effect and its event in one transaction, as every service does it. */
  async add(request: FastifyRequest, amount: string): Promise<Row> {
    this.world.executions += 1;
    const { gate } = this.world;
    const row = { id: this.ids.row(), amount };
    await this.transactions.run(async () => {
      await this.transactions.affected('insert into effects (id, merchant_id, amount) values ($1, $2, $3)', [
        row.id,
        merchantOf(request),
        amount,
      ]);
      await this.transactions.affected('insert into effect_events (id, effect_id) values ($1, $2)', [
        this.ids.row(),
        row.id,
      ]);
    });
    await gate;
    if (Number(amount) > this.world.balance)
      throw new DomainError('payer_cannot_pay', { status: 422, detail: 'There is not enough money' });
    return row;
  }
}

@Controller('api/public/v1/payments')
class PartnerController {
  constructor(@Inject(Effects) private readonly effects: Effects) {}

  @Post()
  @Idempotent({ required: true })
  async create(@Req() request: FastifyRequest): Promise<FinishedAnswer> {
    const { amount } = (request.body as { data: { attributes: { amount?: string } } }).data.attributes;
    if (typeof amount !== 'string')
      throw new DomainError('attributes_invalid', {
        faults: [{ path: 'amount', message: 'must be a string', pointer: '/data/attributes/amount' }],
      });
    if (amount === '500') throw new Error('a defect');
    const row = await this.effects.add(request, amount);
    const headers = { location: `/api/public/v1/payments/${row.id}`, etag: `"${row.id}"`, 'x-other': 'first only' };
    return new FinishedAnswer(
      201,
      headers,
      JSON_API,
      Buffer.from(
        JSON.stringify({ data: { type: 'payments', id: row.id, attributes: { amount: row.amount, links: '<&>' } } }),
      ),
    );
  }

  @Get()
  @Idempotent({ required: true })
  list(): FinishedAnswer {
    return new FinishedAnswer(200, {}, JSON_API, Buffer.from('{"data":[]}'));
  }
}

@Controller('api/v0/links')
@Idempotent()
class MerchantController {
  constructor(@Inject(Effects) private readonly effects: Effects) {}

  @Post()
  @Idempotent()
  create(@Req() request: FastifyRequest): Promise<Row> {
    return this.effects.add(request, amountOf(request));
  }

  @Patch()
  change(@Req() request: FastifyRequest): Promise<Row> {
    return this.effects.add(request, amountOf(request));
  }

  @Post('nothing')
  @HttpCode(204)
  async nothing(@Req() request: FastifyRequest): Promise<void> {
    await this.effects.add(request, '0');
  }
}

@Controller('api')
class WalletController {
  constructor(
    @Inject(Effects) private readonly effects: Effects,
    @Inject(World) private readonly world: World,
  ) {}

  @Post('links')
  @Idempotent()
  create(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Row> {
    void reply.header('location', '/api/links/1');
    return this.effects.add(request, amountOf(request));
  }

  @Post('keys')
  @Idempotent({ secret: true })
  async key(@Req() request: FastifyRequest): Promise<Row & { secret: string }> {
    return { ...(await this.effects.add(request, '0')), secret: 'sk_test_abcdefghijklmnopqrstuvwxyz' };
  }

  @Post('careless-keys')
  @Idempotent({ secret: true })
  async careless(@Req() request: FastifyRequest): Promise<Row & { secret: string }> {
    return { ...(await this.effects.add(request, '0')), secret: 'hunter2' };
  }

  /** Calls a provider that is itself safe to repeat, then records once by natural uniqueness. */
  @Post('payments/submit')
  @Idempotent({ lease: true })
  async submit(@Req() request: FastifyRequest): Promise<Row> {
    this.world.providerCalls += 1;
    await this.world.provider();
    return this.effects.add(request, amountOf(request));
  }
}

function amountOf(request: FastifyRequest): string {
  const { amount } = request.body as { amount?: string };
  if (typeof amount !== 'string')
    throw new DomainError('validation_failed', { faults: [{ path: 'amount', message: 'must be a string' }] });
  return amount;
}

function merchantOf(request: FastifyRequest): string {
  return (request as { principal?: { merchantId: string } }).principal?.merchantId ?? M1;
}

/** One that tells a condition with a status of its own. */
const MERCHANT_DIALECT: Dialect = {
  name: 'merchant',
  prefix: '/api/v0',
  errors: {
    contentType: 'application/json; charset=utf-8',
    headers: {},
    render: (error) => JSON.stringify({ statusCode: error.status, message: error.message }),
  },
  statuses: { idempotency_key_reused: 409 },
  texts: {},
  challenge: 'Bearer',
  limiter: WRITES_LIMITER,
  keys: { byPath: false, keepDecisions: true },
  documents: false,
};
const DIALECTS = new Dialects([PARTNER_DIALECT, MERCHANT_DIALECT], WALLET_DIALECT);

@Global()
@Module({})
class MiniModule {
  static on(databaseUrl: string, clock: Clock, world: World, poolSize: number): DynamicModule {
    const ids = new Ids(clock, new SystemRandomness());
    const providers = [
      { provide: Clock, useValue: clock },
      { provide: Ids, useValue: ids },
      { provide: World, useValue: world },
      { provide: Dialects, useValue: DIALECTS },
    ];
    return {
      module: MiniModule,
      imports: [
        DatabaseModule.connectedTo({
          url: databaseUrl,
          poolSize,
          prepare: true,
          applicationName: 'mini',
          timeoutMs: PATIENCE_MS,
        }),
        IdempotencyModule,
      ],
      controllers: [PartnerController, MerchantController, WalletController],
      providers: [...providers, Effects],
      exports: [Clock, Ids, Dialects],
    };
  }
}

/** Three families around planted handlers, on real PostgreSQL. */
export class MiniApp {
  readonly stop = begin(() => this.app.close());

  private constructor(
    readonly app: NestFastifyApplication,
    readonly clock: ManualClock,
    readonly url: string,
    readonly world: World,
  ) {}

  static async start(
    databaseUrl: string,
    { clock = new ManualClock(), poolSize = 8 }: { clock?: ManualClock; poolSize?: number } = {},
  ): Promise<MiniApp> {
    const world = new World();
    const adapter = new FastifyAdapter();
    const app = await NestFactory.create<NestFastifyApplication>(
      MiniModule.on(databaseUrl, clock, world, poolSize),
      adapter,
      { bodyParser: false, logger: false, abortOnError: false },
    );
    const fastify = adapter.getInstance() as unknown as FastifyInstance;
    const allow = new AllowTable();
    allow.watch(fastify);
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, parseJsonBody(body as Buffer)),
    );
    registerJsonApi(fastify, { prefix: '/api/public/v1', parseJson: parseJsonBody });
    app.useGlobalFilters(new ErrorFilter(DIALECTS, allow));
    app.useGlobalGuards(new Guard(world));
    await app.init();
    await app.listen({ port: 0, host: '127.0.0.1' });
    return new MiniApp(app, clock, await app.getUrl(), world);
  }

  as(merchantId: string, network = 'sandbox'): ApiClient {
    return new ApiClient(this.url, { authorization: `Bearer ${merchantId}/${network}` });
  }
}

export async function createEffects(databaseUrl: string): Promise<void> {
  await onClient(
    databaseUrl,
    `
    create table effects (id uuid primary key, merchant_id uuid not null, amount text not null);
    create table effect_events (id uuid primary key, effect_id uuid not null);
  `,
  );
}

export async function onClient<R>(databaseUrl: string, text: string, values: readonly unknown[] = []): Promise<R[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await (values.length === 0 ? client.query(text) : client.query(text, [...values]))).rows as R[];
  } finally {
    await client.end();
  }
}
