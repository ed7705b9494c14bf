import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { ErrorCode } from '../../common/errors';

/** Key of the metadata. */
export const REFUSES = 'partner:refuses';

/** Conditions of its own that a handler refuses with, beside those of every request of its kind; the OpenAPI document tells them. */
export const Refuses = (...codes: readonly ErrorCode[]): CustomDecorator => SetMetadata(REFUSES, codes);
