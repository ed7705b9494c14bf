import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { DomainError, type InputFault } from '../common/errors';
import { assertMembers, type DtoClass, readNew, readQuery, validationFailed } from './sent-body';

/** Body or query -> dto class. All faults come back at once. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (
      metatype === undefined ||
      type === 'custom' ||
      type === 'param' ||
      [String, Number, Boolean, Object, Array].includes(metatype as StringConstructor)
    )
      return value;
    if (type === 'body' && value === undefined) return withoutBody(metatype as DtoClass<object>);
    assertMembers(value, type === 'body' ? 'the body' : 'the query');
    const { dto, faults } = (type === 'query' ? readQuery : readNew)(metatype as DtoClass<object>, value);
    const found = type === 'query' ? [...unstorable(value), ...faults] : faults;
    if (found.length > 0) throw validationFailed(found);
    return dto;
  }
}

/** No text of ours has U+0000, and PostgreSQL does not even compare with it. Bodies with it are refused where they are parsed. */
function unstorable(query: Readonly<Record<string, unknown>>): InputFault[] {
  return Object.entries(query)
    .filter(([, value]) => typeof value === 'string' && value.includes('\0'))
    .map(([path]) => ({ path, message: 'must not contain the character U+0000' }));
}

/** As if `{}` had been sent; where that is not enough, the body itself is what is missing. */
function withoutBody(dtoClass: DtoClass<object>): object {
  const { dto, faults } = readNew(dtoClass, {});
  if (faults.length === 0) return dto;
  throw new DomainError('validation_failed', {
    detail: 'The request has no body: send a JSON object as application/json',
  });
}
