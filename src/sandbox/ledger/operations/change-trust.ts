import { formatLedgerAmount } from '../../../common/money';
import type { SandboxAsset, TrustlineEntry } from '../contract';
import type { OperationContext } from '../context';
import { assetMembers, canonicalAsset, partyMembers } from '../details';
import { refuse } from '../refusal';
import { releaseSubentry, reserveSubentry } from '../reserves';
import { assetOf, type BodyOf, isAssetValid } from '../wire';
import type { OperationRule, Outcome } from './rule';

const CODES = { malformed: -1, noIssuer: -2, invalidLimit: -3, lowReserve: -4, cannotDelete: -7 };
const DONE = { type: 6, changeTrustResult: { code: 0 } } as const;

export const changeTrust: OperationRule<6> = {
  threshold: () => 'medium',

  check({ changeTrustOp: { line, limit } }, source) {
    if (limit < 0n || line.type === 0 || line.type === 3 || !isAssetValid(line)) return CODES.malformed;
    return assetOf(line).issuer === source ? CODES.malformed : undefined;
  },

  apply(context, body) {
    const { limit } = body.changeTrustOp;
    const asset = trustedAsset(body);
    const line = context.state.trustline(context.source.account, asset);
    if (line === undefined) return open(context, asset, limit);
    if (limit < line.balance + line.buyingLiabilities) refuse(CODES.invalidLimit);
    if (limit === 0n) return close(context, line);
    return adjust(context, line, limit);
  },

  describe(body, source) {
    const asset = trustedAsset(body);
    const limit = formatLedgerAmount(body.changeTrustOp.limit);
    return { details: { ...assetMembers(asset), limit, trustee: asset.issuer, ...partyMembers('trustor', source) } };
  },
};

/** Pool shares have no rule (see the registry), so a line is always an asset here. */
function trustedAsset({ changeTrustOp: { line } }: BodyOf<6>): SandboxAsset {
  if (line.type === 3) throw new Error('pool shares are not supported');
  return assetOf(line);
}

function open(context: OperationContext, asset: SandboxAsset, limit: bigint): Outcome {
  const { state, source, effects } = context;
  if (limit === 0n) refuse(CODES.invalidLimit);
  const issuer = state.account(asset.issuer ?? '');
  if (issuer === undefined) refuse(CODES.noIssuer);
  const sponsor = reserveSubentry(context, source.account, CODES.lowReserve);
  state.setTrustline({
    account: source.account,
    asset,
    balance: 0n,
    limit,
    authorized: !issuer.flags.required,
    authorizedToMaintainLiabilities: !issuer.flags.required,
    clawbackEnabled: issuer.flags.clawback,
    sellingLiabilities: 0n,
    buyingLiabilities: 0n,
    ...(sponsor === undefined ? {} : { sponsor }),
    lastModifiedLedger: context.ledgerSequence,
  });
  effects.add('trustline_created', source, { ...assetMembers(asset), limit: formatLedgerAmount(limit) });
  if (sponsor === undefined) return { result: DONE };
  effects.addSponsorship('trustline_sponsorship_created', source.account, { ...sponsoredLine(asset), sponsor });
  return { result: DONE, sponsor };
}

function close(context: OperationContext, line: TrustlineEntry): Outcome {
  const { state, source, effects } = context;
  if (line.sellingLiabilities > 0n) refuse(CODES.cannotDelete);
  state.removeTrustline(line);
  releaseSubentry(context, source.account, line.sponsor);
  effects.add('trustline_removed', source, { ...assetMembers(line.asset), limit: formatLedgerAmount(0n) });
  if (line.sponsor !== undefined) {
    const details = { ...sponsoredLine(line.asset), former_sponsor: line.sponsor };
    effects.addSponsorship('trustline_sponsorship_removed', source.account, details);
  }
  return { result: DONE };
}

function adjust({ state, source, effects }: OperationContext, line: TrustlineEntry, limit: bigint): Outcome {
  if (state.account(line.asset.issuer ?? '') === undefined) refuse(CODES.noIssuer);
  state.setTrustline({ ...line, limit });
  effects.add('trustline_updated', source, { ...assetMembers(line.asset), limit: formatLedgerAmount(limit) });
  return { result: DONE };
}

function sponsoredLine(asset: SandboxAsset): Record<string, string> {
  return { asset_type: assetMembers(asset)['asset_type'] ?? '', asset: canonicalAsset(asset) };
}
