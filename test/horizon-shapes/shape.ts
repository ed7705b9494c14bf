/**
 * The shape of JSON records: which members there are, named by path (`balances[].asset_type`), and what their values
 * look like: pattern names joined by `|`, behind a `?` when the member may be missing.
 */
export type Shape = Readonly<Record<string, string>>;

const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ['empty', /^$/],
  ['amount', /^-?\d+\.\d{7}$/],
  ['int64', /^-?\d{1,19}$/],
  ['decimal', /^\d+\.\d+$/],
  ['timestamp', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/],
  ['hash', /^[0-9a-f]{64}$/],
  ['balance-id', /^00000000[0-9a-f]{64}$/],
  ['toid-pair', /^\d+-\d+$/],
  ['account', /^G[A-Z2-7]{55}$/],
  ['muxed', /^M[A-Z2-7]{68}$/],
  ['contract', /^C[A-Z2-7]{55}$/],
  ['asset-type', /^(native|credit_alphanum4|credit_alphanum12)$/],
  ['asset', /^[A-Za-z0-9]{1,12}:G[A-Z2-7]{55}$/],
];

/** Asset code and issuer depend on the asset, muxed forms on the address, sponsors on who pays. */
const CONDITIONAL = /(^|[._])(asset_code|asset_issuer|sponsor|muxed|muxed_id|asset_type)$/;
/** Members whose names are data, or whose form is recursive: judged as a whole. */
const OPAQUE = /(^|\.)(data|predicate|transaction)$/;
/** Gone from Horizon since its version 22, still in older captures; and members of pools, which the sandbox has none of. */
const ABSENT = /(^|\.)(valid_after|valid_before|liquidity_pool_id|liquidity_pool)$/;
/** Patterns that the same member may show by turns. */
const KIN = [
  ['account', 'muxed'],
  ['asset-type', 'asset'],
  ['decimal', 'int64'],
  ['integer', 'number'],
];

export function patternOf(value: unknown, path: string): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value !== 'string') return value === null ? 'null' : typeof value;
  if (path.endsWith('_xdr') || path.endsWith('signatures[]'))
    return /^[A-Za-z0-9+/]+=*$/.test(value) ? 'base64' : 'text';
  return PATTERNS.find(([, pattern]) => pattern.test(value))?.[0] ?? 'text';
}

/** `link`, `template` for HAL links, which are judged as a whole. */
function linkOf(value: object): string | undefined {
  const { href, templated, ...others } = value as { href?: unknown; templated?: unknown };
  if (typeof href !== 'string' || Object.keys(others).length > 0) return undefined;
  return templated === true ? 'template' : templated === undefined ? 'link' : undefined;
}

/** Every member of one record with the patterns of its values. */
export function membersOf(record: unknown): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const note = (path: string, pattern: string): void => {
    found.set(path, (found.get(path) ?? new Set()).add(pattern));
  };
  const walk = (value: unknown, path: string): void => {
    if (ABSENT.test(path)) return;
    if (Array.isArray(value)) {
      note(path, 'array');
      for (const one of value) walk(one, `${path}[]`);
    } else if (typeof value === 'object' && value !== null) {
      if (path !== '') note(path, linkOf(value) ?? 'object');
      if (linkOf(value) !== undefined || OPAQUE.test(path)) return;
      for (const [key, member] of Object.entries(value)) walk(member, path === '' ? key : `${path}.${key}`);
    } else {
      note(path, patternOf(value, path));
    }
  };
  walk(record, '');
  return found;
}

/** What samples have in common. A member inside a list is never required: the list may be empty. */
export function shapeOf(samples: readonly unknown[]): Shape {
  const members = samples.map(membersOf);
  const paths = [...new Set(members.flatMap((one) => [...one.keys()]))].sort();
  const required = (path: string): boolean =>
    members.every((one) => one.has(path)) && !CONDITIONAL.test(path) && !path.includes('[]');
  const patterns = (path: string): string =>
    [...new Set(members.flatMap((one) => [...(one.get(path) ?? [])]))].sort().join('|');
  return Object.fromEntries(paths.map((path) => [path, `${required(path) ? '' : '?'}${patterns(path)}`]));
}

export interface Allowance {
  /** Members that Horizon leaves out under conditions the samples do not show. */
  readonly optional?: readonly string[];
  /** Members of newer versions than the samples. */
  readonly extra?: readonly string[];
}

/** Differences between one record and a shape, in words; empty when it fits. */
export function differences(record: unknown, shape: Shape, allowed: Allowance = {}): string[] {
  const members = membersOf(record);
  const under = (path: string, list: readonly string[] = []): boolean =>
    list.some((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
  const missing = Object.entries(shape).filter(
    ([path, form]) => !form.startsWith('?') && !members.has(path) && !under(path, allowed.optional),
  );
  const others = [...members].flatMap(([path, patterns]) => {
    const known = shape[path]?.replace('?', '').split('|');
    if (known === undefined) return CONDITIONAL.test(path) || under(path, allowed.extra) ? [] : [`unknown ${path}`];
    return [...patterns]
      .filter((pattern) => !fits(pattern, known))
      .map((pattern) => `${path} is ${pattern}, not ${known.join(' or ')}`);
  });
  return [...missing.map(([path]) => `missing ${path}`), ...others];
}

/** Free text may look like anything, and an empty text says nothing about the form. */
function fits(pattern: string, known: readonly string[]): boolean {
  if (known.includes(pattern) || known.includes('text') || pattern === 'empty') return true;
  return KIN.some((family) => family.includes(pattern) && known.some((one) => family.includes(one)));
}
