import { Transform } from 'class-transformer';
import type * as ClassValidator from 'class-validator';
import { NumberText, wholeNumber } from '../common/number-text';

export type { ValidationError, ValidationOptions } from 'class-validator';

/**
 * The part of class-validator that is used here, each piece from its own file. The package's index loads all of its
 * rules, among them the telephone numbers and tax ids of the world: 300 modules at every start for the few below.
 */
const load = (file: string): typeof ClassValidator => require(`class-validator/cjs/${file}`) as typeof ClassValidator;

export const { ArrayMaxSize } = load('decorator/array/ArrayMaxSize');
export const { ArrayMinSize } = load('decorator/array/ArrayMinSize');
export const { ArrayNotEmpty } = load('decorator/array/ArrayNotEmpty');
export const { ArrayUnique } = load('decorator/array/ArrayUnique');
export const { Allow } = load('decorator/common/Allow');
export const { Equals } = load('decorator/common/Equals');
export const { IsIn } = load('decorator/common/IsIn');
export const { IsOptional } = load('decorator/common/IsOptional');
export const { ValidateIf } = load('decorator/common/ValidateIf');
export const { ValidateNested } = load('decorator/common/ValidateNested');
export const { Max } = load('decorator/number/Max');
export const { Min } = load('decorator/number/Min');
export const { isEmail } = load('decorator/string/IsEmail');
export const { Length } = load('decorator/string/Length');
export const { Matches } = load('decorator/string/Matches');
export const { MaxLength } = load('decorator/string/MaxLength');
export const { IsArray } = load('decorator/typechecker/IsArray');
export const { IsBoolean } = load('decorator/typechecker/IsBoolean');
const { IsInt: isInt } = load('decorator/typechecker/IsInt');
export const { IsObject } = load('decorator/typechecker/IsObject');
export const { IsString } = load('decorator/typechecker/IsString');
export const { getMetadataStorage } = load('metadata/MetadataStorage');
export const { registerDecorator } = load('register-decorator');

/** A JSON number without a fraction, however it is spelled: programs that know doubles alone write `100.0`, and `1e2` is the same number. */
export function IsInt(): PropertyDecorator {
  return (target, property) => {
    isInt()(target, property);
    Transform(({ value }: { readonly value: unknown }) =>
      value instanceof NumberText ? (wholeNumber(value.text) ?? value) : value,
    )(target, property);
  };
}

const { Validator } = load('validation/Validator');
const validator = new Validator();

/** All faults of an object by the decorators of its class. */
export function validateSync(
  value: object,
  options: ClassValidator.ValidatorOptions,
): ClassValidator.ValidationError[] {
  return validator.validateSync(value, options);
}
