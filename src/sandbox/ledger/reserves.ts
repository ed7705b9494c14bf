import type { AccountEntry } from './contract';
import type { OperationContext } from './context';
import { availableNative } from './holdings';
import { BASE_RESERVE, MAX_SUBENTRIES } from './protocol';
import { refuse } from './refusal';

/**
 * Counts one more trustline, offer, signer or data entry of `account` and locks its reserve, with the sponsor when one
 * is active (CAP-0033). Refuses with `lowReserve` (the operation's own code).
 * @returns the sponsor, undefined when the account pays itself.
 */
export function reserveSubentry(context: OperationContext, account: string, lowReserve: number): string | undefined {
  const { state } = context;
  const entry = state.existingAccount(account);
  if (entry.subentries >= MAX_SUBENTRIES) refuse('opTooManySubentries');
  const sponsor = context.sponsorships.get(account);
  lockReserve(context, sponsor ?? account, 1, sponsor !== undefined, lowReserve);
  state.updateAccount(account, (now) => ({
    subentries: now.subentries + 1,
    numSponsored: now.numSponsored + (sponsor === undefined ? 0 : 1),
  }));
  return sponsor;
}

export function releaseSubentry(
  context: Pick<OperationContext, 'state'>,
  account: string,
  sponsor: string | undefined,
): void {
  const { state } = context;
  state.updateAccount(account, (now) => ({
    subentries: now.subentries - 1,
    numSponsored: now.numSponsored - (sponsor === undefined ? 0 : 1),
  }));
  if (sponsor !== undefined) state.updateAccount(sponsor, (now) => ({ numSponsoring: now.numSponsoring - 1 }));
}

/** The two base reserves of a new account: its own balance must hold them unless it is sponsored. */
export function reserveAccount(context: OperationContext, created: AccountEntry, lowReserve: number): AccountEntry {
  const sponsor = context.sponsorships.get(created.address);
  if (sponsor === undefined) {
    if (created.balance < 2n * BASE_RESERVE) refuse(lowReserve);
    return created;
  }
  lockReserve(context, sponsor, 2, true, lowReserve);
  return { ...created, sponsor, numSponsored: 2 };
}

/** A claimable balance has no owner, so it always has a sponsor: the active sponsor of the source, or the source. */
export function reserveClaimable(context: OperationContext, claimants: number, lowReserve: number): string {
  const source = context.source.account;
  const sponsor = context.sponsorships.get(source) ?? source;
  lockReserve(context, sponsor, claimants, true, lowReserve);
  return sponsor;
}

export function releaseSponsored(context: OperationContext, sponsor: string, reserves: number): void {
  context.state.updateAccount(sponsor, (now) => ({ numSponsoring: now.numSponsoring - reserves }));
}

function lockReserve(
  context: OperationContext,
  payer: string,
  reserves: number,
  asSponsor: boolean,
  lowReserve: number,
): void {
  const entry = context.state.existingAccount(payer);
  if (availableNative(entry) < BigInt(reserves) * BASE_RESERVE) refuse(lowReserve);
  if (asSponsor) context.state.setAccount({ ...entry, numSponsoring: entry.numSponsoring + reserves });
}
