import type { Customer } from './customer';

/** As `customers.name` and the invoices that copy it hold. */
const MAX_NAME = 200;

type Named = Pick<Customer, 'name' | 'firstName' | 'lastName'>;

/** The name that two names make up; of two very long ones the end is lost here and kept in its own member. */
function fullName(firstName: string, lastName: string): string {
  return Array.from(`${firstName} ${lastName}`).slice(0, MAX_NAME).join('').trim();
}

/** Both names of a customer. Of one who was given a single name, the last word of it is the last name. */
export function namesOf({ name, firstName, lastName }: Named): {
  readonly firstName: string;
  readonly lastName: string;
} {
  if (firstName !== null && lastName !== null) return { firstName, lastName };
  const [, first = name, last = ''] = /^(.*\S)\s+(\S+)$/su.exec(name.trim()) ?? [];
  return { firstName: first, lastName: last };
}

/** A name is one fact in two spellings: whichever is changed, the other follows. */
export function renamed(before: Named, change: Partial<Named>): Named {
  const { name, firstName, lastName } = change;
  if (typeof firstName === 'string' || typeof lastName === 'string') {
    const known = namesOf(before);
    const first = firstName ?? known.firstName;
    const last = lastName ?? known.lastName;
    const whole = { name: fullName(first, last), firstName: first, lastName: last };
    return last === '' ? { ...whole, firstName: null, lastName: null } : whole;
  }
  if (name === undefined || name === before.name)
    return { name: before.name, firstName: before.firstName, lastName: before.lastName };
  return { name, firstName: null, lastName: null };
}
