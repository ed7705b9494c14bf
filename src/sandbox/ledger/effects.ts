import { formatLedgerAmount } from '../../common/money';
import type { AppliedEffect, SandboxAsset } from './contract';
import { assetMembers, canonicalAsset, muxedMembers } from './details';
import { plainParty, type Party } from './wire';

/** Horizon's effect numbers. */
const EFFECT_TYPES = {
  account_created: 0,
  account_removed: 1,
  account_credited: 2,
  account_debited: 3,
  account_thresholds_updated: 4,
  account_home_domain_updated: 5,
  account_flags_updated: 6,
  account_inflation_destination_updated: 7,
  signer_created: 10,
  signer_removed: 11,
  signer_updated: 12,
  trustline_created: 20,
  trustline_removed: 21,
  trustline_updated: 22,
  trustline_authorized: 23,
  trustline_deauthorized: 24,
  trustline_authorized_to_maintain_liabilities: 25,
  trustline_flags_updated: 26,
  trade: 33,
  data_created: 40,
  data_removed: 41,
  data_updated: 42,
  sequence_bumped: 43,
  claimable_balance_created: 50,
  claimable_balance_claimant_created: 51,
  claimable_balance_claimed: 52,
  account_sponsorship_created: 60,
  account_sponsorship_removed: 62,
  trustline_sponsorship_created: 63,
  trustline_sponsorship_removed: 65,
  data_sponsorship_created: 66,
  data_sponsorship_removed: 68,
  claimable_balance_sponsorship_created: 69,
  claimable_balance_sponsorship_removed: 71,
  signer_sponsorship_created: 72,
  signer_sponsorship_removed: 74,
  claimable_balance_clawed_back: 80,
} as const;

export type EffectType = keyof typeof EFFECT_TYPES;

export interface Trade {
  readonly offerId: bigint;
  readonly seller: string;
  /** Taken from the seller. */
  readonly sold: { readonly asset: SandboxAsset; readonly amount: bigint };
  /** Given to the seller. */
  readonly bought: { readonly asset: SandboxAsset; readonly amount: bigint };
}

/** Collects what one operation did, in Horizon's order: sponsorship effects come after all others. */
export class EffectLog {
  private readonly main: AppliedEffect[] = [];
  private readonly sponsorship: AppliedEffect[] = [];

  add(type: EffectType, party: Party | string, details: Record<string, unknown> = {}): void {
    this.main.push(effect(type, party, details));
  }

  addSponsorship(type: EffectType, account: string, details: Record<string, unknown>): void {
    this.sponsorship.push(effect(type, account, details));
  }

  credited(party: Party | string, asset: SandboxAsset, amount: bigint): void {
    this.add('account_credited', party, { ...assetMembers(asset), amount: formatLedgerAmount(amount) });
  }

  debited(party: Party | string, asset: SandboxAsset, amount: bigint): void {
    this.add('account_debited', party, { ...assetMembers(asset), amount: formatLedgerAmount(amount) });
  }

  /** Two effects per offer taken: one for the taker, one for the maker. */
  traded(taker: Party, trades: readonly Trade[]): void {
    for (const { offerId, seller, sold, bought } of trades) {
      const id = offerId.toString();
      this.add('trade', taker, { seller, offer_id: id, ...side('sold', bought), ...side('bought', sold) });
      const takerMembers = { seller: taker.account, ...muxedMembers('seller', taker) };
      this.add('trade', seller, { ...takerMembers, offer_id: id, ...side('sold', sold), ...side('bought', bought) });
    }
  }

  claimableMembers(id: string, asset: SandboxAsset, amount: bigint): Record<string, unknown> {
    return { asset: canonicalAsset(asset), balance_id: id, amount: formatLedgerAmount(amount) };
  }

  list(): AppliedEffect[] {
    return [...this.main, ...this.sponsorship];
  }
}

function side(prefix: 'sold' | 'bought', what: Trade['sold']): Record<string, unknown> {
  return { [`${prefix}_amount`]: formatLedgerAmount(what.amount), ...assetMembers(what.asset, `${prefix}_`) };
}

function effect(type: EffectType, who: Party | string, details: Record<string, unknown>): AppliedEffect {
  const party = typeof who === 'string' ? plainParty(who) : who;
  return {
    type,
    typeI: EFFECT_TYPES[type],
    account: party.account,
    details: { ...muxedMembers('account', party), ...details },
  };
}
