import type { InputFault } from '../common/errors';
import type { FilterInput, Filters, FilterValues } from './filters';
import { type Parameter, parameterFault } from './query-string';

/** `filter[name]=a`, repeated, with `[]` at the end, or `filter[name][key]`; values of one spelling or several are one list, and so are values between commas where none can be inside. */
export function readFilters<F extends Filters>(
  filters: F,
  parameters: readonly Parameter[],
): { readonly value: FilterValues<F>; readonly faults: readonly InputFault[] } {
  const inputs = new Map<string, Map<string, string[]>>();
  const faults: InputFault[] = [];
  const spelled = new Map<string, string>();
  for (const { name, keys, value } of parameters) {
    const [filter = '', key = ''] = keys.at(-1) === '' ? keys.slice(0, -1) : keys;
    const known = Object.hasOwn(filters, filter) ? filters[filter] : undefined;
    if (known === undefined || keys.length > 3 || keys.slice(0, -1).includes('') || !known.keys.includes(key)) {
      faults.push(parameterFault(name, 'is not a filter of this collection', { code: 'parameter_unknown' }));
      continue;
    }
    const input = inputs.get(filter) ?? new Map<string, string[]>();
    inputs.set(
      filter,
      input.set(key, [...(input.get(key) ?? []), ...(value === '' ? [] : known.splits ? value.split(',') : [value])]),
    );
    spelled.set(`${filter}.${key}`, name);
  }
  const value: Record<string, unknown> = {};
  for (const [name, input] of inputs) {
    const outcome = (filters[name] as Filters[string]).read(input as FilterInput);
    if ('value' in outcome) value[name] = outcome.value;
    else
      faults.push(
        parameterFault(spelled.get(`${name}.${outcome.fault.key}`) ?? `filter[${name}]`, outcome.fault.message),
      );
  }
  return { value: value as FilterValues<F>, faults };
}
