import { DomainError } from '../common/errors';
import type { IncludeTree } from './include-tree';
import type { Resource } from './resource';
import type { Resources } from './resources';

/** The caller, as far as it matters here: a Principal is one. Absent on a public route. */
export interface Reading {
  readonly principal?: { readonly scopes: ReadonlySet<string> };
}

/**
 * Included and related resources need the scope of their own collection: else a key for one collection would read
 * what is related to it. Throws `missing_scope`.
 */
export function assertReadable(types: Iterable<string>, resources: Resources, { principal }: Reading): void {
  if (principal === undefined) return;
  for (const type of types) {
    const { readScope } = resources.of(type);
    if (readScope !== undefined && !principal.scopes.has(readScope))
      throw new DomainError('missing_scope', {
        detail: `These credentials do not allow this: the scope ${readScope} is missing, which reading ${type} takes`,
      });
  }
}

/** Every type that a row of an include tree may have. */
export function includedTypes(tree: IncludeTree, roots: readonly Resource[], resources: Resources): Set<string> {
  const types = new Set<string>();
  for (const [name, beyond] of tree) {
    const targets = roots
      .flatMap(({ relationships }) => relationships.filter((each) => each.name === name))
      .flatMap((each) => resources.targetsOf(each));
    for (const { type } of targets) types.add(type);
    for (const type of includedTypes(beyond, targets, resources)) types.add(type);
  }
  return types;
}
