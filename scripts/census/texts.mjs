// Every text of SQL in src: what is handed to the database, and what is put together with others elsewhere. A text is followed as far as the
// program tells it; what only the running program knows is filled in with something that PostgreSQL's parser takes.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { parse } from './statement.mjs';
import { HOLE, textOf, Values } from './values.mjs';

const STATEMENT =
  /^\s*(--[^\n]*\n\s*)*(with|select|insert\s+into|update|delete\s+from|truncate|merge\s+into|lock\s+table|copy)\b/i;
/** Calls whose first argument is a statement; a member `sql` is one, or a function that makes a part of one (`WriteFragment`). */
const ASKS = ['rows', 'page', 'affected', 'query'];
/** A table whose name only the running program knows. */
const UNKNOWN_TABLE = 'a_table_that_nobody_can_tell';
/** What a hole is taken for, by what stands before it: the first that fits. */
const BY_PLACE = [
  [/\$$/, '9'],
  [/\b(where|and|or|on|not|when|then|else)\s*\(?$/i, 'true'],
  [/\bset\s*$/i, 'x = 1'],
  [/\blimit\s*$/i, '1'],
  [/\b(from|join|into|update|using)\s*$/i, UNKNOWN_TABLE],
  [/(\b(select|returning|by|distinct|between|interval)|[,(=<>+-])\s*$/i, 'x'],
];
const FILLINGS = ['', 'true', 'x', 'x = 1'];
const MOST_FILLINGS = 64;

/**
 * @typedef {{ file: string, line: number, name: string, statements?: unknown[], text: string }} SqlText
 * `name`: the method, constant or function that it stands in; a second one there is `name:2`. `statements`: absent where nobody can read it.
 * @returns {SqlText[]}
 */
export function sqlTexts(root, kinds) {
  const values = new Values(root);
  const files = sourceFiles(root);
  const [asked, written] = [[], []];
  for (const file of files) visit(values.source(file), values, asked, written);
  const used = new Set(values.visited);
  const found = new Map(asked.map((each) => [each.node, each]));
  const tenants = new RegExp(
    `\\b(from|join|into|update|table|using|truncate)\\s+(${Object.keys(kinds)
      .filter((table) => kinds[table] === 'tenant')
      .join('|')})\\b`,
    'i',
  );
  for (const node of written.toSorted(byOutermost)) {
    if (used.has(node)) continue;
    values.visited.clear();
    const value = textOf(values.of(node));
    for (const each of values.visited) used.add(each);
    found.set(node, { node, value });
  }
  const texts = [...found.values()].flatMap(({ node, value }) => read(node, value, tenants));
  return named(texts);
}

function sourceFiles(root) {
  return readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.(spec|fixture)\.ts$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .toSorted();
}

function visit(node, values, asked, written) {
  if (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    ASKS.includes(node.expression.name.text)
  ) {
    const [argument] = node.arguments;
    const value = argument === undefined ? HOLE : values.of(argument);
    if (value.kind === 'string' && value.alternatives.some((text) => STATEMENT.test(filled(text, () => ''))))
      asked.push({ node: argument, value });
  }
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'sql') {
    const given = values.of(node.initializer);
    const value = given.kind === 'function' ? textOf(values.apply(given, [])) : given;
    if (value.kind === 'string') asked.push({ node: node.initializer, value });
  }
  const standsAlone = !ts.isImportDeclaration(node.parent ?? node) && !ts.isLiteralTypeNode(node.parent ?? node);
  if ((ts.isTemplateExpression(node) || ts.isStringLiteralLike(node)) && standsAlone) written.push(node);
  ts.forEachChild(node, (child) => visit(child, values, asked, written));
}

/** What contains others is read first, and they with it. */
function byOutermost(a, b) {
  return a.getSourceFile() === b.getSourceFile() ? a.pos - b.pos || b.end - a.end : 0;
}

/** Each alternative of a text that is SQL about tenants, as statements. One that no parser takes while others are read is a way that no program goes. */
function read(node, value, tenants) {
  const all = alternativesOf(node, value, tenants);
  const readable = all.filter(({ statements }) => statements !== undefined);
  return readable.length === 0 ? all.slice(0, 1) : readable;
}

function alternativesOf(node, value, tenants) {
  return value.alternatives.flatMap((parts) => {
    const text = filled(parts, () => '');
    if (STATEMENT.test(text)) {
      const statements = parsed(parts, (each) => each);
      if (JSON.stringify(statements)?.includes(UNKNOWN_TABLE)) return [{ node, text, statements: undefined }];
      return statements === undefined && !tenants.test(text) ? [] : [{ node, text, statements }];
    }
    if (!tenants.test(text)) return [];
    return [{ node, text, statements: FRAMES.map((frame) => parsed(parts, frame)).find((each) => each !== undefined) }];
  });
}

/** What a part of a statement may be a part of. */
const FRAMES = [
  (text) => `with ${text} select`,
  (text) => `select from (${text}) as x`,
  (text) => `select ${text}`,
  (text) => `select from ${text}`,
  (text) => `select where ${text}`,
  (text) => `select from x ${text}`,
  (text) => `with x as (select) ${text} select`,
];

/** The statements of a text with something put in for what is not known; undefined where nothing fits. */
function parsed(parts, frame) {
  const placed = tried(frame(filled(parts, (_hole, before, after) => byPlace(before, after))));
  if (placed !== undefined) return placed;
  const holes = parts.filter((part) => part === HOLE).length;
  for (let at = 0; at < Math.min(MOST_FILLINGS, FILLINGS.length ** holes); at++) {
    const filling = (hole, before, after) =>
      CERTAIN.some((certain) => certain(before, after))
        ? byPlace(before, after)
        : FILLINGS[Math.floor(at / FILLINGS.length ** hole) % FILLINGS.length];
    const statements = tried(frame(filled(parts, filling)));
    if (statements !== undefined) return statements;
  }
  return undefined;
}

/** Places where nothing else can stand. */
const CERTAIN = [(before) => before.endsWith('$'), (_before, after) => after.startsWith('::')];

function byPlace(before, after) {
  if (after.startsWith('::') && !before.endsWith('$')) return '$1';
  return BY_PLACE.find(([place]) => place.test(before))?.[1] ?? '';
}

function tried(text) {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function filled(parts, filling) {
  let hole = 0;
  return parts.reduce((text, part, at) => {
    const next = parts[at + 1];
    return text + (part === HOLE ? filling(hole++, text, typeof next === 'string' ? next : '') : part);
  }, '');
}

/** By what they stand in; alternatives of one text have one name. */
function named(texts) {
  const counts = new Map();
  const names = new Map();
  return texts
    .map((each) => ({ ...each, file: each.node.getSourceFile().fileName, place: placeOf(each.node) }))
    .toSorted((a, b) => a.file.localeCompare(b.file, 'en') || a.node.pos - b.node.pos)
    .map(({ node, file, place, text, statements }) => {
      if (!names.has(node)) {
        const count = (counts.get(`${file} ${place}`) ?? 0) + 1;
        counts.set(`${file} ${place}`, count);
        names.set(node, count === 1 ? place : `${place}:${count}`);
      }
      const { line } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
      return { file, line: line + 1, name: names.get(node), text, statements };
    });
}

/** The outermost that has a name: a method of a class, a constant, a function. */
function placeOf(node) {
  let place = 'file';
  for (let at = node; at !== undefined; at = at.parent) {
    if (ts.isMethodDeclaration(at) || ts.isPropertyDeclaration(at)) return at.name.getText();
    if (ts.isConstructorDeclaration(at)) return 'constructor';
    if ((ts.isVariableDeclaration(at) || ts.isFunctionDeclaration(at)) && at.name !== undefined)
      place = at.name.getText();
  }
  return place;
}
