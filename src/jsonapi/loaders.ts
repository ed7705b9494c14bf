/**
 * How related rows are found. The caller binds the loaders to one tenant. Each is called at most once per type and level
 * of an include path, with distinct ids.
 */
export interface Loaders {
  /** Resource type -> the rows of these ids; unknown ids are left out. */
  readonly byId?: Readonly<Record<string, (ids: readonly string[]) => Promise<readonly unknown[]>>>;
  /** `type.relationship` -> parent id -> its related rows, for relationships that the parent's row does not know. */
  readonly children?: Readonly<
    Record<string, (parentIds: readonly string[]) => Promise<ReadonlyMap<string, readonly unknown[]>>>
  >;
}

/** A missing loader is a defect of the route, not of the request. */
export function loader<L>(loaders: Readonly<Record<string, L>> | undefined, key: string): L {
  const found = loaders?.[key];
  if (found === undefined) throw new Error(`there is no loader for ${key}`);
  return found;
}
