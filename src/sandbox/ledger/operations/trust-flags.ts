import type { SandboxAsset, TrustlineEntry } from '../contract';
import type { OperationContext } from '../context';
import { assetMembers, flagMembers, partyMembers, trustlineFlagEffect } from '../details';
import { releaseOffer } from '../offers';
import { refuse } from '../refusal';
import { releaseSubentry } from '../reserves';
import { addressOf, assetCodeOf, assetOf, type BodyOf, isAssetCodeValid, isAssetValid } from '../wire';
import type { OperationRule } from './rule';

const AUTHORIZED = 1;
const MAINTAIN = 2;
const CLAWBACK = 4;
const AUTH_MASK = AUTHORIZED | MAINTAIN;

const SET_CODES = { malformed: -1, noTrustLine: -2, cantRevoke: -3, invalidState: -4 };
const ALLOW_CODES = { malformed: -1, noTrustLine: -2, cantRevoke: -4 };

export const setTrustLineFlags: OperationRule<21> = {
  threshold: () => 'low',

  check({ setTrustLineFlagsOp: op }, source) {
    const issuer = assetOf(op.asset).issuer;
    const wrongParties = issuer !== source || addressOf(op.trustor) === source;
    const wrongFlags =
      (op.setFlags & op.clearFlags) !== 0 ||
      (op.setFlags & ~AUTH_MASK) !== 0 ||
      (op.clearFlags & ~(AUTH_MASK | CLAWBACK)) !== 0 ||
      op.setFlags === AUTH_MASK;
    return !isAssetValid(op.asset) || wrongParties || wrongFlags ? SET_CODES.malformed : undefined;
  },

  apply(context, { setTrustLineFlagsOp: op }) {
    const { state, source } = context;
    const { revocable } = state.existingAccount(source.account).flags;
    if (!revocable && (op.clearFlags & AUTH_MASK) !== 0) refuse(SET_CODES.cantRevoke);
    const line = state.trustline(addressOf(op.trustor), assetOf(op.asset));
    if (line === undefined) refuse(SET_CODES.noTrustLine);
    const before = flagsOf(line);
    const after = (before & ~op.clearFlags) | op.setFlags;
    if ((after & AUTH_MASK) === AUTH_MASK) refuse(SET_CODES.invalidState);
    authorize(context, line, after);
    noteFlags(context, line, op.setFlags, op.clearFlags);
    return { result: { type: 21, setTrustLineFlagsResult: { code: 0 } } };
  },

  describe({ setTrustLineFlagsOp: op }) {
    const trustor = addressOf(op.trustor);
    const flags = {
      ...flagMembers('set_flags', op.setFlags, 'trustline'),
      ...flagMembers('clear_flags', op.clearFlags, 'trustline'),
    };
    return { details: { ...assetMembers(assetOf(op.asset)), trustor, ...flags }, participants: [trustor] };
  },
};

export const allowTrust: OperationRule<7> = {
  threshold: () => 'low',

  check({ allowTrustOp: { asset, authorize: flags, trustor } }, source) {
    const bytes = asset.type === 1 ? asset.assetCode4 : asset.assetCode12;
    const wrong = !isAssetCodeValid(bytes) || flags > MAINTAIN || addressOf(trustor) === source;
    return wrong ? ALLOW_CODES.malformed : undefined;
  },

  apply(context, body) {
    const { state, source, effects } = context;
    const { trustor, authorize: flags } = body.allowTrustOp;
    const asset = allowedAsset(body, source.account);
    const { revocable } = state.existingAccount(source.account).flags;
    if (!revocable && flags === 0) refuse(ALLOW_CODES.cantRevoke);
    const line = state.trustline(addressOf(trustor), asset);
    if (line === undefined) refuse(ALLOW_CODES.noTrustLine);
    if (!revocable && line.authorized && flags === MAINTAIN) refuse(ALLOW_CODES.cantRevoke);
    authorize(context, line, (flagsOf(line) & ~AUTH_MASK) | flags);
    const { asset_issuer: _, ...code } = assetMembers(asset);
    effects.add(allowEffect(flags), source, { trustor: line.account, ...code });
    noteFlags(context, line, flags, flags === 0 ? AUTH_MASK : 0);
    return { result: { type: 7, allowTrustResult: { code: 0 } } };
  },

  describe(body, source) {
    const { trustor, authorize: flags } = body.allowTrustOp;
    const account = addressOf(trustor);
    const details = {
      ...assetMembers(allowedAsset(body, source.account)),
      ...partyMembers('trustee', source),
      trustor: account,
      authorize: (flags & AUTHORIZED) !== 0,
      authorize_to_maintain_liabilities: (flags & AUTH_MASK) !== 0,
    };
    return { details, participants: [account] };
  },
};

function allowedAsset({ allowTrustOp: { asset } }: BodyOf<7>, issuer: string): SandboxAsset {
  return { code: assetCodeOf(asset.type === 1 ? asset.assetCode4 : asset.assetCode12), issuer };
}

function allowEffect(
  flags: number,
): 'trustline_authorized' | 'trustline_authorized_to_maintain_liabilities' | 'trustline_deauthorized' {
  if (flags === AUTHORIZED) return 'trustline_authorized';
  return flags === MAINTAIN ? 'trustline_authorized_to_maintain_liabilities' : 'trustline_deauthorized';
}

/** The flags as the ledger has them: full authorisation excludes the lesser one. */
function flagsOf(line: TrustlineEntry): number {
  const auth = line.authorized ? AUTHORIZED : line.authorizedToMaintainLiabilities ? MAINTAIN : 0;
  return auth | (line.clawbackEnabled ? CLAWBACK : 0);
}

/** An account that may not even keep offers loses them. */
function authorize(context: OperationContext, line: TrustlineEntry, flags: number): void {
  const { state } = context;
  if ((flags & AUTH_MASK) === 0) {
    for (const offer of state.offersOf(line.account)) {
      if (!touches(offer.selling, line.asset) && !touches(offer.buying, line.asset)) continue;
      releaseOffer(state, offer);
      state.removeOffer(offer);
      releaseSubentry(context, offer.seller, offer.sponsor);
    }
  }
  const now = state.trustline(line.account, line.asset) ?? line;
  state.setTrustline({
    ...now,
    authorized: (flags & AUTHORIZED) !== 0,
    authorizedToMaintainLiabilities: (flags & AUTH_MASK) !== 0,
    clawbackEnabled: (flags & CLAWBACK) !== 0,
  });
}

function touches(a: SandboxAsset, b: SandboxAsset): boolean {
  return a.code === b.code && a.issuer === b.issuer;
}

function noteFlags({ effects, source }: OperationContext, line: TrustlineEntry, set: number, cleared: number): void {
  const flags = { ...trustlineFlagEffect(set, true), ...trustlineFlagEffect(cleared, false) };
  effects.add('trustline_flags_updated', source, { ...assetMembers(line.asset), trustor: line.account, ...flags });
}
