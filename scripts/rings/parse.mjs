// Reads what a TypeScript file imports and which banned globals it touches. Type-only imports count as imports:
// a ring that needs another one's types depends on it.
import { parseSync } from '@swc/core';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {{ specifier: string, names: string[], typeOnly: boolean, target?: string, line: number }} Import
 * `target`: path from the root of the project for a relative import; absent when nothing is there.
 * @typedef {{ file: string, imports: Import[], touches: { what: string, line: number }[] }} SourceFile
 */

/** Every TypeScript file below the given folders, by its path from the root with forward slashes. */
export function readSources(root, folders) {
  const sources = new Map();
  for (const folder of folders.filter((each) => existsSync(path.join(root, each)))) {
    for (const entry of readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.tsx?$/.test(entry.name) || entry.parentPath.includes('node_modules')) continue;
      const file = path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/');
      sources.set(file, readSource(root, file));
    }
  }
  return sources;
}

function readSource(root, file) {
  const text = readFileSync(path.join(root, file), 'utf8');
  const module = parseSync(text, {
    syntax: 'typescript',
    decorators: true,
    tsx: file.endsWith('.tsx'),
    target: 'es2023',
  });
  const imports = [];
  const touches = [];
  const lineOf = (needle) => text.slice(0, Math.max(0, text.indexOf(needle))).split('\n').length;
  const add = (specifier, names = [], typeOnly = false) => {
    const line = [`'${specifier}'`, `"${specifier}"`].map(lineOf).reduce((a, b) => Math.max(a, b));
    imports.push({
      specifier,
      names,
      typeOnly,
      line,
      target: specifier.startsWith('.') ? resolve(root, file, specifier) : undefined,
    });
  };
  walk(module, (node) => {
    readImport(node, add);
    const what = bannedGlobal(node);
    if (what !== undefined) touches.push({ what, line: lineOf(what) });
  });
  return { file, imports, touches };
}

function readImport(node, add) {
  switch (node.type) {
    case 'ImportDeclaration': {
      const names = node.specifiers.map(
        (each) => each.imported?.value ?? (each.type === 'ImportSpecifier' ? each.local.value : '*'),
      );
      const everyNameIsAType = node.specifiers.length > 0 && node.specifiers.every((each) => each.isTypeOnly);
      return add(node.source.value, names, node.typeOnly || everyNameIsAType);
    }
    case 'ExportNamedDeclaration':
      return (
        node.source &&
        add(
          node.source.value,
          node.specifiers.map((each) => each.orig?.value ?? '*'),
          node.typeOnly,
        )
      );
    case 'ExportAllDeclaration':
      return add(node.source.value, ['*']);
    case 'TsImportType':
      return add(node.argument.value, ['*'], true);
    case 'TsExternalModuleReference':
      return add(node.expression.value, ['*']);
    case 'CallExpression': {
      const called = node.callee.type === 'Import' || isName(node.callee, 'require');
      const argument = node.arguments[0]?.expression;
      return called && argument?.type === 'StringLiteral' && add(argument.value, ['*']);
    }
  }
}

const TIMERS = ['setTimeout', 'setInterval'];

/** The text of a use of time, randomness or the environment that has one home only. */
function bannedGlobal(node) {
  if (node.type === 'NewExpression' && isName(node.callee, 'Date') && (node.arguments ?? []).length === 0)
    return 'new Date()';
  if (node.type === 'CallExpression') {
    if (isName(node.callee, 'Date')) return 'Date()';
    return TIMERS.find((name) => isName(node.callee, name));
  }
  if (node.type !== 'MemberExpression') return undefined;
  const property = node.property.type === 'Computed' ? node.property.expression.value : node.property.value;
  const owner = isName(node.object, 'globalThis') ? '' : node.object.value;
  if (node.object.type !== 'Identifier') return undefined;
  if (owner === '' && TIMERS.includes(property)) return property;
  return ['Date.now', 'Math.random', 'process.env', 'performance.now'].find((name) => name === `${owner}.${property}`);
}

function isName(node, name) {
  return node.type === 'Identifier' && node.value === name;
}

function walk(node, visit) {
  if (Array.isArray(node)) {
    for (const each of node) walk(each, visit);
  } else if (node !== null && typeof node === 'object') {
    if (typeof node.type === 'string') visit(node);
    for (const value of Object.values(node)) if (value !== null && typeof value === 'object') walk(value, visit);
  }
}

function resolve(root, from, specifier) {
  const base = path.posix.join(path.posix.dirname(from), specifier);
  const endings = /\.(ts|tsx|json|css)$/.test(base) ? [''] : ['.ts', '.tsx', '/index.ts', '/index.tsx'];
  return endings.map((ending) => base + ending).find((file) => existsSync(path.join(root, file)));
}
