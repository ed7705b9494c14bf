import 'reflect-metadata';
import type { InputFault } from '../common/errors';

/** Names that programs give to members by mistake. */
export interface NameRules {
  /** Members that only the service decides, beside those that are so everywhere. */
  readonly decided: readonly string[];
  /** The right name of a member by others that mean it. */
  readonly meant: Readonly<Record<string, string>>;
}

const RULES = Symbol('name rules');

/**
 * Members of a body that nobody knows are ignored. With these rules one that was meant to be another is refused, because what it says would be
 * lost: the same letters in another spelling (`expirationDate` for `expiration_date`), and names that are known to be taken for it.
 */
export function JudgesNames(rules: NameRules): ClassDecorator {
  return (target) => Reflect.defineMetadata(RULES, rules, target);
}

/** Faults of names that the class does not know. `known` are its own; `decided` those that the service decides everywhere. */
export function nameFaults(
  dtoClass: object,
  sent: Readonly<Record<string, unknown>>,
  { known, decided }: { readonly known: ReadonlySet<string>; readonly decided: ReadonlySet<string> },
  isNew: boolean,
): InputFault[] {
  const rules = Reflect.getMetadata(RULES, dtoClass) as NameRules | undefined;
  if (rules === undefined) return [];
  const meant = new Map([
    ...Object.entries(rules.meant)
      .filter(([, right]) => known.has(right))
      .map(([other, right]) => [lettersOf(other), right] as const),
    ...Array.from(known, (name) => [lettersOf(name), name] as const),
  ]);
  const own = new Set([...decided, ...rules.decided].map(lettersOf));
  return Object.entries(sent).flatMap(([path, value]): InputFault[] => {
    if (known.has(path) || decided.has(path)) return [];
    const right = meant.get(lettersOf(path));
    if (right !== undefined)
      return value === null ? [] : [{ path, message: `is no member of this body: it is called ${right} here` }];
    if (!own.has(lettersOf(path))) return [];
    return [{ path, message: isNew ? DECIDED_NEW : DECIDED_CHANGE }];
  });
}

export const DECIDED_NEW = 'is decided by the server and must not be sent';
export const DECIDED_CHANGE = 'is decided by the server: send what it tells, or nothing';

/** `first_name`, `firstName` and `FirstName` are the same. */
function lettersOf(name: string): string {
  return name.replaceAll(/[_\-\s]/g, '').toLowerCase();
}
