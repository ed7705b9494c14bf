import { applyDecorators } from '@nestjs/common';
import { isoInstant, isoInstantOrNull } from '../../../common/clock';
import { Omittable } from '../../../http/omittable.decorator';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
} from '../../../http/validators';
import { IsVisible } from '../../../http/visible.decorator';
import { MERCHANT_EVENTS, namesOf } from '../../../webhooks/event-vocabulary';
import type { DeliveryStatistics } from '../../../webhooks/webhook-deliveries.service';
import type { WebhookEndpoint } from '../../../webhooks/webhook-endpoint';
import { IsSkip, IsTake } from '../list-query';
import { ChangedNamesOfShops, NamesOfShops } from '../member-names';

const MAX_TAKE = 100;
/** One of the shop's own, or one that was made here. */
const SECRET = /^(?:[A-Za-z0-9_-]{32,128}|whsec_[A-Za-z0-9+/]{43}=)$/;

const IsName = (): PropertyDecorator => applyDecorators(IsVisible(), Length(3, 100), IsString());
const IsSecret = (): PropertyDecorator =>
  applyDecorators(
    Matches(SECRET, {
      message: 'value must be 32 to 128 letters, digits, - and _, or one that was made here (whsec_...)',
    }),
    Omittable(),
  );
const IsNotEncrypted = (): PropertyDecorator =>
  IsIn([false], { message: 'value must be false: payloads cannot be encrypted yet, beyond the TLS of their way' });
const AreEvents = (): PropertyDecorator =>
  applyDecorators(
    IsIn(MERCHANT_EVENTS, { each: true, message: `value must be some of ${MERCHANT_EVENTS.join(', ')}` }),
    ArrayMaxSize(100),
    ArrayNotEmpty(),
    IsArray(),
    IsOptional(),
  );

const MEANT = { active: 'isActive', isEncrypted: 'encrypted', secret: 'signing_secret', eventTypes: 'events' };

@NamesOfShops(MEANT)
export class CreateWebhookDto {
  @IsName() name: string;
  @IsString() @MaxLength(2048) url: string;
  @IsBoolean() isActive: boolean;
  @IsNotEncrypted() encrypted: boolean;
  /** One is made, and shown once, where none is given. */
  @IsSecret() signing_secret?: string;
  /** Absent for every event. */
  @AreEvents() events?: string[] | null;
}

@ChangedNamesOfShops(MEANT)
export class UpdateWebhookDto {
  @Omittable() @IsName() name?: string;
  @Omittable() @IsString() @MaxLength(2048) url?: string;
  @Omittable() @IsBoolean() isActive?: boolean;
  @Omittable() @IsNotEncrypted() encrypted?: boolean;
  @IsSecret() signing_secret?: string;
  @AreEvents() events?: string[] | null;
}

export class ListWebhooksQuery {
  @IsSkip() skip?: string;
  @IsTake(MAX_TAKE) take?: string;
}

/** An endpoint of another API that has no description is called by its host. */
export function webhookView({ id, description, url, status, eventTypes, createdAt, updatedAt }: WebhookEndpoint): {
  readonly [member: string]: unknown;
} {
  return {
    id,
    name: description ?? new URL(url).hostname,
    url,
    isActive: status === 'enabled',
    encrypted: false,
    events: eventTypes === null ? null : namesOf(eventTypes),
    created_at: isoInstant(createdAt),
    updated_at: isoInstant(updatedAt),
  };
}

/** Of the deliveries that are remembered. */
export function statisticsView(statistics: DeliveryStatistics | undefined): Record<string, unknown> {
  const { total = 0, delivered = 0, failed = 0, lastAt = null } = statistics ?? {};
  return {
    total_events: total,
    successful_deliveries: delivered,
    failed_deliveries: failed,
    last_delivery: isoInstantOrNull(lastAt),
  };
}
