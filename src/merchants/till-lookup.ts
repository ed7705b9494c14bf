/** SQL that names whose till is looked up, and on which network. */
export interface AskedTill {
  readonly merchant: string;
  readonly network: string;
}

/** A row as `TillRow`, or none: rules and default account in one read, for it is on the way of every creation. */
export function tillLookup({ merchant, network }: AskedTill): string {
  return `select m.tolerance_bp as "toleranceBp", m.late_grace_seconds as "lateGraceSeconds",
    (select r.address from receiving_accounts r where r.merchant_id = m.id and r.network = ${network} order by r.is_default desc, r.created_at, r.id limit 1) as address
  from merchants m where m.id = ${merchant}`;
}
