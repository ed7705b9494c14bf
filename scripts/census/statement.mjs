// Whose rows a statement names. Every tenant table that it touches is one merchant's when its merchant_id is a parameter or equal, in a condition that must
// hold, to something that is. The parser is PostgreSQL's own.
import { loadModule, parseSync } from 'libpg-query';
import { ALL, DIRECTORY, KEYS, ONE, Relation, Scope, Terms } from './terms.mjs';

await loadModule();

/** Throws where the text is no statement. */
export function parse(text) {
  return parseSync(text).stmts.map(({ stmt }) => stmt);
}

/**
 * @param statement what `parse` returned
 * @param {Record<string, 'tenant' | 'directory'>} kinds
 * @returns {{ way: string, tables: string[], locks: boolean } | undefined} undefined where no tenant table is touched; `locks`: it locks rows of several merchants
 */
export function judge(statement, kinds) {
  const reader = new Reader(kinds);
  reader.statement(statement, undefined);
  return reader.verdict();
}

class Reader extends Terms {
  constructor(kinds) {
    super();
    this.kinds = kinds;
  }

  statement(node, outer) {
    const [kind] = Object.keys(node);
    const body = node[kind];
    switch (kind) {
      case 'SelectStmt':
        return this.select(body, outer);
      case 'InsertStmt':
        return this.insert(body, outer);
      case 'UpdateStmt':
      case 'DeleteStmt':
        return this.change(body, outer);
      case 'TruncateStmt':
      case 'LockStmt':
        for (const { RangeVar } of body.relations ?? []) this.table(RangeVar, new Scope(outer));
        return [];
      default:
        return [];
    }
  }

  /** Columns of the result, in order. */
  select(body, outer, inherited) {
    const scope = this.open(body, outer, inherited);
    if (body.op !== undefined && body.op !== 'SETOP_NONE') {
      const [left, right] = [this.select(body.larg, scope, true), this.select(body.rarg, scope, true)];
      return left.map(([name, term], index) => [name, this.worst([term, right[index]?.[1]], scope)]);
    }
    if (body.valuesLists !== undefined) {
      const lists = body.valuesLists.map(({ List }) => List.items.map((each) => this.value(each, scope)));
      return lists[0].map((_unused, at) => [
        `column${at + 1}`,
        this.worst(
          lists.map((list) => list[at]),
          scope,
        ),
      ]);
    }
    for (const each of body.fromClause ?? []) this.from(each, scope);
    this.holds(body.whereClause, scope);
    for (const each of [...(body.sortClause ?? []), ...(body.groupClause ?? []), ...(body.windowClause ?? [])])
      this.within(each, scope);
    for (const each of [body.havingClause, body.limitCount, body.limitOffset]) this.within(each, scope);
    this.locks(body.lockingClause ?? [], scope);
    return this.results(body.targetList ?? [], scope);
  }

  /** A scope of its own with the tables of its WITH. */
  open(body, outer, inherited = false) {
    const scope = inherited ? outer : new Scope(outer);
    if (inherited && body.withClause === undefined) return new Scope(outer);
    for (const { CommonTableExpr } of body.withClause?.ctes ?? []) {
      const { ctename, ctequery, aliascolnames = [] } = CommonTableExpr;
      if (body.withClause.recursive)
        scope.tables.set(ctename, new Relation(ctename, new Map(), () => this.term(ALL, scope)));
      scope.tables.set(
        ctename,
        this.named(ctename, this.statement(ctequery, scope), aliascolnames.map(stringOf), scope),
      );
    }
    return scope;
  }

  insert(body, outer) {
    const scope = this.open(body, outer);
    const source = body.selectStmt === undefined ? [] : this.statement(body.selectStmt, scope);
    const target = this.table(body.relation, scope);
    const names = (body.cols ?? []).map(({ ResTarget }) => ResTarget.name);
    names.forEach((name, at) => {
      const term = source[at]?.[1];
      if (term !== undefined) target.column(name).bounds.push(term);
    });
    scope.relations.push(new Relation('excluded', new Map(), (name) => target.column(name)));
    const conflict = body.onConflictClause;
    for (const each of conflict?.targetList ?? []) this.within(each, scope);
    this.within(conflict?.whereClause, scope);
    return this.results(body.returningClause?.exprs ?? body.returningList ?? [], scope);
  }

  change(body, outer) {
    const scope = this.open(body, outer);
    this.table(body.relation, scope);
    for (const each of [...(body.fromClause ?? []), ...(body.usingClause ?? [])]) this.from(each, scope);
    this.holds(body.whereClause, scope);
    for (const each of body.targetList ?? []) this.within(each, scope);
    return this.results(body.returningClause?.exprs ?? body.returningList ?? [], scope);
  }

