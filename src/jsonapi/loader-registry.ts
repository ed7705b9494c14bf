import type { Loaders } from './loaders';

/** Whose rows may be loaded: one tenant's, on one network or (null) on all. A Principal is one. */
export interface Reader {
  readonly merchantId: string;
  readonly network: string | null;
}

type LoadById = (reader: Reader, ids: readonly string[]) => Promise<readonly unknown[]>;
type LoadChildren = (reader: Reader, parentIds: readonly string[]) => Promise<ReadonlyMap<string, readonly unknown[]>>;

/**
 * Where each noun says how its rows are loaded for others, so that an include path may cross nouns that must not
 * import each other. Filled while the application is put together.
 */
export class LoaderRegistry {
  private readonly byId = new Map<string, LoadById>();
  private readonly children = new Map<string, LoadChildren>();

  /** Rows of a resource type. Ids are distinct and may be unknown or somebody else's: such are left out. */
  addById(type: string, load: LoadById): void {
    if (this.byId.has(type)) throw new Error(`rows of ${type} have a loader already`);
    this.byId.set(type, load);
  }

  /** `type.relationship`, for relationships that the parent's row does not know. */
  addChildren(key: string, load: LoadChildren): void {
    if (this.children.has(key)) throw new Error(`${key} has a loader already`);
    this.children.set(key, load);
  }

  /** Everything that this reader may be shown. */
  of(reader: Reader): Loaders {
    return {
      byId: Object.fromEntries([...this.byId].map(([type, load]) => [type, (ids: readonly string[]) => load(reader, ids)])),
      children: Object.fromEntries([...this.children].map(([key, load]) => [key, (ids: readonly string[]) => load(reader, ids)])),
    };
  }
}
