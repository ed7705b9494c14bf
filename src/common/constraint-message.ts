/** A member at fault, as class-validator reports it: with its value and every constraint that is broken. */
interface BrokenMember {
  readonly value?: unknown;
  readonly constraints?: Readonly<Record<string, string>>;
}

/** What something is comes before how long or how large it may be. */
const KINDS = ['isArray', 'isObject', 'isString', 'isBoolean', 'isInt', 'isNumber', 'nestedValidation'];

/** The one thing to say first, without the member's name; undefined where only members of its own are at fault. */
export function constraintMessage({ constraints, value }: BrokenMember): string | undefined {
  if (constraints === undefined) return undefined;
  if (value === undefined) return 'is required';
  const kind = KINDS.find((each) => constraints[each] !== undefined);
  if (kind === 'nestedValidation') return 'must be an object';
  const message = constraints[kind ?? (Object.keys(constraints)[0] as string)] ?? '';
  return message.startsWith('each value in ')
    ? message.replace(/^each value in \S+ /, 'in it, everything ')
    : message.replace(/^\S+ /, '');
}
