import { DomainError } from '../common/errors';

export const JSON_API = 'application/vnd.api+json';
/** The one profile spoken here: cursor pagination by E. Resnick. No extension is supported. */
export const CURSOR_PROFILE = 'https://jsonapi.org/profiles/ethanresnick/cursor-pagination';

interface MediaType {
  readonly type: string;
  /** Names in lower case; `q` is not among them. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
}

/** Which supported profiles a document answers to. */
export interface Negotiated {
  readonly profiles: readonly string[];
}

/** The exact Content-Type of a document (JSON:API 1.1, "Content Negotiation": no parameter but ext and profile). */
export function contentTypeOf(negotiated: Negotiated): string {
  return negotiated.profiles.length === 0 ? JSON_API : `${JSON_API};profile="${negotiated.profiles.join(' ')}"`;
}

/**
 * JSON:API 1.1, "Server Responsibilities": 415 for the media type with a foreign parameter or an extension, body or
 * not; and for a body of any other type. Unknown profiles are ignored.
 */
export function assertContentType(header: string | undefined, hasBody: boolean): void {
  const given = header === undefined ? [] : parseMediaTypes(header);
  const [only] = given;
  if (given.length === 1 && only?.type === JSON_API) {
    if (!isPlain(only)) throw refused('jsonapi_media_type', 'Content-Type', 'must not carry any parameter but profile');
  } else if (hasBody) {
    throw refused('jsonapi_media_type', 'Content-Type', `must be ${JSON_API}`);
  }
}

/** The best acceptable instance of the media type, or 406. No header, and wildcards, accept it without profile. */
export function negotiate(accept: string | undefined): Negotiated {
  if (accept === undefined || accept.trim() === '') return { profiles: [] };
  const ranges = parseMediaTypes(accept);
  const instances = ranges.filter(({ type }) => type === JSON_API);
  const best = instances.filter((each) => isPlain(each) && each.weight > 0).toSorted((a, b) => b.weight - a.weight)[0];
  if (best !== undefined)
    return {
      profiles: uris(best, 'profile')
        .filter((uri) => uri === CURSOR_PROFILE)
        .slice(0, 1),
    };
  const wildcard = ranges.find(({ type }) => type === 'application/*') ?? ranges.find(({ type }) => type === '*/*');
  if (instances.length === 0 && wildcard !== undefined && wildcard.weight > 0) return { profiles: [] };
  throw refused('not_acceptable', 'Accept', `must allow ${JSON_API} without any parameter but profile`);
}

/**
 * For answers of another type: 406 unless that type, or a range it is in, is asked for (RFC 9110 section 12.5.1; the
 * most exact range decides), or the family's own type, which its clients send with everything.
 */
export function assertAccepted(accept: string | undefined, mediaType: string): void {
  if (accept === undefined || accept.trim() === '') return;
  const ranges = parseMediaTypes(accept);
  const weightOf = (range: string): number | undefined => ranges.find(({ type }) => type === range)?.weight;
  const weight = weightOf(mediaType) ?? weightOf(mediaType.replace(/\/.*/, '/*')) ?? weightOf('*/*') ?? 0;
  if (weight === 0 && (weightOf(JSON_API) ?? 0) === 0)
    throw refused('not_acceptable', 'Accept', `must allow ${mediaType}`);
}

/** Neither a foreign parameter nor an extension, of which none is supported. */
function isPlain(media: MediaType): boolean {
  return (
    [...media.parameters.keys()].every((name) => name === 'ext' || name === 'profile') &&
    uris(media, 'ext').length === 0
  );
}

/** A list of URIs separated by single spaces. */
function uris(media: MediaType, parameter: string): readonly string[] {
  return (media.parameters.get(parameter) ?? '').split(' ').filter((uri) => uri !== '');
}

function refused(code: 'jsonapi_media_type' | 'not_acceptable', header: string, message: string): DomainError {
  return new DomainError(code, { faults: [{ path: header, message, header }] });
}

const TYPE = /^[!#$%&'*+.^_`|~0-9a-z-]+\/[!#$%&'*+.^_`|~0-9a-z-]+$/i;
const PARAMETER = /^([!#$%&'*+.^_`|~0-9a-z-]+)=(?:([!#$%&'*+.^_`|~0-9a-z:/-]+)|"((?:[^"\\]|\\.)*)")$/i;
const WEIGHT = /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/;

/** RFC 9110 section 12.5.1; an element that cannot be read is left out. */
export function parseMediaTypes(header: string): readonly MediaType[] {
  return splitOutsideQuotes(header, ',').flatMap((element) => parseMediaType(element) ?? []);
}

function parseMediaType(element: string): MediaType | undefined {
  const [type = '', ...rest] = splitOutsideQuotes(element, ';');
  if (!TYPE.test(type)) return undefined;
  const parameters = new Map<string, string>();
  for (const each of rest.filter((part) => part !== '')) {
    const match = PARAMETER.exec(each);
    if (match === null) return undefined;
    parameters.set((match[1] as string).toLowerCase(), match[2] ?? (match[3] as string).replaceAll(/\\(.)/g, '$1'));
  }
  const q = parameters.get('q');
  parameters.delete('q');
  if (q !== undefined && !WEIGHT.test(q)) return undefined;
  return { type: type.toLowerCase(), parameters, weight: q === undefined ? 1 : Number(q) };
}

function splitOutsideQuotes(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...parts, text.slice(start).trim()];
}
