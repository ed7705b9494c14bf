import type { SandboxAsset } from '../contract';
import type { OperationContext } from '../context';
import { holdingOf } from '../holdings';
import { refuse } from '../refusal';

/** The codes of payment (to -9) and of both path payments. */
export const PATH_CODES = {
  malformed: -1,
  underfunded: -2,
  srcNoTrust: -3,
  srcNotAuthorized: -4,
  noDestination: -5,
  noTrust: -6,
  notAuthorized: -7,
  lineFull: -8,
  tooFewOffers: -10,
  crossSelf: -11,
  /** Over the most to send, or under the least to receive. */
  limitMissed: -12,
};

/** `skipsExistence`: money may go back to an issuer whose account is gone. */
export function receiveAtDestination(
  context: OperationContext,
  account: string,
  asset: SandboxAsset,
  amount: bigint,
  skipsExistence: boolean,
): void {
  if (!skipsExistence) requireDestination(context, account);
  const holding = holdingOf(context.state, account, asset);
  if (holding === undefined) refuse(PATH_CODES.noTrust);
  if (!holding.isAuthorized) refuse(PATH_CODES.notAuthorized);
  if (!holding.add(amount)) refuse(PATH_CODES.lineFull);
}

export function requireDestination(context: OperationContext, account: string): void {
  if (context.state.account(account) === undefined) refuse(PATH_CODES.noDestination);
}

export function paySource(context: OperationContext, asset: SandboxAsset, amount: bigint): void {
  const holding = holdingOf(context.state, context.source.account, asset);
  if (holding === undefined) refuse(PATH_CODES.srcNoTrust);
  if (!holding.isAuthorized) refuse(PATH_CODES.srcNotAuthorized);
  if (!holding.add(-amount)) refuse(PATH_CODES.underfunded);
}