  table(range, scope) {
    const name = range.alias?.aliasname ?? range.relname;
    const made = scope.tables.get(range.relname);
    const kind = this.kinds[range.relname];
    const columns = new Map();
    const rank = kind === 'directory' ? DIRECTORY : ALL;
    const relation =
      made !== undefined && range.schemaname === undefined
        ? new Relation(name, made.columns, made.rest)
        : new Relation(name, columns, (column) => {
            columns.set(column, this.term(rank, scope));
            return columns.get(column);
          });
    if (made === undefined) relation.kind = kind ?? 'unknown';
    if (relation.kind === 'tenant') {
      relation.merchant = relation.column('merchant_id');
      this.touched.push({ table: range.relname, term: relation.merchant });
    }
    scope.relations.push(relation);
    return relation;
  }

  /** What it offers is in the scope; the names that it has added are returned. */
  from(node, scope) {
    const before = scope.relations.length;
    if (node.RangeVar) this.table(node.RangeVar, scope);
    else if (node.RangeSubselect) {
      const { subquery, alias, lateral } = node.RangeSubselect;
      const inner = lateral ? scope : new Scope(scope.outer);
      if (!lateral) inner.tables = scope.tables;
      const columns = this.statement(subquery, inner);
      scope.relations.push(this.named(alias?.aliasname, columns, (alias?.colnames ?? []).map(stringOf), scope));
    } else if (node.RangeFunction) scope.relations.push(this.functions(node.RangeFunction, scope));
    else if (node.JoinExpr) this.join(node.JoinExpr, scope);
    return scope.relations.slice(before);
  }

  join({ jointype, larg, rarg, quals, usingClause = [] }, scope) {
    const left = this.from(larg, scope);
    const right = this.from(rarg, scope);
    // Who may be missing says nothing about who is there.
    const bound = { JOIN_INNER: [...left, ...right], JOIN_LEFT: right, JOIN_RIGHT: left }[jointype] ?? [];
    for (const name of usingClause.map(stringOf)) {
      const [one, other] = [left, right].map((side) =>
        side.map((each) => each.column(name)).find((term) => term !== undefined),
      );
      if (one !== undefined && other !== undefined) this.equal(one, other, scope, bound);
    }
    this.holds(quals, scope, bound);
  }

  functions({ functions, alias, ordinality }, scope) {
    const [list] = functions[0].List.items;
    const call = list.FuncCall;
    const args = (call?.args ?? []).map((each) => this.value(each, scope));
    const unnests = call?.funcname.map(stringOf).at(-1) === 'unnest';
    const terms = unnests
      ? args.map((arg) => this.bounded(arg.rank === ONE ? this.term(KEYS, scope) : arg, scope))
      : [this.term(ALL, scope)];
    const names = (alias?.colnames ?? []).map(stringOf);
    const columns = new Map(
      terms.map((term, at) => [
        names[at] ?? (terms.length === 1 ? (alias?.aliasname ?? 'unnest') : `column ${at}`),
        term,
      ]),
    );
    if (ordinality && names[terms.length] !== undefined) columns.set(names[terms.length], this.term(ALL, scope));
    return new Relation(
      alias?.aliasname,
      columns,
      names.length > terms.length ? () => this.term(ALL, scope) : undefined,
    );
  }

  /** A condition that must hold: what it says to be equal bounds each other, as far as `bound` (relations) lets it. */
  holds(node, scope, bound) {
    if (node === undefined) return;
    if (node.BoolExpr?.boolop === 'AND_EXPR') {
      for (const each of node.BoolExpr.args) this.holds(each, scope, bound);
      return;
    }
    if (node.A_Expr && ['AEXPR_OP', 'AEXPR_NOT_DISTINCT'].includes(node.A_Expr.kind) && operatorOf(node.A_Expr, '=')) {
      const [left, right] = [node.A_Expr.lexpr, node.A_Expr.rexpr].map((each) => this.values(each, scope));
      left.forEach((term, at) => right[at] && this.equal(term, right[at], scope, bound));
      return;
    }
    if (node.A_Expr?.kind === 'AEXPR_OP_ANY' && operatorOf(node.A_Expr, '=')) {
      const list = this.value(node.A_Expr.rexpr, scope);
      const any = this.bounded(list.rank === ONE ? this.term(KEYS, scope) : list, scope);
      this.bound(this.value(node.A_Expr.lexpr, scope), any, scope, bound);
      return;
    }
    if (node.A_Expr?.kind === 'AEXPR_IN' && operatorOf(node.A_Expr, '=')) {
      const items = node.A_Expr.rexpr.List.items.map((each) => this.value(each, scope));
      const any = this.worst(items.length > 1 ? [...items, this.term(KEYS, scope)] : items, scope);
      this.bound(this.value(node.A_Expr.lexpr, scope), any, scope, bound);
      return;
    }
    if (node.SubLink?.subLinkType === 'ANY_SUBLINK' && node.SubLink.operName === undefined) {
      const found = this.statement(node.SubLink.subselect, scope);
      this.values(node.SubLink.testexpr, scope).forEach(
        (term, at) => found[at] && this.bound(term, found[at][1], scope, bound),
      );
      return;
    }
    this.within(node, scope);
  }

