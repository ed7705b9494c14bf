import type { AccountEntry } from '../contract';
import type { OperationContext } from '../context';
import { flagMembers } from '../details';
import { MAX_SIGNERS, MAX_THRESHOLD } from '../protocol';
import { refuse } from '../refusal';
import { releaseSubentry, reserveSubentry } from '../reserves';
import { signerStrkey } from '../signatures';
import { addressOf, type BodyOf, type SignerKeyWire } from '../wire';
import type { OperationRule } from './rule';
import { noteSetOptions } from './set-options-effects';

type SetOptions = BodyOf<5>['setOptionsOp'];
type Signers = AccountEntry['signers'];

const CODES = {
  lowReserve: -1,
  tooManySigners: -2,
  badFlags: -3,
  invalidInflation: -4,
  cantChange: -5,
  unknownFlag: -6,
  thresholdOutOfRange: -7,
  badSigner: -8,
  invalidHomeDomain: -9,
  authRevocableRequired: -10,
};

const FLAG = { required: 1, revocable: 2, immutable: 4, clawback: 8 } as const;
const ALL_FLAGS = 15;

export const setOptions: OperationRule<5> = {
  threshold({ setOptionsOp: op }) {
    const changesControl = [op.masterWeight, op.lowThreshold, op.medThreshold, op.highThreshold, op.signer].some(
      (value) => value !== null,
    );
    return changesControl ? 'high' : 'medium';
  },

  check({ setOptionsOp: op }, source) {
    const set = op.setFlags ?? 0;
    const clear = op.clearFlags ?? 0;
    if ((set & ~ALL_FLAGS) !== 0 || (clear & ~ALL_FLAGS) !== 0) return CODES.unknownFlag;
    if ((set & clear) !== 0) return CODES.badFlags;
    const levels = [op.masterWeight, op.lowThreshold, op.medThreshold, op.highThreshold];
    if (levels.some((level) => level !== null && level > MAX_THRESHOLD)) return CODES.thresholdOutOfRange;
    if (op.signer !== null && isBadSigner(op.signer, source)) return CODES.badSigner;
    if (op.homeDomain !== null && !isPrintable(op.homeDomain.bytes)) return CODES.invalidHomeDomain;
    return undefined;
  },

  apply(context, { setOptionsOp: op }) {
    const { state, source } = context;
    const before = state.existingAccount(source.account);
    if (op.inflationDest !== null && state.account(addressOf(op.inflationDest)) === undefined)
      refuse(CODES.invalidInflation);
    const flags = changedFlags(before, op);
    state.updateAccount(source.account, (now) => ({ ...changedSettings(now, op), flags }));
    const sponsor = op.signer === null ? undefined : changeSigner(context, op.signer);
    noteSetOptions(context, op, before, state.existingAccount(source.account));
    const result = { type: 5, setOptionsResult: { code: 0 } } as const;
    return sponsor === undefined ? { result } : { result, sponsor };
  },

  describe({ setOptionsOp: op }) {
    const details: Record<string, unknown> = {
      ...(op.homeDomain === null ? {} : { home_domain: op.homeDomain.toString() }),
      ...(op.inflationDest === null ? {} : { inflation_dest: addressOf(op.inflationDest) }),
      ...named('master_key_weight', op.masterWeight),
      ...(op.signer === null ? {} : signerMembers(op.signer)),
      ...flagMembers('set_flags', op.setFlags ?? 0, 'account'),
      ...flagMembers('clear_flags', op.clearFlags ?? 0, 'account'),
      ...named('low_threshold', op.lowThreshold),
      ...named('med_threshold', op.medThreshold),
      ...named('high_threshold', op.highThreshold),
    };
    return { details };
  },
};

function isBadSigner({ key, weight }: NonNullable<SetOptions['signer']>, source: string): boolean {
  if (key.type === 0 && signerStrkey(key) === source) return true;
  if (key.type === 3 && key.ed25519SignedPayload.payload.length === 0) return true;
  return weight > MAX_THRESHOLD;
}

