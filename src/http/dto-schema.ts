import { plainToInstance } from 'class-transformer';
import { getMetadataStorage } from './validators';
import type { Offer } from './offer';
import { account, day, decimal, flag, type JsonSchema, metadata, nullable, text } from './json-schema';

type Dto = new () => object;
type Rule = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** By name of a validator; a dialect may mean something else by one than the others do. */
export type Meanings = Readonly<Record<string, (constraints: readonly unknown[]) => JsonSchema>>;

/** What one validator says about a value, from its constraints. An unknown one must be given its meaning here. */
const MEANINGS: Meanings = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => flag,
  isInt: () => ({ type: 'integer' }),
  isArray: () => ({ type: 'array' }),
  isObject: () => ({ type: 'object' }),
  isTimeZoneName: () => ({ type: 'string', maxLength: 64 }),
  isEmailAddress: () => ({ type: 'string', format: 'email', maxLength: 320 }),
  isVisible: () => ({}),
  isLength: ([min, max]) => ({ minLength: min as number, ...(max === undefined ? {} : { maxLength: max as number }) }),
  maxLength: ([max]) => ({ maxLength: max as number }),
  min: ([minimum]) => ({ minimum: minimum as number }),
  max: ([maximum]) => ({ maximum: maximum as number }),
  matches: ([pattern]) => ({ pattern: (pattern as RegExp).source }),
  isIn: ([values]) => ({ type: 'string', enum: values as string[] }),
  isPhoneNumber: () => text(20),
  areImageUrls: () => ({}),
  isSkip: () => ({ type: 'integer', minimum: 0, maximum: 999_999 }),
  isTake: ([max]) => ({ type: 'integer', minimum: 1, maximum: max as number }),
  equals: ([value]) => ({ type: typeof value, const: value as boolean }),
  arrayNotEmpty: () => ({ minItems: 1 }),
  arrayMaxSize: ([maxItems]) => ({ maxItems: maxItems as number }),
  arrayUnique: () => ({ uniqueItems: true }),
  isDecimal: () => decimal,
  isAmountText: () => decimal,
  isPercentage: () => text(8, { pattern: String.raw`^(100(\.0{1,4})?|(0|[1-9]\d?)(\.\d{1,4})?)$` }),
  isInstant: () => text(40, { format: 'date-time' }),
  isAccountAddress: () => account,
  isMetadata: () => metadata,
  isDay: () => day,
  isTexts: ([most, longest]) => ({
    type: 'object',
    maxProperties: Number(most),
    additionalProperties: text(Number(longest)),
  }),
};

/** Strings with a closed shape have a bound of their own; the pattern says it, and readers of bounds alone see it too. */
const BOUNDED_BY_PATTERN: Readonly<Record<string, number>> = { '^[A-Za-z0-9]{3,12}$': 12, '^[0-9a-f]{64}$': 64 };
const PATTERN_LENGTH = 20;

/**
 * The attributes that a request may carry, from the validators of its dto, so that the document states what is checked.
 * Members are required unless their absence is allowed. Null is absence in a new resource; in a change it empties a member,
 * where `@IsOptional()` says that it may be empty. Throws for a validator without a meaning.
 */
export function dtoSchema(dto: Dto, isNew = true, own: Meanings = {}): JsonSchema {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const names = [...new Set(rules.map(({ propertyName }) => propertyName))];
  const properties = names.map(
    (name) =>
      [
        name,
        propertySchema(
          dto,
          name,
          rules.filter(({ propertyName }) => propertyName === name),
          isNew,
          { ...MEANINGS, ...own },
        ),
      ] as const,
  );
  const required = names.filter(
    (name) => !rules.some((rule) => rule.propertyName === name && rule.type === 'conditionalValidation'),
  );
  return { type: 'object', properties: Object.fromEntries(properties), ...(required.length === 0 ? {} : { required }) };
}

function propertySchema(
  dto: Dto,
  name: string,
  rules: readonly Rule[],
  isNew: boolean,
  meanings: Meanings,
): JsonSchema {
  const meant = (each: boolean): JsonSchema =>
    rules
      .filter((rule) => rule.type === 'customValidation' && (rule.each === true) === each)
      .map((rule) => meaningOf(dto, rule, meanings))
      .reduce((all, one) => ({ ...all, ...one }), {});
  const nested = rules.find(({ type }) => type === 'nestedValidation');
  const own = meant(false);
  const items = nested === undefined ? meant(true) : dtoSchema(nestedClass(dto, name), true, meanings);
  const schema =
    own.type === 'array'
      ? { ...own, items: bounded(items) }
      : own.type === 'object' && nested !== undefined
        ? items
        : bounded(own);
  return rules.some((rule) => rule.type === 'conditionalValidation' && (isNew || rule.name === 'isOptional'))
    ? nullable(schema)
    : schema;
}

function meaningOf(dto: Dto, rule: Rule, meanings: Meanings): JsonSchema {
  const meaning = meanings[rule.name ?? ''];
  if (meaning === undefined)
    throw new Error(`${dto.name}.${rule.propertyName}: the validator ${rule.name} has no meaning in the document`);
  const offered = (rule.context as Offer | undefined)?.offered;
  return meaning(offered === undefined ? ((rule.constraints ?? []) as readonly unknown[]) : [offered]);
}

function bounded(schema: JsonSchema): JsonSchema {
  if (schema.type !== 'string' || schema.maxLength !== undefined || schema.pattern === undefined) return schema;
  return { ...schema, maxLength: BOUNDED_BY_PATTERN[schema.pattern] ?? PATTERN_LENGTH };
}

/** The class that `@Type` names is learnt by having one element made. */
function nestedClass(dto: Dto, name: string): Dto {
  const made = plainToInstance(dto, { [name]: [{}] }) as Record<string, readonly object[]>;
  return made[name]?.[0]?.constructor as Dto;
}