  /** Of a row all values, of anything else one. */
  values(node, scope) {
    return node?.RowExpr ? node.RowExpr.args.map((each) => this.value(each, scope)) : [this.value(node, scope)];
  }

  value(node, scope) {
    if (node === undefined) return this.term(ALL, scope);
    if (node.ParamRef || node.A_Const)
      return Object.assign(this.term(ONE, undefined), { parameter: node.ParamRef?.number });
    if (node.TypeCast) return this.value(node.TypeCast.arg, scope);
    if (node.ColumnRef) return this.columnOf(node.ColumnRef, scope) ?? this.term(ALL, scope);
    if (node.SubLink && ['EXPR_SUBLINK', 'ARRAY_SUBLINK'].includes(node.SubLink.subLinkType)) {
      const [first] = this.statement(node.SubLink.subselect, scope);
      return this.bounded(first?.[1] ?? this.term(ALL, scope), scope);
    }
    this.within(node, scope);
    return this.term(ALL, scope);
  }

  columnOf({ fields }, scope) {
    const names = fields.map((each) => (each.A_Star ? '*' : each.String.sval));
    const column = names.at(-1);
    for (let at = scope; at !== undefined; at = at.outer) {
      const relations = names.length > 1 ? at.relations.filter(({ name }) => name === names.at(-2)) : at.relations;
      const known = relations.find((each) => each.columns.has(column) && each.kind === undefined);
      const tenant = relations.find((each) => each.kind === 'tenant');
      const relation = known ?? tenant ?? relations.find((each) => each.column(column) !== undefined);
      if (relation !== undefined) return relation.column(column);
    }
    return undefined;
  }

  /** Whatever is nested in an expression that says nothing about equality. */
  within(node, scope) {
    if (Array.isArray(node)) for (const each of node) this.within(each, scope);
    else if (node !== null && typeof node === 'object') {
      if (node.SubLink) {
        this.within(node.SubLink.testexpr, scope);
        this.statement(node.SubLink.subselect, scope);
      } else for (const each of Object.values(node)) this.within(each, scope);
    }
  }

  results(targets, scope) {
    return targets.flatMap(({ ResTarget }) => {
      const { fields } = ResTarget.val?.ColumnRef ?? {};
      if (fields?.at(-1)?.A_Star) {
        const of = fields.length > 1 ? fields[0].String.sval : undefined;
        const relations = scope.relations.filter(({ name }) => of === undefined || name === of);
        const known = relations.flatMap((relation) => [...relation.columns]);
        return relations.every((relation) => relation.kind === undefined) ? known : [...known, ['*', relations]];
      }
      const name = ResTarget.name ?? fields?.at(-1)?.String?.sval ?? '';
      return [[name, this.value(ResTarget.val, scope)]];
    });
  }

  /** A table that a query has made: what is known of its columns bounds them, and not the other way round. */
  named(name, columns, names, scope) {
    const stars = columns.filter(([column]) => column === '*').flatMap(([, relations]) => relations);
    const own = new Map(
      columns
        .filter(([column]) => column !== '*')
        .map(([column, term], at) => [names[at] ?? column, this.bounded(term, scope)]),
    );
    return new Relation(name, own, (column) => {
      const term = stars.map((relation) => relation.column(column)).find((each) => each !== undefined);
      if (term === undefined) return undefined;
      own.set(column, this.bounded(term, scope));
      return own.get(column);
    });
  }

  locks(clauses, scope) {
    for (const { LockingClause } of clauses) {
      const named = (LockingClause.lockedRels ?? []).map(({ RangeVar }) => RangeVar.relname);
      for (const relation of scope.relations)
        if (relation.kind === 'tenant' && (named.length === 0 || named.includes(relation.name)))
          this.locked.push(relation.merchant);
    }
  }
}

function operatorOf({ name }, operator) {
  return name.at(-1).String.sval === operator;
}

function stringOf(node) {
  return node.String.sval;
}