/** Core's isStringValid: ASCII without control characters. */
export function isPrintable(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function changedFlags({ flags }: AccountEntry, op: SetOptions): AccountEntry['flags'] {
  const set = op.setFlags ?? 0;
  const clear = op.clearFlags ?? 0;
  if (flags.immutable && ((set | clear) & ALL_FLAGS) !== 0) refuse(CODES.cantChange);
  const value = (name: keyof typeof FLAG): boolean =>
    (set & FLAG[name]) !== 0 || (flags[name] && (clear & FLAG[name]) === 0);
  const changed = {
    required: value('required'),
    revocable: value('revocable'),
    immutable: value('immutable'),
    clawback: value('clawback'),
  };
  if (changed.clawback && !changed.revocable) refuse(CODES.authRevocableRequired);
  return changed;
}

function changedSettings(account: AccountEntry, op: SetOptions): Partial<AccountEntry> {
  const [master, low, medium, high] = account.thresholds;
  return {
    thresholds: [
      op.masterWeight ?? master,
      op.lowThreshold ?? low,
      op.medThreshold ?? medium,
      op.highThreshold ?? high,
    ],
    ...(op.homeDomain === null ? {} : { homeDomain: op.homeDomain.toString() }),
    ...(op.inflationDest === null ? {} : { inflationDestination: addressOf(op.inflationDest) }),
  };
}

/** @returns the sponsor of a signer that is new. */
function changeSigner(
  context: OperationContext,
  { key, weight }: NonNullable<SetOptions['signer']>,
): string | undefined {
  if (key.type === 3) throw new Error('signed-payload signers are not supported');
  const { state, source, effects } = context;
  const strkey = signerStrkey(key);
  const signers = state.existingAccount(source.account).signers;
  const known = signers.find((signer) => signer.key === strkey);
  if (known !== undefined && weight > 0) {
    putSigners(
      context,
      signers.map((signer) => (signer === known ? { ...known, weight } : signer)),
    );
    return undefined;
  }
  if (known !== undefined) {
    removeSigner(context, source.account, known);
    return undefined;
  }
  if (weight === 0) return undefined;
  if (signers.length >= MAX_SIGNERS) refuse(CODES.tooManySigners);
  const sponsor = reserveSubentry(context, source.account, CODES.lowReserve);
  const added = { key: strkey, weight, type: SIGNER_TYPES[key.type], ...(sponsor === undefined ? {} : { sponsor }) };
  putSigners(
    context,
    [...signers, added].toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  );
  if (sponsor !== undefined)
    effects.addSponsorship('signer_sponsorship_created', source.account, { signer: strkey, sponsor });
  return sponsor;
}

const SIGNER_TYPES = { 0: 'ed25519_public_key', 1: 'preauth_tx', 2: 'sha256_hash' } as const;

function putSigners({ state, source }: OperationContext, signers: Signers): void {
  state.updateAccount(source.account, () => ({ signers }));
}

function removeSigner(context: OperationContext, account: string, signer: Signers[number]): void {
  context.state.updateAccount(account, (now) => ({ signers: now.signers.filter(({ key }) => key !== signer.key) }));
  releaseSubentry(context, account, signer.sponsor);
  if (signer.sponsor !== undefined) {
    context.effects.addSponsorship('signer_sponsorship_removed', account, {
      signer: signer.key,
      former_sponsor: signer.sponsor,
    });
  }
}

function signerMembers({ key, weight }: { key: SignerKeyWire; weight: number }): Record<string, unknown> {
  return key.type === 3 ? { signer_weight: weight } : { signer_key: signerStrkey(key), signer_weight: weight };
}

function named(name: string, value: number | null): Record<string, number> {
  return value === null ? {} : { [name]: value };
}
