import type { AccountEntry } from '../contract';
import { refuse } from '../refusal';
import { releaseSubentry, reserveSubentry } from '../reserves';
import type { OperationRule, Outcome } from './rule';
import { isPrintable } from './set-options';

const CODES = { nameNotFound: -2, lowReserve: -3, invalidName: -4 };
const DONE = { type: 10, manageDataResult: { code: 0 } } as const;

export const manageData: OperationRule<10> = {
  threshold: () => 'medium',

  check({ manageDataOp: { dataName } }) {
    return dataName.length === 0 || !isPrintable(dataName.bytes) ? CODES.invalidName : undefined;
  },

  apply(context, { manageDataOp: { dataName, dataValue } }): Outcome {
    const { state, source, effects } = context;
    const name = dataName.toString();
    const account = state.existingAccount(source.account);
    const isKnown = Object.hasOwn(account.data, name);
    if (dataValue === null) {
      if (!isKnown) refuse(CODES.nameNotFound);
      const sponsor = account.dataSponsors?.[name];
      state.updateAccount(source.account, (now) => withoutData(now, name));
      releaseSubentry(context, source.account, sponsor);
      effects.add('data_removed', source, { name });
      if (sponsor !== undefined) {
        effects.addSponsorship('data_sponsorship_removed', source.account, {
          data_name: name,
          former_sponsor: sponsor,
        });
      }
      return { result: DONE };
    }
    const sponsor = isKnown ? undefined : reserveSubentry(context, source.account, CODES.lowReserve);
    const value = Buffer.from(dataValue).toString('base64');
    state.updateAccount(source.account, (now) => withData(now, name, value, sponsor));
    effects.add(isKnown ? 'data_updated' : 'data_created', source, { name, value });
    if (sponsor === undefined) return { result: DONE };
    effects.addSponsorship('data_sponsorship_created', source.account, { data_name: name, sponsor });
    return { result: DONE, sponsor };
  },

  describe({ manageDataOp: { dataName, dataValue } }) {
    const value = dataValue === null ? '' : Buffer.from(dataValue).toString('base64');
    return { details: { name: dataName.toString(), value } };
  },
};

function withData(
  account: AccountEntry,
  name: string,
  value: string,
  sponsor: string | undefined,
): Partial<AccountEntry> {
  const data = record({ ...account.data }, [[name, value]]);
  return sponsor === undefined
    ? { data }
    : { data, dataSponsors: record({ ...account.dataSponsors }, [[name, sponsor]]) };
}

function withoutData(account: AccountEntry, name: string): Partial<AccountEntry> {
  const keep = (from: Record<string, string>): Record<string, string> =>
    record(
      {},
      Object.entries(from).filter(([key]) => key !== name),
    );
  return {
    data: keep(account.data),
    ...(account.dataSponsors === undefined ? {} : { dataSponsors: keep(account.dataSponsors) }),
  };
}

/** Names come from strangers: `__proto__` must become a member like any other. */
function record(base: Record<string, string>, entries: readonly [string, string][]): Record<string, string> {
  return Object.fromEntries([...Object.entries(base), ...entries]);
}
