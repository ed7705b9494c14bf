// What is wrong between the statements of src and the list of those that cross merchants.
import { judge } from './statement.mjs';
import { sqlTexts } from './texts.mjs';
import { waitedForAndChanged } from './waits.mjs';

const SHORTEST_REASON = 10;
const OF = {
  keys: 'of a list of merchants',
  directory: 'of merchants that a directory table leads to',
  all: 'of all merchants',
};

/**
 * @param {string} root
 * @param {Record<string, 'tenant' | 'directory'>} kinds
 * @param {Record<string, Record<string, { way?: string, locks?: boolean, why: string }>>} listed
 * @returns {{ faults: string[], counts: Record<string, number> }}
 */
export function censusFaults(root, kinds, listed) {
  const faults = [];
  const counts = { one: 0, keys: 0, directory: 0, all: 0 };
  const met = new Set();
  for (const [place, found] of byPlace(sqlTexts(root, kinds))) {
    const at = `${found[0].file}:${found[0].line} ${found[0].name}`;
    if (found.some(({ statements }) => statements === undefined)) {
      faults.push(
        `${at}: nobody can read this SQL from the source: put it together from constants and functions of them`,
      );
      continue;
    }
    const twice = new Set(found.flatMap(({ statements }) => statements.flatMap(waitedForAndChanged)));
    for (const table of twice)
      faults.push(
        `${at}: waits for a row of ${table} and changes it in one statement: hold it in a statement of its own, or change only what has the version that was held`,
      );
    const verdicts = found.flatMap(({ statements }) => statements.flatMap((each) => judge(each, kinds) ?? []));
    if (verdicts.length === 0) continue;
    const worst = verdicts.toSorted(
      (a, b) => Object.keys(counts).indexOf(b.way) - Object.keys(counts).indexOf(a.way),
    )[0];
    const verdict = { ...worst, locks: verdicts.some(({ locks }) => locks) };
    counts[verdict.way] += 1;
    if (verdict.way === 'one') continue;
    const entries = listed[found[0].file] ?? {};
    met.add(place).add(`${found[0].file} *`);
    const fault = faultOf(verdict, entries['*'] ?? entries[found[0].name], entries['*'] !== undefined);
    if (fault !== undefined) faults.push(`${at}: ${fault}`);
  }
  for (const [file, entries] of Object.entries(listed))
    for (const [name, { why }] of Object.entries(entries)) {
      if (!met.has(`${file} ${name}`))
        faults.push(`${file}: ${name} is listed, and no statement there crosses merchants`);
      if (why.length < SHORTEST_REASON) faults.push(`${file}: ${name} is listed without a reason`);
    }
  return { faults, counts };
}

function faultOf({ way, tables, locks }, entry, whole) {
  const touches = `${locks ? 'locks' : 'touches'} ${tables.join(', ')} ${OF[way]}`;
  if (entry === undefined)
    return `${touches}: let it name one merchant, or list it in scripts/census/crossing.mjs with its reason`;
  if (whole) return undefined;
  if (entry.way !== way) return `${touches}, and is listed as one ${OF[entry.way] ?? 'of a way that is none'}`;
  if ((entry.locks ?? false) !== locks)
    return `${touches}, and is listed as one that ${locks ? 'does not lock' : 'locks'}`;
  return undefined;
}

function byPlace(texts) {
  return Map.groupBy(texts, ({ file, name }) => `${file} ${name}`);
}
