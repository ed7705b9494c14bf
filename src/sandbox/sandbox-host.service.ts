import { Injectable, Logger } from '@nestjs/common';
import http from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import { Trouble } from '../common/trouble';
import { causeOf } from '../database/database-errors';
import { patiently } from '../database/patience';
import type { ClockLimits } from './clock/clock-limits';
import { faultRoutes } from './fault-routes';
import { registerHorizon } from './horizon/register-horizon';
import { SandboxNetwork } from './sandbox-network';
import { SANDBOX_PREFIX } from './sandbox-url';
import { LostLeadership } from './sandbox-store';
import { SandboxRepository } from './sandbox.repository';

const LEASE_SECONDS = 10;
const RENEW_MS = 2_000;
/** A submission waits 30 s for its ledger, a move of the clock up to 90 s; a stream says something more often than this. */
const PASS_ON_MS = 110_000;

export abstract class SandboxSettings {
  abstract readonly passphrase: string;
  abstract readonly ledgerMs: number;
  /** Origin in the links of answers. */
  abstract readonly publicUrl: string;
  /** Streams of one address at a time. */
  abstract readonly streamsPerAddress: number;
  /** Faults can be armed over HTTP. */
  abstract readonly faults: boolean;
  /** The clock can be moved over HTTP: how far one request goes at most; null where it cannot. */
  abstract readonly clock: ClockLimits | null;
}

/**
 * Runs the embedded network in exactly one process of a deployment. The one that holds the lease closes ledgers;
 * the others pass requests on to it and take over when it is gone. A process that lost the lease without knowing
 * cannot write: the store refuses a ledger that exists.
 */
@Injectable()
export class SandboxHostService {
  readonly network: SandboxNetwork;
  private readonly logger = new Logger('Sandbox');
  private readonly owner: string;
  private readonly stopping = new AbortController();
  private readonly renewing = new Trouble();
  private readonly storing = new Trouble();
  private ownUrl = '';
  private hostUrl: string | undefined;
  private running: Promise<void> | undefined;
  private loop: Promise<void> | undefined;
  private closing: AbortController | undefined;

  constructor(
    private readonly repository: SandboxRepository,
    private readonly settings: SandboxSettings,
    private readonly clock: Clock,
    ids: Ids,
  ) {
    this.owner = ids.row();
    this.network = new SandboxNetwork({
      passphrase: settings.passphrase,
      store: repository,
      clock,
      ledgerMs: settings.ledgerMs,
    });
  }

  /** True while this process closes the ledgers. */
  get isOpen(): boolean {
    return this.running !== undefined && !this.stopping.signal.aborted;
  }

  /**
   * Mounts the Horizon surface; before `start` it answers as a Horizon that is still ingesting. `subjectOf` returns what a limit
   * counts an address as. `more` mounts what else only the process that closes the ledgers can answer.
   */
  async register(
    fastify: FastifyInstance,
    subjectOf: (address: string) => string,
    more?: (scope: FastifyInstance) => void,
  ): Promise<void> {
    const streams = {
      perCaller: this.settings.streamsPerAddress,
      callerOf: (request: FastifyRequest) => subjectOf(request.ip),
    };
    await fastify.register(async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        if (this.running === undefined && this.hostUrl !== undefined) return this.passOn(this.hostUrl, request, reply);
        // Wallets take the ledger's time from here for the time limits of what they sign.
        if (this.settings.clock !== null) void reply.header('date', this.clock.now().toUTCString());
        return undefined;
      });
      await registerHorizon(scope, this.network, { prefix: SANDBOX_PREFIX, baseUrl: this.settings.publicUrl, streams });
      if (this.settings.faults) faultRoutes(scope, this.network.faults);
      more?.(scope);
    });
  }

  /** Resolves when requests are answered: by this process, or by the host that was found. `ownUrl` is where others reach us. */
  async start(ownUrl: string): Promise<void> {
    this.ownUrl = ownUrl;
    await patiently(() => this.claim());
    this.loop = patiently(() => this.keepClaiming());
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    this.closing?.abort();
    await this.running;
    await this.repository.releaseHost(this.owner);
  }

  private async keepClaiming(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.clock.sleep(RENEW_MS, this.stopping.signal);
      if (this.stopping.signal.aborted) return;
      await this.claim().then(
        () => this.renewing.worked(),
        (error: unknown) => {
          const { message } = causeOf(error);
          if (this.renewing.failed(message))
            this.logger.warn({ msg: 'the sandbox lease could not be renewed', error: message });
        },
      );
    }
  }

  private async claim(): Promise<void> {
    const holder = await this.repository.claimHost(this.owner, this.ownUrl, LEASE_SECONDS);
    const mine = holder.owner === this.owner;
    this.hostUrl = mine ? undefined : holder.url;
    if (mine && this.running === undefined) await this.open();
    if (!mine && this.running !== undefined) this.closing?.abort();
  }

  private async open(): Promise<void> {
    await this.network.load();
    const closing = new AbortController();
    this.closing = closing;
    this.logger.log({ msg: 'sandbox network is open', ledger: this.network.engine.header.sequence });
    this.running = this.closeLedgers(closing.signal).finally(() => {
      this.running = undefined;
    });
  }

  /** A database that is away for a while only delays the next ledger; a lost leadership ends this process's turn. */
  private async closeLedgers(signal: AbortSignal): Promise<void> {
    for (let stored = this.network.engine.header.sequence; !signal.aborted;) {
      try {
        await this.network.run(this.clock, signal);
      } catch (error) {
        const { message } = causeOf(error);
        const warn = (): void => this.logger.warn({ msg: 'a sandbox ledger could not be stored', error: message });
        // What this process had of the network is another's now, and there is nothing left here to look at.
        if (error instanceof LostLeadership) return warn();
        const { sequence } = this.network.engine.header;
        if (sequence > stored) this.storing.worked();
        stored = sequence;
        if (this.storing.failed(message)) warn();
        await this.clock.sleep(1_000, signal);
      }
    }
  }

  private passOn(hostUrl: string, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    reply.hijack();
    const { raw } = reply;
    const upstream = http.request(
      new URL(request.raw.url ?? '/', hostUrl),
      { method: request.method, headers: { ...request.headers, host: new URL(hostUrl).host } },
      (answer) => {
        raw.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(raw);
      },
    );
    upstream.setTimeout(PASS_ON_MS, () => upstream.destroy());
    upstream.on('error', () => {
      if (!raw.headersSent) raw.writeHead(503, { 'content-type': 'application/problem+json' });
      raw.end();
    });
    raw.on('close', () => upstream.destroy());
    request.raw.pipe(upstream);
    return reply;
  }
}
