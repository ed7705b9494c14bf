/**
 * Everything JSON:API 1.1 demands of the shape of a response document, as a list of complaints; empty means valid.
 * Written out as code because the official schema covers 1.0 only.
 */
export function validateDocument(document: unknown, options: ValidateOptions = {}): string[] {
  const faults: string[] = [];
  const say: Say = (at, message) => void faults.push(`${at === '' ? '/' : at} ${message}`);
  if (!isObject(document)) return ['/ is not an object'];
  const names = Object.keys(document);
  if (!['data', 'errors', 'meta'].some((name) => names.includes(name))) say('', 'has none of data, errors, meta');
  if (names.includes('data') && names.includes('errors')) say('', 'has data and errors');
  if (names.includes('included') && !names.includes('data')) say('', 'has included without data');
  onlyMembers(document, ['data', 'errors', 'meta', 'jsonapi', 'links', 'included'], '', say);
  checkJsonApi(document['jsonapi'], say);
  if (names.includes('meta')) checkMeta(document['meta'], '/meta', say);
  if (names.includes('links'))
    checkLinks(document['links'], '/links', ['self', 'related', 'describedby', 'first', 'last', 'prev', 'next'], say);
  if (names.includes('errors')) checkErrors(document['errors'], say);
  if (names.includes('data')) checkPrimary(document['data'], say);
  if (names.includes('included')) checkIncluded(document, options.sparse === true, say);
  checkUnique(document, say);
  return faults;
}

export interface ValidateOptions {
  /** Sparse fieldsets were asked for: they may take away the linkage that leads to an included resource. */
  readonly sparse?: boolean;
}

type Say = (at: string, message: string) => void;
type Members = Record<string, unknown>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NAME = /^[a-zA-Z0-9\u0080-\uffff]([a-zA-Z0-9\u0080-\uffff_ -]*[a-zA-Z0-9\u0080-\uffff])?$/;

function onlyMembers(value: Members, allowed: readonly string[], at: string, say: Say): void {
  for (const name of Object.keys(value)) {
    const isExtension = /^[a-zA-Z0-9]+:./.test(name);
    if (!allowed.includes(name) && !name.startsWith('@') && !isExtension) say(at, `has the member ${name}`);
  }
}

function checkNames(value: Members, at: string, say: Say): void {
  for (const name of Object.keys(value))
    if (!name.startsWith('@') && !NAME.test(name)) say(at, `has the illegal member name ${name}`);
}

function checkJsonApi(value: unknown, say: Say): void {
  if (!isObject(value)) return say('/jsonapi', 'is not an object');
  onlyMembers(value, ['version', 'ext', 'profile', 'meta'], '/jsonapi', say);
  if (value['version'] !== '1.1') say('/jsonapi', 'is not version 1.1');
  for (const list of ['ext', 'profile']) {
    if (
      value[list] !== undefined &&
      !(Array.isArray(value[list]) && value[list].every((uri) => typeof uri === 'string' && URL.canParse(uri)))
    )
      say(`/jsonapi/${list}`, 'is not a list of URIs');
  }
}

function checkMeta(value: unknown, at: string, say: Say): void {
  if (!isObject(value)) return say(at, 'is not an object');
  checkNames(value, at, say);
}

function checkLinks(value: unknown, at: string, allowed: readonly string[], say: Say): void {
  if (!isObject(value)) return say(at, 'is not an object');
  onlyMembers(value, allowed, at, say);
  for (const [name, link] of Object.entries(value)) checkLink(link, `${at}/${name}`, say);
}

function checkLink(link: unknown, at: string, say: Say): void {
  if (link === null) return;
  if (typeof link === 'string') {
    if (!isUriReference(link)) say(at, 'is not a URI reference');
    return;
  }
  if (!isObject(link)) return say(at, 'is neither a string, an object nor null');
  onlyMembers(link, ['href', 'rel', 'describedby', 'title', 'type', 'hreflang', 'meta'], at, say);
  if (typeof link['href'] !== 'string' || !isUriReference(link['href'])) say(at, 'has no href');
  for (const name of ['rel', 'title', 'type'])
    if (link[name] !== undefined && typeof link[name] !== 'string') say(`${at}/${name}`, 'is not a string');
  if (link['meta'] !== undefined) checkMeta(link['meta'], `${at}/meta`, say);
}

/** RFC 3986: no brackets, spaces or other characters that must be percent-encoded. */
function isUriReference(text: string): boolean {
  return (
    /^[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%]*$/.test(text) &&
    URL.canParse(text, 'http://base.example') &&
    !/%(?![0-9A-Fa-f]{2})/.test(text)
  );
}

const ERROR_MEMBERS = ['id', 'links', 'status', 'code', 'title', 'detail', 'source', 'meta'];

function checkErrors(errors: unknown, say: Say): void {
  if (!Array.isArray(errors) || errors.length === 0) return say('/errors', 'is not an array of errors');
  for (const [index, error] of errors.entries()) {
    const at = `/errors/${index}`;
    if (!isObject(error)) {
      say(at, 'is not an object');
      continue;
    }
    onlyMembers(error, ERROR_MEMBERS, at, say);
    if (!ERROR_MEMBERS.some((name) => name in error)) say(at, 'is empty');
    for (const name of ['id', 'status', 'code', 'title', 'detail'])
      if (name in error && typeof error[name] !== 'string') say(`${at}/${name}`, 'is not a string');
    if ('links' in error) checkLinks(error['links'], `${at}/links`, ['about', 'type'], say);
    if ('meta' in error) checkMeta(error['meta'], `${at}/meta`, say);
    if ('source' in error) checkSource(error['source'], `${at}/source`, say);
  }
}

