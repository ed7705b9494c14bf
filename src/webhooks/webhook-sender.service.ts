import type { KeyObject } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Randomness } from '../common/secrets';
import { Telemetry } from '../common/telemetry';
import { type OutgoingAnswer, OutgoingFailure, OutgoingHttp } from '../outgoing/outgoing-http';
import { judgeAttempt } from './attempt-verdict';
import type { DeliveryOutcome } from './delivery-outcomes.repository';
import type { ClaimedDelivery } from './delivery-queue.repository';
import type { AttemptFailure } from './webhook-delivery';
import { envelopeBody, messageId } from './webhook-envelope';
import { WebhookSecretsService } from './webhook-secrets.service';
import { WebhookSettings } from './webhook-settings';
import { signatureHeader } from './webhook-signature';

const USER_AGENT = 'Lumentill-Webhooks/1';
const MAX_EXCERPT = 1024;

/** One attempt: sign, send, judge. Knows no database. */
@Injectable()
export class WebhookSenderService {
  private readonly logger = new Logger('Webhooks');

  constructor(
    private readonly outgoing: OutgoingHttp,
    private readonly secrets: WebhookSecretsService,
    private readonly settings: WebhookSettings,
    private readonly clock: Clock,
    private readonly randomness: Randomness,
    private readonly telemetry: Telemetry,
  ) {}

  /** `stopped` when `close` ended it: then it was no attempt. */
  async attempt(delivery: ClaimedDelivery): Promise<DeliveryOutcome | 'stopped'> {
    const startedAt = this.clock.now();
    const startedMs = this.clock.monotonicMs();
    const result = await this.post(delivery, startedAt).catch((error: unknown) => this.unsendable(delivery, error));
    if (result === 'stopped') return 'stopped';
    const answer = typeof result === 'string' ? undefined : result;
    const latencyMs = Math.round(this.clock.monotonicMs() - startedMs);
    const { merchantId, endpointId, id, attempt, attemptsBefore } = delivery;
    const verdict = judgeAttempt(
      result,
      attempt - attemptsBefore,
      this.clock.now(),
      () => this.randomness.bytes(4).readUInt32BE() / 2 ** 32,
      this.settings,
    );
    this.telemetry.webhookAttempted(verdict.failure ?? 'delivered', latencyMs / 1000);
    return {
      ...verdict,
      merchantId,
      endpointId,
      deliveryId: id,
      attempt,
      startedAt,
      latencyMs,
      prompt: answer !== undefined && latencyMs <= this.settings.promptMs,
      statusCode: answer?.status ?? null,
      excerpt: answer === undefined ? null : readable(answer.excerpt),
    };
  }

  close(): void {
    this.outgoing.close();
  }

  private async post(delivery: ClaimedDelivery, at: Date): Promise<OutgoingAnswer | AttemptFailure | 'stopped'> {
    const { eventId, id, url, version, lane, vocabulary } = delivery;
    const { deadlineMs, unprovenDeadlineMs } = this.settings;
    const body = envelopeBody({ ...delivery, id: eventId }, Number(version), vocabulary);
    // Receivers compare the time of signing with their own clock, which nobody has moved.
    const [webhookId, timestamp] = [messageId(id), Math.floor(this.clock.real().getTime() / 1000)];
    const headers = {
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'webhook-id': webhookId,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signatureHeader(this.secretsOf(delivery, at), webhookId, timestamp, body),
    };
    try {
      return await this.outgoing.post({
        url,
        headers,
        body,
        deadlineMs: lane === 'unproven' ? Math.min(unprovenDeadlineMs, deadlineMs) : deadlineMs,
      });
    } catch (error) {
      if (error instanceof OutgoingFailure) return error.kind;
      throw error;
    }
  }

  /** A defect or a missing key is ours and not the receiver's. The schedule holds for it too: no tight loop. */
  private unsendable({ merchantId, id }: ClaimedDelivery, error: unknown): AttemptFailure {
    this.logger.error({
      msg: 'a webhook could not be sent',
      merchantId,
      delivery: id,
      error: error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : String(error),
    });
    return 'unsendable';
  }

  /** The present secret, and until the end of the overlap the one before. */
  private secretsOf(
    { endpointId, secret, previousSecret, previousSecretUntil }: ClaimedDelivery,
    at: Date,
  ): KeyObject[] {
    const overlap = previousSecret !== null && previousSecretUntil !== null && previousSecretUntil > at;
    return [secret, ...(overlap ? [previousSecret] : [])].map((sealed) => this.secrets.open(sealed, endpointId));
  }
}

/** As text that the database takes: no U+0000, no broken characters. */
function readable(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll('\0', '\u{fffd}').slice(0, MAX_EXCERPT).toWellFormed();
}
