import type { AccountEntry } from '../contract';
import type { OperationContext } from '../context';
import type { BodyOf } from '../wire';

type SetOptions = BodyOf<5>['setOptionsOp'];

/** What Horizon derives from a set_options: settings in its order, then signers that appear, change or go. */
export function noteSetOptions(
  { effects, source }: OperationContext,
  op: SetOptions,
  before: AccountEntry,
  after: AccountEntry,
): void {
  if (op.homeDomain !== null)
    effects.add('account_home_domain_updated', source, { home_domain: op.homeDomain.toString() });
  const thresholds = {
    ...member('low_threshold', op.lowThreshold),
    ...member('med_threshold', op.medThreshold),
    ...member('high_threshold', op.highThreshold),
  };
  if (Object.keys(thresholds).length > 0) effects.add('account_thresholds_updated', source, thresholds);
  if ((op.setFlags ?? 0) !== 0 || (op.clearFlags ?? 0) !== 0) {
    effects.add('account_flags_updated', source, {
      ...flagValues(op.setFlags ?? 0, true),
      ...flagValues(op.clearFlags ?? 0, false),
    });
  }
  if (op.inflationDest !== null) effects.add('account_inflation_destination_updated', source);
  const old = weights(before);
  const now = weights(after);
  for (const [key, weight] of old) {
    const next = now.get(key);
    if (next === undefined) effects.add('signer_removed', source, { weight: 0, public_key: key, key: '' });
    else if (next !== weight) effects.add('signer_updated', source, { weight: next, public_key: key, key: '' });
  }
  for (const [key, weight] of now) {
    if (!old.has(key)) effects.add('signer_created', source, { weight, public_key: key, key: '' });
  }
}

/** Only these two flags have a member in Horizon's record; the second is spelled its way. */
function flagValues(flags: number, value: boolean): Record<string, boolean> {
  return {
    ...((flags & 1) === 0 ? {} : { auth_required_flag: value }),
    ...((flags & 2) === 0 ? {} : { auth_revokable_flag: value }),
  };
}

function weights({ address, thresholds, signers }: AccountEntry): Map<string, number> {
  const all: [string, number][] = signers.map(({ key, weight }) => [key, weight]);
  if (thresholds[0] > 0) all.push([address, thresholds[0]]);
  return new Map(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function member(name: string, value: number | null): Record<string, number> {
  return value === null ? {} : { [name]: value };
}
