import { applyDecorators } from '@nestjs/common';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  MaxLength,
} from '../../../http/validators';
import { type Network, NETWORKS } from '../../../common/network';
import { Omittable } from '../../../http/omittable.decorator';
import { EVENT_TYPES, type EventType } from '../../../webhooks/event-types';
import { ENDPOINT_STATUSES, type EndpointStatus } from '../../../webhooks/webhook-endpoint';

const MAX_TYPES = 100;

const AreEventTypes = (): PropertyDecorator =>
  applyDecorators(
    IsIn(EVENT_TYPES, { each: true }),
    ArrayUnique(),
    ArrayMaxSize(MAX_TYPES),
    ArrayNotEmpty(),
    IsArray(),
    IsOptional(),
  );

export class CreateWebhookEndpointDto {
  @IsString() @Length(1, 2048) url: string;
  @IsOptional() @IsString() @MaxLength(200) description?: string | null;
  /** Absent or null for every type, also those that do not exist yet. */
  @AreEventTypes() eventTypes?: EventType[] | null;
  @Omittable() @IsIn(NETWORKS) network?: Network;
}

export class UpdateWebhookEndpointDto {
  @Omittable() @IsString() @Length(1, 2048) url?: string;
  @IsOptional() @IsString() @MaxLength(200) description?: string | null;
  @AreEventTypes() eventTypes?: EventType[] | null;
  @Omittable() @IsIn(ENDPOINT_STATUSES) status?: EndpointStatus;
}
