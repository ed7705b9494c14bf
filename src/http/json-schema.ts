/** The part of JSON Schema 2020-12 that the document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: string | boolean;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly description?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly maxProperties?: number;
  readonly readOnly?: boolean;
  /** A member that not every resource of its type has. */
  readonly 'x-conditional'?: true;
}

const MAX_SAFE = Number.MAX_SAFE_INTEGER;
/** Longest decimal of the ledger: 12 digits, a point, 7 digits. */
const DECIMAL_LENGTH = 20;

export const text = (maxLength: number, more: JsonSchema = {}): JsonSchema => ({ type: 'string', maxLength, ...more });
export const choice = (values: readonly string[]): JsonSchema => ({ type: 'string', enum: values });
export const whole = (minimum = 0, maximum = MAX_SAFE): JsonSchema => ({ type: 'integer', minimum, maximum });
export const flag: JsonSchema = { type: 'boolean' };
export const list = (items: JsonSchema, maxItems: number): JsonSchema => ({ type: 'array', items, maxItems });
export const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/** All members, each of which is always there. */
export function record(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties) };
}

/** A closed list stays one of texts: generators of clients cannot make a type of a list that holds null. What must be one value is null beside it. */
export function nullable(schema: JsonSchema): JsonSchema {
  if (typeof schema.type !== 'string' || schema.enum !== undefined || schema.const !== undefined)
    return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [schema.type, 'null'] };
}

export const decimal: JsonSchema = text(DECIMAL_LENGTH, { pattern: String.raw`^(0|[1-9]\d{0,11})(\.\d{1,7})?$` });
/** A sum over time: as long as it must be. */
export const sum: JsonSchema = text(48, { pattern: String.raw`^(0|[1-9]\d*)(\.\d{1,7})?$` });
export const instant: JsonSchema = text(24, {
  format: 'date-time',
  pattern: String.raw`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$`,
});
export const day: JsonSchema = text(10, { format: 'date', pattern: String.raw`^\d{4}-\d{2}-\d{2}$` });
export const account: JsonSchema = text(56, { pattern: '^G[A-Z2-7]{55}$' });
export const muxedOrAccount: JsonSchema = text(69, { pattern: '^([GC][A-Z2-7]{55}|M[A-Z2-7]{68})$' });
export const hash: JsonSchema = text(64, { pattern: '^[0-9a-f]{64}$' });
export const currencyCode: JsonSchema = text(12, { pattern: '^[A-Za-z0-9]{1,12}$' });
export const url: JsonSchema = text(2048, { format: 'uri' });

/** A merchant's own notes on something. */
/** Texts by the keys of a link's questions. */
export const labels: JsonSchema = {
  type: 'object',
  additionalProperties: { type: 'string', maxLength: 20_000 },
  maxProperties: 20,
};
export const metadata: JsonSchema = {
  type: 'object',
  maxProperties: 50,
  propertyNames: text(40, { pattern: '^[a-zA-Z0-9]([a-zA-Z0-9_-]{0,38}[a-zA-Z0-9])?$' }),
  additionalProperties: text(500),
};
