import { JudgesNames } from '../../http/member-names';

/** What the service decides in this family, beside what it decides everywhere. */
const DECIDED = ['appId', 'deliveryStats'];

/** For the bodies of this family: what is called nearly as a member is refused, so that nothing that was said is lost. */
export function NamesOfShops(meant: Readonly<Record<string, string>> = {}): ClassDecorator {
  return JudgesNames({ decided: DECIDED, meant });
}

/** The same of a change, which may send back all that it read; the counts of deliveries have moved since. */
export function ChangedNamesOfShops(meant: Readonly<Record<string, string>> = {}): ClassDecorator {
  return JudgesNames({ decided: DECIDED.filter((name) => name !== 'deliveryStats'), meant });
}
