import type { InputFault } from '../common/errors';
import { parameterFault } from './query-string';
import type { Resource } from './resource';
import type { Resources } from './resources';

/** Relationship names to load, each with what to load beyond it. */
export type IncludeTree = ReadonlyMap<string, IncludeTree>;

const MAX_DEPTH = 2;
const MAX_PATHS = 5;

/** `include=customer,refunds.customer`; an empty value asks for nothing. Faults name the path. */
export function parseInclude(
  text: string,
  roots: readonly Resource[],
  resources: Resources,
): { readonly tree: IncludeTree; readonly faults: readonly InputFault[] } {
  const paths = text === '' ? [] : text.split(',');
  const fault = (message: string): InputFault => parameterFault('include', message);
  if (new Set(paths).size > MAX_PATHS)
    return { tree: new Map(), faults: [fault(`may name at most ${MAX_PATHS} paths`)] };
  const tree: MutableTree = new Map();
  const faults: InputFault[] = [];
  for (const path of paths) {
    const names = path.split('.');
    if (names.length > MAX_DEPTH) faults.push(fault(`may be at most ${MAX_DEPTH} relationships deep`));
    else if (!exists(names, roots, resources))
      faults.push(fault(`names the path "${path.slice(0, 100)}", which cannot be included here`));
    else plant(tree, names);
  }
  return { tree, faults };
}

interface MutableTree extends Map<string, MutableTree> {}

function plant(tree: MutableTree, names: readonly string[]): void {
  let at = tree;
  for (const name of names) {
    const next: MutableTree = at.get(name) ?? new Map<string, MutableTree>();
    at.set(name, next);
    at = next;
  }
}

/** Of several target types one having the relationship is enough. */
function exists(names: readonly string[], from: readonly Resource[], resources: Resources): boolean {
  const [name, ...rest] = names;
  if (name === undefined) return true;
  const found = from.flatMap(({ relationships }) =>
    relationships.filter((each) => each.name === name && each.includable !== false),
  );
  return (
    found.length > 0 &&
    exists(
      rest,
      found.flatMap((each) => resources.targetsOf(each)),
      resources,
    )
  );
}
