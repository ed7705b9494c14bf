/** A JSON object whose members are still to be checked one by one. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Raised while reading a provider's JSON; says which member and what is wrong with it. */
export class JsonUnreadable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'JsonUnreadable';
  }
}

export function objectOf(value: unknown, name: string): JsonObject {
  if (!isObject(value)) throw new JsonUnreadable(`${name} is not an object`);
  return value;
}

export function arrayOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new JsonUnreadable(`${name} is not a list`);
  return value as readonly unknown[];
}

export function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new JsonUnreadable(`${name} is not a text`);
  return value;
}

/** A whole number from 0 to 2^53-1, as Horizon prints ledgers and counts. */
export function countOf(value: unknown, name: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0)
    throw new JsonUnreadable(`${name} is not a whole number`);
  return value;
}

/** A 64-bit number, which Horizon prints as a text. */
export function integerOf(value: unknown, name: string): bigint {
  if (typeof value !== 'string' || !/^(0|[1-9]\d{0,19})$/.test(value))
    throw new JsonUnreadable(`${name} is not an integer text`);
  return BigInt(value);
}
