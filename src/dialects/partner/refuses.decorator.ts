import { type CustomDecorator, SetMetadata } from '@nestjs/common';
import type { ErrorCode } from '../../common/errors';

/** Key of the metadata. */
export const REFUSES = 'partner:refuses';

/** Error codes of this handler, beside those of every request of its kind. The OpenAPI document lists them. */
export const Refuses = (...codes: readonly ErrorCode[]): CustomDecorator => SetMetadata(REFUSES, codes);
