import { parseInstant } from './clock';
import { NumberText } from './number-text';

/** Values as they came in a body, and the objects of dto classes that were made of them. */

/** An object that a class describes. Free-form objects of a merchant are plain ones. */
function isDescribed(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof NumberText) &&
    Object.getPrototypeOf(value) !== Object.prototype
  );
}

/**
 * Mends what making classes of a body loses. A number that kept its text is an object, and must not be taken for one: where a class was
 * made of it, it is a number again. Members of a free-form object that are called as a method of every object (`toString`) are left out
 * there, and are put back where they stood.
 */
export function keepSent(made: unknown, sent: unknown): unknown {
  if (sent instanceof NumberText) return made instanceof NumberText ? made : Number(sent.text);
  if (typeof made !== 'object' || made === null || typeof sent !== 'object' || sent === null) return made;
  const [now, before] = [made as Record<string, unknown>, sent as Record<string, unknown>];
  if (!isDescribed(made) && !Array.isArray(made) && !(made instanceof NumberText))
    return Object.fromEntries(
      Object.keys(before).map((name) => [
        name,
        Object.hasOwn(now, name) ? keepSent(now[name], before[name]) : before[name],
      ]),
    );
  for (const [name, value] of Object.entries(now)) now[name] = keepSent(value, before[name]);
  return made;
}

/** In a new resource null says as much as absence, whatever the member and however deep. */
export function forgetNulls(dto: object): void {
  for (const [name, value] of Object.entries(dto)) if (value === null) delete (dto as Record<string, unknown>)[name];
  forgetNestedNulls(dto);
}

/** Members of a change may be emptied; what stands inside of one is new. */
export function forgetNestedNulls(dto: object): void {
  for (const value of Object.values(dto)) for (const each of [value].flat()) if (isDescribed(each)) forgetNulls(each);
}

/** Where a list lies inside a list: validators would look through it. */
export function nestedLists(
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] {
  if (Array.isArray(value))
    return value.flatMap((each, at) => (Array.isArray(each) ? [[...path, at]] : nestedLists(each, [...path, at])));
  return isDescribed(value) ? Object.entries(value).flatMap(([name, each]) => nestedLists(each, [...path, name])) : [];
}

/** True when a sent value equals the present one: instants by the instant, objects whatever the order of their members. */
export function sameValue(sent: unknown, told: unknown): boolean {
  if (told instanceof Date) return typeof sent === 'string' && parseInstant(sent)?.getTime() === told.getTime();
  if (sent instanceof NumberText) return Number(sent.text) === told;
  if (typeof sent !== 'object' || typeof told !== 'object' || sent === null || told === null) return sent === told;
  if (Array.isArray(sent) !== Array.isArray(told)) return false;
  const names = Object.keys(sent);
  return (
    names.length === Object.keys(told).length &&
    names.every(
      (name) =>
        Object.hasOwn(told, name) &&
        sameValue((sent as Record<string, unknown>)[name], (told as Record<string, unknown>)[name]),
    )
  );
}
