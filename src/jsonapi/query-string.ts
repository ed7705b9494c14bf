import type { InputFault } from '../common/errors';

/** One parameter; `filter[a][]` has the base `filter` and the keys `['a', '']`. */
export interface Parameter {
  readonly name: string;
  readonly base: string;
  readonly keys: readonly string[];
  readonly value: string;
}

const MAX_PARAMETERS = 100;
/** JSON:API 1.1, "Member Names", in the subset used here: the first and last character is a letter, digit or beyond ASCII. */
const MEMBER_NAME = /^[a-zA-Z0-9\u0080-\uffff]([a-zA-Z0-9\u0080-\uffff_ -]*[a-zA-Z0-9\u0080-\uffff])?$/;
const FAMILY = /^([^[\]]+)((?:\[[^[\]]*\])*)$/;

/** A fault of one query parameter. */
export function parameterFault(
  parameter: string,
  message: string,
  more: Omit<InputFault, 'path' | 'message'> = {},
): InputFault {
  return { path: parameter, message, parameter, code: 'parameter_invalid', ...more };
}

/** The query as the client spelled it, decoded (`+` is a space) and kept flat, in order. */
export function queryPairs(url: string): readonly (readonly [string, string])[] {
  const at = url.indexOf('?');
  return at === -1 ? [] : [...new URLSearchParams(url.slice(at + 1))];
}

/** Sound parameters, and a fault for each of the others (JSON:API 1.1, "Query Parameter Families"). */
export function readParameters(url: string): {
  readonly parameters: readonly Parameter[];
  readonly faults: readonly InputFault[];
} {
  const pairs = queryPairs(url);
  if (pairs.length > MAX_PARAMETERS)
    return {
      parameters: [],
      faults: [parameterFault(pairs[MAX_PARAMETERS]?.[0] ?? '', `is one of more than ${MAX_PARAMETERS} parameters`)],
    };
  const parameters: Parameter[] = [];
  const faults: InputFault[] = [];
  const seen = new Set<string>();
  for (const [name, value] of pairs) {
    const parameter = readParameter(name, value);
    if (parameter === undefined) faults.push(parameterFault(name, 'is not a legal parameter name'));
    else if (value.includes('\0') || value.length > 2000)
      faults.push(parameterFault(name, 'has a value that cannot be read'));
    // Only filters may be repeated: clients spell lists that way.
    else if (seen.has(name) && parameter.base !== 'filter') faults.push(parameterFault(name, 'must not be repeated'));
    else parameters.push(parameter);
    seen.add(name);
  }
  return { parameters, faults };
}

function readParameter(name: string, value: string): Parameter | undefined {
  const match = FAMILY.exec(name);
  const base = match?.[1] ?? '';
  if (match === null || !MEMBER_NAME.test(base)) return undefined;
  const keys = [...(match[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map(([, key]) => key ?? '');
  return keys.every((key) => key === '' || MEMBER_NAME.test(key)) ? { name, base, keys, value } : undefined;
}
