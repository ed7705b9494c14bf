// A statement that waits for a row sees it as it was before. If it changes that row in the same breath, it has to take it a second time, behind those who
// came to wait meanwhile: while anybody refers to the row by a foreign key, PostgreSQL makes the two wait for each other (ADR 19).

/** @returns {string[]} the tables of which the statement waits for a row and changes it without looking whether it is still the one it sees */
export function waitedForAndChanged(statement) {
  const [waited, changed] = [new Set(), new Set()];
  read(statement, waited, changed);
  return [...changed].filter((table) => waited.has(table));
}

function read(node, waited, changed) {
  if (node === null || typeof node !== 'object') return;
  for (const { LockingClause } of node.lockingClause ?? []) {
    if (LockingClause.waitPolicy !== 'LockWaitBlock') continue;
    const named = (LockingClause.lockedRels ?? []).map(({ RangeVar }) => RangeVar.relname);
    for (const { relname, alias } of tablesOf(node.fromClause ?? []))
      if (named.length === 0 || named.includes(alias?.aliasname ?? relname)) waited.add(relname);
  }
  for (const change of [node.UpdateStmt, node.DeleteStmt])
    if (change !== undefined && !comparesVersions(change.whereClause)) changed.add(change.relation.relname);
  for (const each of Object.values(node)) read(each, waited, changed);
}

function tablesOf(nodes) {
  return nodes.flatMap((node) => {
    if (node?.RangeVar) return [node.RangeVar];
    return node?.JoinExpr ? tablesOf([node.JoinExpr.larg, node.JoinExpr.rarg]) : [];
  });
}

/** `a.version = b.version`, as a condition that must hold. */
function comparesVersions(node) {
  if (node?.BoolExpr?.boolop === 'AND_EXPR') return node.BoolExpr.args.some(comparesVersions);
  const { kind, name, lexpr, rexpr } = node?.A_Expr ?? {};
  return kind === 'AEXPR_OP' && name.at(-1).String.sval === '=' && [lexpr, rexpr].every(isVersion);
}

function isVersion(node) {
  return node?.ColumnRef?.fields.at(-1).String?.sval === 'version';
}
