// The order of the folders (docs/architecture.md, "Rings"): who may import whom.
import path from 'node:path';

/** Folder below src -> [ring, place within the ring]; a feature may import the features before its own place. */
const PLACES = {
  env: [0, 0],
  common: [0, 0],
  database: [1, 0],
  http: [1, 0],
  jsonapi: [1, 0],
  outgoing: [1, 0],
  stellar: [1, 0],
  sandbox: [1, 1],
  'audit-log': [2, 0],
  deadlines: [2, 0],
  lives: [2, 0],
  mail: [2, 0],
  merchants: [2, 0],
  auth: [2, 1],
  idempotency: [2, 1],
  webhooks: [2, 1],
  rates: [3, 0],
  customers: [3, 0],
  prices: [3, 0.5],
  products: [3, 0.5],
  invoices: [3, 1],
  links: [3, 2],
  payments: [3, 3],
  subscriptions: [3, 4],
  accounting: [3, 4],
  receipts: [3, 4],
  notices: [3, 5],
  incidents: [3, 6],
  'dialects/partner': [4, 0],
  'dialects/wallet': [4, 0],
  'dialects/merchant': [4, 0],
  checkout: [4, 0],
  jobs: [4, 0],
  cli: [4, 0],
  health: [4, 0],
  root: [5, 0],
};

export const ROOT_FILES = [
  'main',
  'app.module',
  'app.sandbox',
  'app.setup',
  'app.shutdown',
  'app.dialects',
  'platform.module',
  'settings',
  'demo-seed',
  'packages',
];
const OPEN_NAMES = ['policy', 'event-types'];
/** Kinds of files that are a folder's own affair. */
const PRIVATE_KINDS = ['repository', 'controller', 'dto'];
const PUBLIC_KINDS = ['service', 'module', 'decorator'];

/** The folder that a file of src belongs to: its place in the order. */
export function folderOf(file) {
  const [, first, second] = file.split('/');
  if (second === undefined) return path.posix.basename(file, '.ts') === 'env' ? 'env' : 'root';
  return first === 'dialects' && file.split('/').length > 3 ? `dialects/${second}` : first;
}

export function isRootFile(file) {
  return folderOf(file) !== 'root' || ROOT_FILES.includes(path.posix.basename(file, '.ts'));
}

/** Undefined when the import is allowed, otherwise the rule it breaks. `isPure` tells about the imported file. */
export function brokenOrder(from, to, isPure) {
  const [source, target] = [folderOf(from), folderOf(to)];
  if (source === target) return undefined;
  for (const folder of [source, target])
    if (PLACES[folder] === undefined) return `the folder src/${folder} has no place in the order of rings`;
  const broken = brokenRing(source, target, from, to, isPure);
  return broken ?? brokenPrivacy(source, target, to, isPure);
}

function brokenRing(source, target, from, to, isPure) {
  const [[ring, place], [otherRing, otherPlace]] = [PLACES[source], PLACES[target]];
  if (target === 'jsonapi' && ring < 5 && source !== 'dialects/partner')
    return 'JSON:API is spoken by dialects/partner alone';
  if (ring === 5 || otherRing < ring) return undefined;
  // The operator's commands are programs of their own: they boot the application like main does.
  if (source === 'cli' && target === 'root') return undefined;
  if (otherRing > ring) return `ring ${ring} (${source}) imports ring ${otherRing} (${target})`;
  if (ring === 0 || (ring === 3 && otherPlace < place)) return undefined;
  // Documents are answers of HTTP.
  if (source === 'jsonapi' && target === 'http') return undefined;
  if (source === 'sandbox' && (target === 'database' || (target === 'stellar' && isPure(to)))) return undefined;
  if (ring === 2 && isSupportException(source, target, to)) return undefined;
  return `${source} and ${target} are both in ring ${ring}, and ${target} does not come before ${source}`;
}

function isSupportException(source, target, to) {
  // Who is asking is read together with what will be asked of the merchant and of the key.
  if (source === 'auth' && ['merchants', 'idempotency'].includes(target)) return true;
  // Anyone who changes something records it and tells of it, and the one who gives out numbers asks in which life.
  return (
    ['audit-log', 'lives', 'webhooks'].includes(target) &&
    (['service', 'module'].includes(kindOf(to)) || ['audit-entry', 'event-types'].includes(stem(to)))
  );
}

function brokenPrivacy(source, target, to, isPure) {
  const [ring] = PLACES[target];
  if (PLACES[source][0] === 5 || ring < 2) return undefined;
  const kind = kindOf(to);
  if (PRIVATE_KINDS.includes(kind)) return `a ${kind} is the own affair of ${target}`;
  if (PUBLIC_KINDS.includes(kind) || OPEN_NAMES.includes(stem(to)) || isPure(to)) return undefined;
  return `${to} is neither a service, module or decorator of ${target} nor pure`;
}

function stem(file) {
  return path.posix.basename(file).replace(/\.tsx?$/, '');
}

/** `service` for links.service.ts; the empty string for a file without a kind. */
export function kindOf(file) {
  return stem(file).split('.').slice(1).join('.');
}
