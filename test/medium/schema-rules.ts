import type { Client } from 'pg';
import tables from '../../migrations/tables.json';

export type Kind = keyof typeof tables;

/** What every table is; `tables.json` says why. */
export const KINDS: Readonly<Record<string, Kind>> = Object.fromEntries(
  (Object.keys(tables) as Kind[]).flatMap((kind) => Object.keys(tables[kind]).map((table) => [table, kind] as const)),
);

interface Key {
  readonly table: string;
  readonly name: string;
  readonly columns: string[];
}

interface ForeignKey extends Key {
  readonly to: string;
}

const OURS = `n.nspname = current_schema()`;
/** Parts of a partitioned table are the table itself. */
const TABLES = `select c.relname as table from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('r', 'p') and not c.relispartition`;
/** Constraints are unique indexes too. An expression is no column. */
const UNIQUE_KEYS = `
  select c.relname as table, k.relname as name,
    array(select coalesce(a.attname, 'an expression') from unnest(i.indkey::int2[]) with ordinality as key (number, place) left join pg_attribute a on a.attrelid = c.oid and a.attnum = key.number order by place)::text[] as columns
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_class k on k.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and i.indisunique and not c.relispartition`;
const columnsOf = (numbers: string, table: string): string =>
  `array(select a.attname from unnest(${numbers}) with ordinality as key (number, place) join pg_attribute a on a.attrelid = ${table} and a.attnum = key.number order by place)::text[]`;
const FOREIGN_KEYS = `
  select c.relname as table, f.conname as name, ${columnsOf('f.conkey', 'f.conrelid')} as columns, t.relname as to
  from pg_constraint f join pg_class c on c.oid = f.conrelid join pg_class t on t.oid = f.confrelid join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and f.contype = 'f' and not c.relispartition and f.conparentid = 0`;
const TRIGGERS = `
  select c.relname as table, t.tgname as name from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where ${OURS} and not t.tgisinternal and t.tgparentid = 0
  union all
  select c.relname, r.rulename from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('r', 'p')`;
/** Numbers that a server draws by itself, and numbers of its transactions: neither outlives a restore. */
const DRAWN = `
  select c.relname as table, a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where ${OURS} and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
    and (a.atttypid in ('xid'::regtype, 'xid8'::regtype, 'pg_snapshot'::regtype) or a.attidentity <> '' or pg_get_expr(d.adbin, d.adrelid) ~* 'nextval|xact_id|txid_|snapshot')`;
/** Which migrations were applied is TypeORM's own table: nobody reads the number. */
const DRAWN_BY_OTHERS = ['schema_migrations'];

/** Every breach of the rules of tenants and directory in the current schema, as the catalogue of the server tells it. */
export async function schemaFaults(client: Client, kinds: Readonly<Record<string, Kind>> = KINDS): Promise<string[]> {
  const rows = async <R>(text: string): Promise<R[]> => (await client.query(text)).rows as R[];
  const names = (await rows<{ table: string }>(TABLES)).map(({ table }) => table);
  const isTenant = (table: string): boolean => kinds[table] === 'tenant';
  const keys = await rows<Key>(UNIQUE_KEYS);
  const foreignKeys = await rows<ForeignKey>(FOREIGN_KEYS);
  return [
    ...names.filter((table) => kinds[table] === undefined).map((table) => `${table} is not declared`),
    ...Object.keys(kinds)
      .filter((table) => !names.includes(table))
      .map((table) => `${table} is declared and not there`),
    ...names
      .filter((table) => isTenant(table) && !keys.some((key) => key.table === table))
      .map((table) => `${table} has no key`),
    ...keys
      .filter(({ table, columns }) => isTenant(table) && columns[0] !== 'merchant_id')
      .map(({ table, name }) => `${table}: unique ${name} does not begin with merchant_id`),
    ...foreignKeys.flatMap((key) => foreignFault(key, isTenant)),
    ...(await rows<{ table: string; name: string }>(TRIGGERS))
      .filter(({ table }) => isTenant(table))
      .map(({ table, name }) => `${table}: trigger ${name} on a tenant table`),
    ...(await rows<{ table: string; name: string }>(DRAWN))
      .filter(({ table }) => !DRAWN_BY_OTHERS.includes(table))
      .map(({ table, name }) => `${table}: ${name} is drawn by the server`),
  ].toSorted();
}

function foreignFault({ table, name, columns, to }: ForeignKey, isTenant: (table: string) => boolean): string[] {
  if (!isTenant(table))
    return isTenant(to) ? [`${table}: ${name} leads from the directory to the tenant table ${to}`] : [];
  return columns[0] === 'merchant_id' ? [] : [`${table}: ${name} does not begin with merchant_id`];
}
