// All rules about imports and globals that hold in src and migrations.
import { brokenOrder, folderOf, isRootFile, ROOT_FILES } from './order.mjs';

/** Where each use of time, randomness or the environment has its only home. */
const HOMES = {
  'new Date()': ['src/common/clock.ts'],
  'Date()': [],
  'Date.now': ['src/common/clock.ts'],
  'performance.now': ['src/common/clock.ts'],
  'Math.random': [],
  'process.env': ['src/env.ts'],
  setTimeout: ['src/common/clock.ts'],
  setInterval: ['src/common/clock.ts'],
};
const RANDOM_NAMES = [
  'randomBytes',
  'randomInt',
  'randomUUID',
  'randomUUIDv7',
  'randomFill',
  'randomFillSync',
  'getRandomValues',
  'webcrypto',
];
const RANDOM_HOMES = ['src/common/secrets.ts', 'src/common/ids.ts'];
/** The built-in modules without input or output; `crypto` for digests and signatures. */
const PURE_BUILTINS = [
  'node:assert',
  'node:assert/strict',
  'node:async_hooks',
  'node:buffer',
  'node:crypto',
  'node:path',
  'node:url',
  'node:util',
];
/** Packages that are nothing but functions over values. */
const PURE_PACKAGES = [/^@stellar\//, /^uqr$/, /^currency-codes$/, /^markdown-it$/];
/** Published tables: what ring 0 may know without asking anybody. */
const TABLES = ['currency-codes'];

/** @param {Map<string, import('./parse.mjs').SourceFile>} sources @returns {string[]} one line per violation */
export function violations(sources) {
  const found = [];
  const product = [...sources.values()].filter((source) => !source.file.endsWith('.spec.ts'));
  for (const source of product) {
    const isPure = (file) => isPureFile(sources, file);
    for (const each of source.imports) {
      const broken = brokenImport(source.file, each, isPure);
      if (broken !== undefined) found.push(`${source.file}:${each.line} imports "${each.specifier}": ${broken}`);
    }
    for (const { what, line } of source.touches) {
      if (source.file.startsWith('src/') && !HOMES[what].includes(source.file))
        found.push(`${source.file}:${line} uses ${what}: ${HOMES[what].join(', ') || 'nobody'} may`);
    }
    if (source.file.startsWith('src/') && !isRootFile(source.file))
      found.push(`${source.file}:1 lies in src itself: only ${[...ROOT_FILES, 'env'].join(', ')} do`);
  }
  return [...found, ...circles(product)].sort((a, b) => a.localeCompare(b, 'en'));
}

function brokenImport(file, each, isPure) {
  if (each.specifier.startsWith('.')) {
    if (each.target === undefined) return 'there is no such file';
    return brokenRelative(file, each.target, isPure);
  }
  return file.startsWith('src/') ? brokenPackage(file, each) : undefined;
}

function brokenRelative(file, target, isPure) {
  const [from, to] = [file, target].map((each) => each.split('/')[0]);
  if (from === 'src' && to === 'src') return brokenOrder(file, target, isPure);
  if (from === to) return undefined;
  if (from === 'src')
    return to === 'migrations' && folderOf(file) === 'database'
      ? undefined
      : `src does not import ${to}, except database its migrations`;
  return `${from} stands alone`;
}

function brokenPackage(file, { specifier, names }) {
  const folder = folderOf(file);
  if (folder === 'common' && !PURE_BUILTINS.includes(specifier) && !TABLES.includes(specifier))
    return 'ring 0 has no framework and no input or output';
  if (/^(@nestjs\/)?typeorm(\/|$)/.test(specifier) && folder !== 'database') return 'typeorm belongs to src/database';
  if (specifier.startsWith('@stellar/') && !['stellar', 'sandbox'].includes(folder))
    return '@stellar/* belongs to src/stellar and src/sandbox';
  if (/^(node:)?process$/.test(specifier)) return 'the environment is read in src/env.ts';
  if (/^(node:)?timers(\/|$)/.test(specifier)) return 'time comes from Clock';
  if (
    /^(node:)?crypto$/.test(specifier) &&
    !RANDOM_HOMES.includes(file) &&
    names.some((name) => RANDOM_NAMES.includes(name))
  )
    return 'randomness comes from common/secrets';
  return undefined;
}

/** No framework, no database, no input or output, and nothing such through what it imports. Types weigh nothing. */
function isPureFile(sources, file, path = new Set()) {
  const source = sources.get(file);
  if (source === undefined || path.has(file)) return true;
  path.add(file);
  return source.imports
    .filter((each) => !each.typeOnly)
    .every((each) =>
      each.target !== undefined
        ? isPureFile(sources, each.target, path)
        : PURE_BUILTINS.includes(each.specifier) || PURE_PACKAGES.some((known) => known.test(each.specifier)),
    );
}

/** Each circle of imports once, type-only imports included. */
function circles(product) {
  const edges = new Map(product.map((source) => [source.file, source.imports.flatMap((each) => each.target ?? [])]));
  const state = new Map();
  const found = [];
  const visit = (file, trail) => {
    state.set(file, 'open');
    for (const next of edges.get(file) ?? []) {
      if (state.get(next) === 'open')
        found.push(`${file}:1 closes an import circle: ${[...trail.slice(trail.indexOf(next)), next].join(' -> ')}`);
      else if (!state.has(next)) visit(next, [...trail, next]);
    }
    state.set(file, 'done');
  };
  for (const file of edges.keys()) if (!state.has(file)) visit(file, [file]);
  return found;
}
