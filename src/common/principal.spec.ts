import { ASKED_SCOPES, DEFAULT_KEY_SCOPES, SCOPES } from './principal';

/** Nouns of which writing moves money, says where it goes, or hands on that power. */
const POWERFUL = /^(accounts|keys|members|money|payments|payouts|refunds|transfers)(_\w+)?:/;

describe('what a key may do when nothing was said about it', () => {
  it('moves no money, approves none, and hands no such power on', () => {
    expect(ASKED_SCOPES.toSorted()).toEqual(['accounts:write', 'keys:write', 'members:write', 'payments:write']);
    expect(DEFAULT_KEY_SCOPES).toEqual(SCOPES.filter((scope) => !ASKED_SCOPES.includes(scope)));
  });

  it('stays so with a new scope: approving, and writing what is money, stand on the list', () => {
    const unlisted = DEFAULT_KEY_SCOPES.filter(
      (scope) => !scope.endsWith(':read') && (POWERFUL.test(scope) || !scope.endsWith(':write')),
    );
    expect(unlisted).toEqual([]);
  });
});
