// Values of a statement, and how well is known of each whose it is: what it is equal to bounds it.

/** From one merchant to all of them. `keys`: those of a list that is handed in; `directory`: those that a directory table leads to. */
const WAYS = ['one', 'keys', 'directory', 'all'];
export const [ONE, KEYS, DIRECTORY, ALL] = WAYS.keys();

/** A value whose merchant is known so well; never better than what bounds it says. */
class Term {
  constructor(rank, scope) {
    this.rank = rank;
    this.scope = scope;
    this.bounds = [];
    this.worstOf = undefined;
  }
}

export class Scope {
  constructor(outer) {
    this.outer = outer;
    this.relations = [];
    this.tables = new Map(outer?.tables ?? []);
  }

  isWithin(other) {
    return this === other || (this.outer?.isWithin(other) ?? false);
  }
}

/** What a FROM offers: columns by name, in order where that is known. */
export class Relation {
  constructor(name, columns, rest = () => undefined) {
    this.name = name;
    this.columns = columns;
    this.rest = rest;
  }

  column(name) {
    return this.columns.get(name) ?? this.rest(name);
  }
}

/** What is known of a statement so far. */
export class Terms {
  constructor() {
    this.terms = [];
    this.touched = [];
    this.locked = [];
  }

  verdict() {
    if (this.touched.length === 0) return undefined;
    for (let changed = true; changed;) {
      changed = false;
      for (const term of this.terms) {
        const worst = term.worstOf === undefined ? ALL : Math.max(...term.worstOf.map(({ rank }) => rank));
        const rank = Math.min(term.rank, worst, ...term.bounds.map((each) => each.rank));
        if (rank !== term.rank) [term.rank, changed] = [rank, true];
      }
    }
    const named = new Set(this.touched.flatMap(({ term }) => [...parametersOf(term)]));
    const ways = [...this.touched.map(({ term }) => term.rank), named.size > 1 ? KEYS : ONE];
    return {
      way: WAYS[Math.max(...ways)],
      tables: [...new Set(this.touched.map(({ table }) => table))].toSorted((a, b) => a.localeCompare(b, 'en')),
      locks: this.locked.some((term) => term.rank !== ONE),
    };
  }

  term(rank, scope) {
    const term = new Term(rank, scope);
    this.terms.push(term);
    return term;
  }

  equal(left, right, scope, bound) {
    this.bound(left, right, scope, bound);
    this.bound(right, left, scope, bound);
  }

  /** Says that `term` is one of `of`, when it belongs to this scope: a condition inside says nothing of what is outside. */
  bound(term, of, scope, bound) {
    if (!term.scope?.isWithin(scope)) return;
    if (bound !== undefined && !bound.some((relation) => [...relation.columns.values()].includes(term))) return;
    term.bounds.push(of);
  }

  bounded(by, scope) {
    const term = this.term(ALL, scope);
    term.bounds.push(by);
    return term;
  }

  worst(terms, scope) {
    const term = this.term(ALL, scope);
    term.worstOf = terms.map((each) => each ?? this.term(ALL, scope));
    return term;
  }
}

/** The parameters that say which merchant it is. */
function parametersOf(term, seen = new Set()) {
  if (seen.has(term)) return new Set();
  seen.add(term);
  const others = [...term.bounds, ...(term.worstOf ?? [])].flatMap((each) => [...parametersOf(each, seen)]);
  return new Set(term.parameter === undefined ? others : [term.parameter, ...others]);
}
