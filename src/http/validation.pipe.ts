import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { constraintMessage } from '../common/constraint-message';
import { DomainError, type InputFault } from '../common/errors';

/** Members that only the service may decide: sending one is refused, so that nobody believes it was heard. */
const DECIDED_BY_SERVER = new Set([
  'id', 'publicId', 'merchantId', 'status', 'memo', 'number', 'invoiceNumber', 'paidAt', 'paid', 'received', 'amountReceived', 'paidAmount',
  'transactionHash', 'confirmedAt', 'destination', 'destinationAddress', 'createdAt', 'updatedAt', 'approvedBy', 'usedCount', 'issuer', 'assetIssuer',
]);

/**
 * Body or query -> dto class. All faults come back at once; unknown members are dropped, except those that look
 * like money or state, which are refused.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (metatype === undefined || type === 'custom' || type === 'param' || [String, Number, Boolean, Object, Array].includes(metatype as StringConstructor)) return value;
    if (type === 'body' && value === undefined) return this.withoutBody(metatype);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw validationFailed([{ path: '', message: type === 'body' ? 'the body must be a JSON object' : 'must be an object' }]);
    const instance = plainToInstance(metatype, value, { enableImplicitConversion: false }) as object;
    const refused = Object.keys(value).filter((member) => DECIDED_BY_SERVER.has(member));
    const errors = validateSync(instance, { whitelist: true, forbidUnknownValues: true, validationError: { target: false } });
    const unknown = refused.filter((member) => !(member in instance));
    const faults = [...unknown.map((path) => ({ path, message: 'is decided by the server and must not be sent' })), ...errors.flatMap((error) => flatten(error))];
    if (faults.length > 0) throw validationFailed(faults);
    return instance;
  }

  /** As if `{}` had been sent; where that is not enough, the body itself is what is missing. */
  private withoutBody(metatype: NonNullable<ArgumentMetadata['metatype']>): unknown {
    try {
      return this.transform({}, { metatype, type: 'body' });
    } catch (error) {
      throw new DomainError('validation_failed', { detail: 'The request has no body: send a JSON object as application/json', cause: error });
    }
  }
}

export function validationFailed(faults: readonly InputFault[]): DomainError {
  return new DomainError('validation_failed', { faults });
}

function flatten(error: ValidationError, prefix = ''): InputFault[] {
  const path = `${prefix}${error.property}`;
  const message = constraintMessage(error);
  const own = message === undefined ? [] : [{ path, message }];
  return [...own, ...(error.children ?? []).flatMap((child) => flatten(child, `${path}.`))];
}
