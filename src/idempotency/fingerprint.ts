import { createHash } from 'node:crypto';
import { NumberText } from '../common/number-text';

/** What makes two requests the same request. */
export interface Fingerprinted {
  readonly method: string;
  /** Raw target: path and query. */
  readonly url: string;
  /** The version that a change is meant for, if it says so. */
  readonly ifMatch: string | undefined;
  /** Parsed body; of a JSON:API document only `data` counts, so `meta` may carry a trace id that differs by attempt. */
  readonly body: unknown;
  readonly isDocument: boolean;
}

/** SHA-256 over method, target, version and canonical body: the order of members and white space do not count, texts of amounts do. */
export function fingerprintOf({ method, url, ifMatch = '', body, isDocument }: Fingerprinted): Buffer {
  const counted = isDocument && isObject(body) ? body['data'] : body;
  return createHash('sha256')
    .update(`${method}\n${url}\n${ifMatch}\n${canonical(counted)}`, 'utf8')
    .digest();
}

/** JSON with sorted members; a number is its own text, so `1.50` is not `1.5`. */
export function canonical(value: unknown): string {
  if (value === undefined) return '';
  if (value instanceof NumberText) return value.text;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).toSorted();
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
