import type { JsonSchema } from '../../src/http/json-schema';

type Members = Readonly<Record<string, unknown>>;
type Say = (at: string, message: string) => void;

const KNOWN = new Set([
  '$ref',
  'type',
  'const',
  'enum',
  'anyOf',
  'oneOf',
  'description',
  'format',
  'pattern',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'items',
  'minItems',
  'maxItems',
  'uniqueItems',
  'properties',
  'required',
  'additionalProperties',
  'propertyNames',
  'maxProperties',
  'x-conditional',
]);

/** Complaints about a value under the part of JSON Schema 2020-12 that our document uses; a keyword beyond it throws. */
export function schemaFaults(
  schema: JsonSchema,
  value: unknown,
  schemas: Readonly<Record<string, JsonSchema>>,
): string[] {
  const faults: string[] = [];
  check(schema, value, '', { schemas, say: (at, message) => void faults.push(`${at === '' ? '/' : at} ${message}`) });
  return faults;
}

interface Context {
  readonly schemas: Readonly<Record<string, JsonSchema>>;
  readonly say: Say;
}

function check(schema: JsonSchema, value: unknown, at: string, context: Context): void {
  for (const keyword of Object.keys(schema))
    if (!KNOWN.has(keyword)) throw new Error(`the schema at ${at} has the keyword ${keyword}`);
  const { say } = context;
  if (schema.$ref !== undefined) {
    const target = context.schemas[schema.$ref.replace('#/components/schemas/', '')];
    if (target === undefined) throw new Error(`there is no ${schema.$ref}`);
    check(target, value, at, context);
  }
  if (schema.oneOf !== undefined) checkOneOf(schema.oneOf, value, at, context);
  if (schema.anyOf !== undefined) checkAnyOf(schema.anyOf, value, at, context);
  if (schema.type !== undefined && ![schema.type].flat().some((type) => isOf(type, value)))
    say(at, `is ${JSON.stringify(value)?.slice(0, 80)} and not of the type ${[schema.type].flat().join(', ')}`);
  if (schema.const !== undefined && value !== schema.const) say(at, `is not ${String(schema.const)}`);
  if (schema.enum !== undefined && !schema.enum.includes(value as string))
    say(at, `is ${JSON.stringify(value)}, none of ${schema.enum.join(', ')}`);
  if (typeof value === 'string') checkText(schema, value, at, say);
  if (typeof value === 'number') checkNumber(schema, value, at, say);
  if (Array.isArray(value)) checkArray(schema, value, at, context);
  else if (typeof value === 'object' && value !== null) checkObject(schema, value as Members, at, context);
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

function checkOneOf(choices: readonly JsonSchema[], value: unknown, at: string, context: Context): void {
  const outcomes = choices.map((choice) => schemaFaults(choice, value, context.schemas));
  const fitting = outcomes.filter((faults) => faults.length === 0).length;
  if (fitting !== 1) context.say(at, `fits ${fitting} of the choices: ${outcomes.flat().join('; ')}`);
}

function checkAnyOf(choices: readonly JsonSchema[], value: unknown, at: string, context: Context): void {
  const outcomes = choices.map((choice) => schemaFaults(choice, value, context.schemas));
  if (outcomes.every((faults) => faults.length > 0))
    context.say(at, `fits none of the choices: ${outcomes.flat().join('; ')}`);
}

function checkText(schema: JsonSchema, value: string, at: string, say: Say): void {
  const { length } = Array.from(value);
  if (schema.minLength !== undefined && length < schema.minLength) say(at, 'is too short');
  if (schema.maxLength !== undefined && length > schema.maxLength)
    say(at, `has ${length} characters, more than ${schema.maxLength}`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value))
    say(at, `is ${value.slice(0, 80)}, which ${schema.pattern} does not match`);
  if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) say(at, 'is no instant');
  if (schema.format === 'uri' && !URL.canParse(value, 'http://base')) say(at, 'is no URI');
}

function checkNumber(schema: JsonSchema, value: number, at: string, say: Say): void {
  if (schema.minimum !== undefined && value < schema.minimum) say(at, `is less than ${schema.minimum}`);
  if (schema.maximum !== undefined && value > schema.maximum) say(at, `is more than ${schema.maximum}`);
}

function checkArray(schema: JsonSchema, value: readonly unknown[], at: string, context: Context): void {
  if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity))
    context.say(at, `has ${value.length} elements`);
  if (schema.uniqueItems === true && new Set(value.map((each) => JSON.stringify(each))).size < value.length)
    context.say(at, 'repeats an element');
  if (schema.items !== undefined)
    for (const [index, each] of value.entries()) check(schema.items, each, `${at}/${index}`, context);
}

function checkObject(schema: JsonSchema, value: Members, at: string, context: Context): void {
  for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) context.say(at, `lacks ${name}`);
  if (Object.keys(value).length > (schema.maxProperties ?? Infinity)) context.say(at, 'has too many members');
  for (const [name, member] of Object.entries(value)) {
    const known = schema.properties?.[name] ?? schema.additionalProperties;
    if (known !== undefined) check(known, member, `${at}/${name}`, context);
    if (schema.propertyNames !== undefined) check(schema.propertyNames, name, `${at}/${name}`, context);
  }
}
