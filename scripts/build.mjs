// Compiles into dist, or does nothing when dist is newer than everything it is made from.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isPacked, pack } from './pack.mjs';
import { ROOT, runNode } from './project.mjs';

const TREES = ['src', 'migrations', 'bench'];
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const STAMP = path.join(ROOT, 'dist/.built.json');

/** TypeScript 7, five times as fast; the one called `typescript` is 6, whose interface the commands of NestJS are written for. */
export const TSC = path.join(ROOT, 'node_modules/typescript-7/bin/tsc');

/** Resolves to true when dist is up to date, to false when the compiler found errors (it has printed them). */
export async function build() {
  const sources = TREES.flatMap((tree) => filesIn(path.join(ROOT, tree))).filter(
    (file) => file.endsWith('.ts') || file.endsWith('.json'),
  );
  const last = readStamp();
  const names = sources.map((file) => path.relative(ROOT, file)).sort((a, b) => (a < b ? -1 : 1));
  const newest = Math.max(
    ...[...sources, ...SETTINGS.map((file) => path.join(ROOT, file))].map((file) => statSync(file).mtimeMs),
  );
  if (last !== undefined && newest < last.at && names.join() === last.names.join()) {
    if (!isPacked()) await pack();
    return true;
  }
  // The compiler never removes the output of a source that is gone, and a left-over test or route would still be found.
  if (last === undefined || last.names.some((name) => !names.includes(name)))
    rmSync(path.join(ROOT, 'dist'), { recursive: true, force: true });
  // Taken before the compiler reads: a file saved while it works counts as newer next time.
  const at = Date.now();
  if ((await runNode([TSC, '-p', 'tsconfig.build.json'])) !== 0) return false;
  if (!isPacked()) await pack();
  writeFileSync(STAMP, JSON.stringify({ at, names }));
  return true;
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
