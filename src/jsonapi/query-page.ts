import type { InputFault } from '../common/errors';
import { CURSOR_PROFILE } from './media-type';
import { type Parameter, parameterFault } from './query-string';
import type { PageRules } from './resource';

/** The parameters of the cursor pagination profile; cursors are still the client's text. */
export interface PageParameters {
  readonly size: number;
  readonly after: string | undefined;
  readonly before: string | undefined;
}

export function readPage(
  rules: PageRules,
  parameters: readonly Parameter[],
): { readonly value: PageParameters; readonly faults: readonly InputFault[] } {
  const faults: InputFault[] = [];
  let size = rules.defaultSize;
  const cursors: { after?: string; before?: string } = {};
  for (const { name, value } of parameters) {
    if (name === 'page[size]') {
      const fault = sizeFault(value, rules.maxSize);
      if (fault === undefined) size = Number(value);
      else faults.push(fault);
    } else if (name === 'page[after]') cursors.after = value;
    else if (name === 'page[before]') cursors.before = value;
    else faults.push(parameterFault(name, 'is not a known parameter', { code: 'parameter_unknown' }));
  }
  if (cursors.after !== undefined && cursors.before !== undefined) {
    const type = `${CURSOR_PROFILE}/range-pagination-not-supported`;
    faults.push(
      parameterFault('page[before]', 'cannot be combined with page[after]', {
        code: 'range_pagination_unsupported',
        type,
      }),
    );
  }
  return { value: { size, after: cursors.after, before: cursors.before }, faults };
}

/** A size over the limit is refused and not cut, so that a client notices (profile, "Max page size exceeded"). */
function sizeFault(text: string, maxSize: number): InputFault | undefined {
  if (!/^[0-9]+$/.test(text) || Number(text) === 0)
    return parameterFault('page[size]', 'must be a positive whole number');
  if (Number(text) <= maxSize) return undefined;
  const more = {
    code: 'page_size_exceeded',
    type: `${CURSOR_PROFILE}/max-size-exceeded`,
    meta: { page: { maxSize } },
  } as const;
  return parameterFault('page[size]', `must be at most ${maxSize}`, more);
}