function checkSource(source: unknown, at: string, say: Say): void {
  if (!isObject(source)) return say(at, 'is not an object');
  onlyMembers(source, ['pointer', 'parameter', 'header'], at, say);
  for (const [name, value] of Object.entries(source))
    if (typeof value !== 'string') say(`${at}/${name}`, 'is not a string');
  if (typeof source['pointer'] === 'string' && !/^(\/([^~/]|~[01])*)*$/.test(source['pointer']))
    say(`${at}/pointer`, 'is not RFC 6901');
}

function checkPrimary(data: unknown, say: Say): void {
  if (data === null) return;
  if (Array.isArray(data)) {
    for (const [index, each] of data.entries()) checkResource(each, `/data/${index}`, say);
    const kinds = new Set(data.map((each) => (isIdentifierOnly(each) ? 'identifier' : 'resource')));
    if (kinds.size > 1) say('/data', 'mixes resources and identifiers');
  } else checkResource(data, '/data', say);
}

function isIdentifierOnly(value: unknown): boolean {
  return isObject(value) && Object.keys(value).every((name) => ['type', 'id', 'meta'].includes(name));
}

function checkResource(value: unknown, at: string, say: Say): void {
  if (!isObject(value)) return say(at, 'is not an object');
  onlyMembers(value, ['type', 'id', 'attributes', 'relationships', 'links', 'meta'], at, say);
  if (typeof value['type'] !== 'string' || !NAME.test(value['type'])) say(at, 'has no legal type');
  if (typeof value['id'] !== 'string') say(at, 'has no id of type string');
  if (value['links'] !== undefined) checkLinks(value['links'], `${at}/links`, ['self', 'related', 'describedby'], say);
  if (value['meta'] !== undefined) checkMeta(value['meta'], `${at}/meta`, say);
  const [attributes, relationships] = [value['attributes'] ?? {}, value['relationships'] ?? {}];
  if (!isObject(attributes)) return say(`${at}/attributes`, 'is not an object');
  if (!isObject(relationships)) return say(`${at}/relationships`, 'is not an object');
  checkNames(attributes, `${at}/attributes`, say);
  checkNames(relationships, `${at}/relationships`, say);
  for (const name of Object.keys(attributes))
    if (name in relationships) say(at, `has an attribute and a relationship called ${name}`);
  for (const name of [...Object.keys(attributes), ...Object.keys(relationships)])
    if (name === 'type' || name === 'id') say(at, `has a field called ${name}`);
  for (const [name, relationship] of Object.entries(relationships))
    checkRelationship(relationship, `${at}/relationships/${name}`, say);
}

function checkRelationship(value: unknown, at: string, say: Say): void {
  if (!isObject(value)) return say(at, 'is not an object');
  onlyMembers(value, ['links', 'data', 'meta'], at, say);
  if (!['links', 'data', 'meta'].some((name) => name in value)) say(at, 'is empty');
  if ('links' in value) {
    checkLinks(value['links'], `${at}/links`, ['self', 'related', 'first', 'last', 'prev', 'next'], say);
    const links = value['links'] as Members;
    if (!('self' in links) && !('related' in links)) say(`${at}/links`, 'has neither self nor related');
  }
  if ('meta' in value) checkMeta(value['meta'], `${at}/meta`, say);
  if (!('data' in value) || value['data'] === null) return;
  const many = Array.isArray(value['data']);
  for (const [index, each] of [value['data']].flat().entries())
    checkIdentifier(each, many ? `${at}/data/${index}` : `${at}/data`, say);
}

function checkIdentifier(value: unknown, at: string, say: Say): void {
  if (!isObject(value)) return say(at, 'is not an identifier');
  onlyMembers(value, ['type', 'id', 'meta'], at, say);
  if (typeof value['type'] !== 'string' || typeof value['id'] !== 'string') say(at, 'needs type and id, both strings');
}

function resourcesOf(document: Members, member: 'data' | 'included'): Members[] {
  return [document[member] ?? []].flat().filter((each): each is Members => isObject(each));
}

const keyOf = (value: Members): string => `${String(value['type'])} ${String(value['id'])}`;

/** Full linkage: from the primary data a chain of linkage leads to everything included. */
function checkIncluded(document: Members, sparse: boolean, say: Say): void {
  if (!Array.isArray(document['included'])) return say('/included', 'is not an array');
  for (const [index, each] of document['included'].entries()) checkResource(each, `/included/${index}`, say);
  if (sparse) return;
  const included = new Map(resourcesOf(document, 'included').map((each) => [keyOf(each), each]));
  const reached = new Set<string>();
  const queue = resourcesOf(document, 'data').flatMap((each) =>
    isIdentifierOnly(each) ? [each, ...linked(each)] : linked(each),
  );
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const key = keyOf(next);
    if (reached.has(key)) continue;
    reached.add(key);
    const resource = included.get(key);
    if (resource !== undefined) queue.push(...linked(resource));
  }
  for (const key of included.keys()) if (!reached.has(key)) say('/included', `has ${key}, to which nothing leads`);
}

function linked(resource: Members): Members[] {
  const relationships = isObject(resource['relationships']) ? Object.values(resource['relationships']) : [];
  return relationships
    .flatMap((each) => (isObject(each) ? [each['data'] ?? []].flat() : []))
    .filter((each): each is Members => isObject(each));
}

function checkUnique(document: Members, say: Say): void {
  const primary = resourcesOf(document, 'data');
  const isLinkage = primary.length > 0 && primary.every(isIdentifierOnly);
  const keys = [...(isLinkage ? [] : primary), ...resourcesOf(document, 'included')].map(keyOf);
  for (const key of new Set(keys)) if (keys.indexOf(key) !== keys.lastIndexOf(key)) say('', `tells ${key} twice`);
}
