import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Module } from 'node:module';
import path from 'node:path';

/** What `scripts/pack.mjs` wrote: the files that `require` would load, each with the pack that has it and its name there. */
export interface PackIndex {
  /** SHA-256 of the lock file that the packs were made by. */
  readonly lock: string;
  readonly files: Readonly<Record<string, readonly [pack: string, name: string]>>;
}

type Pack = Readonly<Record<string, () => unknown>>;

/**
 * Lets `require` find the packages of every start in the few files into which the build has packed them: a thousand files less to look for,
 * read and compile. Does nothing, and the start takes longer, where there are no packs (`nest build`, jest) or where other versions
 * are installed than were packed. Returns how many packages are taken from a pack.
 */
export function usePacks(root: string): number {
  const folder = path.join(root, 'dist/packages');
  const index = indexIn(folder);
  if (index?.lock !== lockOf(root)) return 0;
  const files = Object.entries(index?.files ?? {});
  for (const [file, [pack, name]] of files) {
    const place = path.join(root, file);
    require.cache[place] ??= packed(place, () => (require(path.join(folder, pack)) as Pack)[name]?.());
  }
  return files.length;
}

/** From now on packed packages name no function that they make (scripts/pack.mjs): what is made now is made for a request. */
export function endNaming(): void {
  Reflect.set(globalThis, Symbol.for('lumentill.started'), true);
}

/** A module that is loaded when one of its exports is first used. */
function packed(place: string, load: () => unknown): NodeJS.Module {
  const module = new Module(place);
  let loaded: { readonly exports: unknown } | undefined;
  Object.defineProperty(module, 'exports', { get: () => (loaded ??= { exports: load() }).exports, enumerable: true });
  return Object.assign(module, { filename: place, loaded: true });
}

function indexIn(folder: string): PackIndex | undefined {
  const text = textOf(path.join(folder, 'index.json'));
  return text === undefined ? undefined : (JSON.parse(text) as PackIndex);
}

function lockOf(root: string): string {
  return createHash('sha256')
    .update(textOf(path.join(root, 'package-lock.json')) ?? '')
    .digest('hex');
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

usePacks(path.resolve(__dirname, '../..'));
