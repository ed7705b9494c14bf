import { parseInstant } from '../common/clock';

/** The values of one filter by sub-key; the plain form `filter[name]` has the key `''`. */
export type FilterInput = ReadonlyMap<string, readonly string[]>;

export interface FilterFault {
  readonly key: string;
  readonly message: string;
}

export type FilterOutcome<T> = { readonly value: T } | { readonly fault: FilterFault };

/** One allowed filter: which sub-keys it has and what it makes of their values. */
export interface Filter<T> {
  readonly keys: readonly string[];
  /** A comma separates values; not so where a value may hold one. Repeating the parameter always means any of them. */
  readonly splits: boolean;
  read(input: FilterInput): FilterOutcome<T>;
}

export type Filters = Readonly<Record<string, Filter<unknown>>>;

/** What a parsed query holds: absent filters are absent members. */
export type FilterValues<F extends Filters> = {
  readonly [Name in keyof F]?: F[Name] extends Filter<infer T> ? T : never;
};

const MAX_VALUES = 50;

/** Any of the texts given, compared as they are, or as `spelled` makes of them what was stored. Commas belong to the text. */
export function textFilter(
  maxLength = 200,
  spelled: (text: string) => string = (text) => text,
): Filter<readonly string[]> {
  return {
    ...listFilter(
      (text) => (text.length <= maxLength ? spelled(text) : undefined),
      `must be at most ${maxLength} characters long`,
    ),
    splits: false,
  };
}

/** Any of these codes, ids or hashes, none of which has a comma. */
export function codeFilter(maxLength = 200): Filter<readonly string[]> {
  return listFilter(
    (text) => (text.length <= maxLength ? text : undefined),
    `must be at most ${maxLength} characters long`,
  );
}

/** Any of a closed set of values. */
export function choiceFilter<T extends string>(choices: readonly T[]): Filter<readonly T[]> {
  return listFilter((text) => choices.find((choice) => choice === text), `must be one of ${choices.join(', ')}`);
}

export interface InstantRange {
  /** Inclusive. */
  readonly from?: Date;
  /** Exclusive. */
  readonly to?: Date;
}

/** `filter[name][from]` and `filter[name][to]`, RFC 3339. */
export function instantRangeFilter(): Filter<InstantRange> {
  return {
    keys: ['from', 'to'],
    splits: false,
    read: (input) => {
      const range: { from?: Date; to?: Date } = {};
      for (const key of ['from', 'to'] as const) {
        const values = input.get(key);
        if (values === undefined) continue;
        const instant = values.length === 1 ? parseInstant(values[0] as string) : undefined;
        if (instant === undefined)
          return { fault: { key, message: 'must be one RFC 3339 instant such as 2026-06-01T23:00:00.000Z' } };
        range[key] = instant;
      }
      return { value: range };
    },
  };
}

/** A list of values, joined by OR; each is parsed alone. */
export function listFilter<T>(parse: (text: string) => T | undefined, message: string): Filter<readonly T[]> {
  return {
    keys: [''],
    splits: true,
    read: (input) => {
      const texts = input.get('') ?? [];
      if (texts.length === 0) return { fault: { key: '', message: 'must not be empty' } };
      if (texts.length > MAX_VALUES) return { fault: { key: '', message: `must have at most ${MAX_VALUES} values` } };
      const values = texts.map(parse);
      return values.includes(undefined) ? { fault: { key: '', message } } : { value: values as readonly T[] };
    },
  };
}
