import { ValidateIf } from './validators';

/** The member may be absent; null is checked like any other value, unlike under `@IsOptional()`. */
export function Omittable(): PropertyDecorator {
  return ValidateIf((_dto, value) => value !== undefined);
}
