import { INT64_MAX } from '../protocol';
import type { PredicateWire } from '../wire';

const MAX_DEPTH = 4;
/** The last second a JavaScript date can show. */
const LAST_PRINTABLE_SECOND = 8_640_000_000_000n;

/** Core's validatePredicate: depth, two members to every and/or, no negative times. */
export function isPredicateValid(predicate: PredicateWire, depth = 1): boolean {
  if (depth > MAX_DEPTH) return false;
  switch (predicate.type) {
    case 0:
      return true;
    case 1:
      return (
        predicate.andPredicates.length === 2 &&
        predicate.andPredicates.every((inner) => isPredicateValid(inner, depth + 1))
      );
    case 2:
      return (
        predicate.orPredicates.length === 2 &&
        predicate.orPredicates.every((inner) => isPredicateValid(inner, depth + 1))
      );
    case 3:
      return predicate.notPredicate !== null && isPredicateValid(predicate.notPredicate, depth + 1);
    case 4:
      return predicate.absBefore >= 0n;
    case 5:
      return predicate.relBefore >= 0n;
  }
}

/** Relative times become absolute when the balance is created (CAP-0023). */
export function anchored(predicate: PredicateWire, closeTime: bigint): PredicateWire {
  switch (predicate.type) {
    case 0:
    case 4:
      return predicate;
    case 1:
      return { type: 1, andPredicates: predicate.andPredicates.map((inner) => anchored(inner, closeTime)) };
    case 2:
      return { type: 2, orPredicates: predicate.orPredicates.map((inner) => anchored(inner, closeTime)) };
    case 3:
      return {
        type: 3,
        notPredicate: predicate.notPredicate === null ? null : anchored(predicate.notPredicate, closeTime),
      };
    case 5: {
      const end = closeTime + predicate.relBefore;
      return { type: 4, absBefore: end > INT64_MAX ? INT64_MAX : end };
    }
  }
}

/** Is it fulfilled at `closeTime`? A relative time left in it has not been anchored and counts as not fulfilled. */
export function isFulfilled(predicate: PredicateWire, closeTime: bigint): boolean {
  switch (predicate.type) {
    case 0:
      return true;
    case 1:
      return predicate.andPredicates.every((inner) => isFulfilled(inner, closeTime));
    case 2:
      return predicate.orPredicates.some((inner) => isFulfilled(inner, closeTime));
    case 3:
      return predicate.notPredicate !== null && !isFulfilled(predicate.notPredicate, closeTime);
    case 4:
      return predicate.absBefore > closeTime;
    case 5:
      return false;
  }
}

/** Horizon's JSON form. */
export function predicateJson(predicate: PredicateWire): Record<string, unknown> {
  switch (predicate.type) {
    case 0:
      return { unconditional: true };
    case 1:
      return { and: predicate.andPredicates.map(predicateJson) };
    case 2:
      return { or: predicate.orPredicates.map(predicateJson) };
    case 3:
      return { not: predicate.notPredicate === null ? {} : predicateJson(predicate.notPredicate) };
    case 4:
      return { abs_before: timeText(predicate.absBefore), abs_before_epoch: predicate.absBefore.toString() };
    case 5:
      return { rel_before: predicate.relBefore.toString() };
  }
}

function timeText(seconds: bigint): string {
  const printable = seconds > LAST_PRINTABLE_SECOND ? LAST_PRINTABLE_SECOND : seconds;
  return new Date(Number(printable) * 1000).toISOString().replace('.000Z', 'Z').replace(/^\+0*/, '+');
}
