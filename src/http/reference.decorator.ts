import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { referenceText } from '../common/reference-text';
import { IsVisible } from './visible.decorator';

/** A merchant's own reference, read in its one spelling: composed, without blanks around it, and not only of invisible characters. */
export function Reference(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? referenceText(value) : value)),
    IsVisible(),
  );
}
