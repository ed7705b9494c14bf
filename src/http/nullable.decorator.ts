import { ValidateIf } from 'class-validator';

/** Tells the member apart for who reads the validators: it must be there. */
export const NULLABLE = { nullable: true } as const;

/** The member must be there and may be null; any other value is checked. */
export function Nullable(): PropertyDecorator {
  return ValidateIf((_dto, value) => value !== null, { context: NULLABLE });
}
