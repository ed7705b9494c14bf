import { Transform } from 'class-transformer';

/** White space around the text is not part of it: what is copied from a terminal or read from a file ends in a line break. */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { readonly value: unknown }) => (typeof value === 'string' ? value.trim() : value));
}
