// Packs the packages that every start loads: a thousand files become two, which src/packages.ts lets require() find.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './project.mjs';

/** By pack, as the source imports them. What is needed by a sandbox and by payments alone is a pack of its own. */
const PACKS = {
  'framework.js': [
    '@nestjs/common',
    '@nestjs/common/constants',
    '@nestjs/core',
    '@nestjs/platform-fastify',
    '@nestjs/schedule',
    'class-transformer',
    'currency-codes',
    'fastify',
    'ipaddr.js',
    'pg',
    'pino',
    'prom-client',
    'reflect-metadata',
    'rxjs',
    'rxjs/operators',
    'uqr',
  ],
  'stellar.js': ['@stellar/stellar-sdk/base', '@stellar/stellar-sdk/xdr'],
};
/** Asked for only when they are installed and configured; class-validator has one registry of rules, outside. */
const LEFT_OUT = [
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  'class-transformer/storage',
  'class-validator',
  'pg-native',
];
/** Packages look for files beside their own: in a pack they still look where they are installed. */
const PLACED = `const __placed = (file) => require('node:path').resolve(__dirname, '../..', file);
const __url = (file) => require('node:url').pathToFileURL(file).href;`;
/**
 * What esbuild calls for every function that is made, and what stands there instead. A module that is loaded names its functions and classes;
 * a function that is made for a request, once the service has started, goes without: naming it costs more than most of them do.
 */
const NAMING = 'var __name = (target, value) => __defProp(target, "name", { value, configurable: true });';
const NAMING_UNTIL_STARTED = `var __started = Symbol.for("lumentill.started");
var __name = (target, value) => globalThis[__started] ? target : __defProp(target, "name", { value, configurable: true });`;
const FOLDER = path.join(ROOT, 'dist/packages');
const INDEX = path.join(FOLDER, 'index.json');

/** Writes dist/packages. A machine on which that fails has a service all the same, which starts more slowly. */
export async function pack() {
  try {
    rmSync(FOLDER, { recursive: true, force: true });
    const esbuild = await import('esbuild');
    mkdirSync(FOLDER, { recursive: true });
    await writeAll(esbuild);
    writeFileSync(INDEX, JSON.stringify({ lock: lockOf(), recipe: recipe(), files: places() }));
  } catch (error) {
    // What was written so far is not used: the index, which is written last, is missing or is of other versions.
    console.error(`The packages were not packed, so every start takes longer: ${error.message}`);
  }
}

/** The packer has a process of its own, which would live as long as the service that `npm start` becomes. */
async function writeAll(esbuild) {
  try {
    for (const [file, names] of Object.entries(PACKS)) await write(esbuild, path.join(FOLDER, file), names);
  } finally {
    await esbuild.stop();
  }
}

/** Whether what lies there is of the packages that are installed, and as this script would pack them. */
export function isPacked() {
  try {
    const index = JSON.parse(readFileSync(INDEX, 'utf8'));
    return index.lock === lockOf() && index.recipe === recipe();
  } catch {
    return false;
  }
}

/** A warning of esbuild is an error here: something would behave differently in the pack than in its package. */
async function write({ build }, outfile, names) {
  const { warnings, outputFiles } = await build({
    stdin: {
      contents: names.map((name) => `exports['${name}'] = () => require('${name}');`).join('\n'),
      resolveDir: ROOT,
    },
    outfile,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    keepNames: true,
    legalComments: 'none',
    logLevel: 'silent',
    external: LEFT_OUT,
    banner: { js: PLACED },
    plugins: [{ name: 'places', setup: (esbuild) => esbuild.onLoad({ filter: /\.[cm]?js$/ }, inItsPlace) }],
  });
  if (warnings.length > 0)
    throw new Error(warnings.map(({ text, location }) => `${location?.file}: ${text}`).join('; '));
  const [{ text }] = outputFiles;
  if (!text.includes(NAMING)) throw new Error('esbuild names functions in another way than this script knows');
  writeFileSync(outfile, text.replace(NAMING, NAMING_UNTIL_STARTED));
}

function inItsPlace({ path: file }) {
  const text = readFileSync(file, 'utf8');
  const placed = (name) => `__placed(${JSON.stringify(path.relative(ROOT, name))})`;
  return {
    contents: text
      .replaceAll(/\b__dirname\b/g, placed(path.dirname(file)))
      .replaceAll(/\b__filename\b/g, placed(file))
      .replaceAll('import.meta.url', `__url(${placed(file)})`),
    loader: 'js',
  };
}

/** Where `require` looks each of them up -> its pack and its name in it. */
function places() {
  const { resolve } = createRequire(path.join(ROOT, 'package.json'));
  return Object.fromEntries(
    Object.entries(PACKS).flatMap(([file, names]) =>
      names.map((name) => [path.relative(ROOT, resolve(name)), [file, name]]),
    ),
  );
}

/** As src/packages.ts reckons it: packs of other versions than are installed are not used. */
const lockOf = () => digestOf(path.join(ROOT, 'package-lock.json'));
const recipe = () => digestOf(fileURLToPath(import.meta.url));

function digestOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
