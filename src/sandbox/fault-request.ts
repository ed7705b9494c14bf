import {
  type FaultName,
  type FaultOptions,
  REQUEST_FAULTS,
  STANDING_FAULTS,
  STREAM_FAULTS,
  SUBMIT_FAULTS,
} from './faults';

/** From what an integrator sends to a fault of the sandbox's Horizon. Pure. */

export const FAULT_NAMES: readonly FaultName[] = [
  ...REQUEST_FAULTS,
  ...SUBMIT_FAULTS,
  ...STREAM_FAULTS,
  ...STANDING_FAULTS,
];

/** The fault with its options, or what is wrong with the body, a sentence for each member. */
export type FaultRequest =
  | { readonly name: FaultName; readonly options: FaultOptions }
  | { readonly faults: readonly { readonly path: string; readonly message: string }[] };

interface Member {
  readonly says: string;
  readonly holds: (value: unknown) => boolean;
}

const whole = (least: number, most: number): Member => ({
  says: `must be a whole number from ${least} to ${most}`,
  holds: (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most,
});
const text = (longest: number): Member => ({
  says: `must be a text of 1 to ${longest} characters`,
  holds: (value) => typeof value === 'string' && value.length >= 1 && value.length <= longest,
});

const MEMBERS: Readonly<
  Record<
    | 'fault'
    | 'times'
    | 'probability'
    | 'path'
    | 'retryAfterSeconds'
    | 'ledgers'
    | 'ledger'
    | 'passphrase'
    | 'fee'
    | 'ms'
    | 'seconds',
    Member
  >
> = {
  fault: {
    says: `must be one of ${FAULT_NAMES.join(', ')}`,
    holds: (value) => FAULT_NAMES.includes(value as FaultName),
  },
  times: whole(1, 1_000_000),
  probability: {
    says: 'must be a number above 0 and at most 1',
    holds: (value) => typeof value === 'number' && value > 0 && value <= 1,
  },
  path: text(200),
  retryAfterSeconds: whole(0, 3_600),
  ledgers: whole(1, 1_000),
  ledger: whole(1, 2 ** 31 - 1),
  passphrase: text(200),
  fee: whole(100, 2 ** 31 - 1),
  ms: whole(1, 60_000),
  seconds: whole(-86_400, 86_400),
};

export function faultRequest(body: unknown): FaultRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { faults: [{ path: 'body', message: 'must be a JSON object' }] };
  const sent = body as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(sent)
    .filter((name) => !Object.hasOwn(MEMBERS, name))
    .map((path) => ({ path, message: 'is no member of a fault' }));
  const wrong = Object.entries(MEMBERS).flatMap(([path, { says, holds }]) =>
    (path === 'fault' || sent[path] !== undefined) && !holds(sent[path]) ? [{ path, message: says }] : [],
  );
  if (unknown.length + wrong.length > 0) return { faults: [...unknown, ...wrong] };
  const { fault, ...options } = sent;
  return { name: fault as FaultName, options: options as FaultOptions };
}
