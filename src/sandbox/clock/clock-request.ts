import { parseInstant } from '../../common/clock';

/** From what an integrator sends to where the clock goes. Pure. */

/** What is asked of the clock, or what is wrong with the body, a sentence for each member. */
export type ClockRequest =
  | { readonly advanceSeconds: number }
  | { readonly to: Date }
  | { readonly faults: readonly { readonly path: string; readonly message: string }[] };

/** Far enough for every clock, and within what an RFC 3339 date can say. */
const LAST_YEAR = 9000;
const MOST_YEARS = 2;

export function clockRequest(body: unknown): ClockRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return fault('', 'must be a JSON object with advanceSeconds or to');
  const members: readonly (readonly [string, unknown])[] = Object.entries(body);
  const unknown = members.filter(([name]) => name !== 'advanceSeconds' && name !== 'to');
  if (unknown.length > 0)
    return {
      faults: unknown.map(([path]) => ({ path: path.slice(0, 50), message: 'is not a member of this request' })),
    };
  const [only, ...more] = members;
  if (only === undefined || more.length > 0) return fault('', 'must hold either advanceSeconds or to');
  const [name, value] = only;
  return name === 'to' ? toInstant(value) : advance(value);
}

/** Why the clock cannot go from one instant to the other (milliseconds since 1970): `back` or `far`; undefined when it can. */
export function refusalOf(fromMs: number, toMs: number): 'back' | 'far' | undefined {
  if (toMs < fromMs) return 'back';
  const last = new Date(fromMs);
  last.setUTCFullYear(last.getUTCFullYear() + MOST_YEARS);
  return toMs > last.getTime() || new Date(toMs).getUTCFullYear() > LAST_YEAR ? 'far' : undefined;
}

function advance(value: unknown): ClockRequest {
  return Number.isSafeInteger(value)
    ? { advanceSeconds: value as number }
    : fault('advanceSeconds', 'must be a whole number of seconds');
}

function toInstant(value: unknown): ClockRequest {
  const to = typeof value === 'string' ? parseInstant(value) : undefined;
  return to === undefined
    ? fault('to', 'must be an RFC 3339 date with time and zone, such as 2027-01-31T00:00:00.000Z')
    : { to };
}

function fault(path: string, message: string): ClockRequest {
  return { faults: [{ path, message }] };
}
