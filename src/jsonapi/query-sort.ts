import type { InputFault } from '../common/errors';
import { CURSOR_PROFILE } from './media-type';
import { parameterFault } from './query-string';
import type { Resource } from './resource';
import type { Filters } from './filters';

export interface SortKey<S extends string> {
  readonly field: S | 'id';
  readonly descending: boolean;
}

/** `sort=-createdAt,amount`, always completed with `id`, so that the order is total. */
export function readSort<Row, F extends Filters, S extends string>(
  resource: Resource<Row, F, S>,
  text: string | undefined,
): { readonly value: readonly SortKey<S>[]; readonly faults: readonly InputFault[] } {
  const asked = text ?? resource.defaultSort;
  const keys: SortKey<S>[] = [];
  const faults: InputFault[] = [];
  for (const part of text === undefined && asked === '' ? [] : asked.split(',')) {
    const descending = part.startsWith('-');
    const name = descending ? part.slice(1) : part;
    const field = resource.sortNames.find((each) => each === name);
    if (field === undefined)
      faults.push(unsupported(`names "${part.slice(0, 100)}", by which this collection cannot be sorted`));
    else if (keys.some((key) => key.field === field)) faults.push(unsupported(`names ${field} twice`));
    else keys.push({ field, descending });
  }
  return { value: [...keys, { field: 'id', descending: keys.at(-1)?.descending ?? false }], faults };
}

function unsupported(message: string): InputFault {
  return parameterFault('sort', message, { code: 'sort_unsupported', type: `${CURSOR_PROFILE}/unsupported-sort` });
}
