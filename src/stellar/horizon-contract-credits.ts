import { isAccountAddress, isContractAddress } from './address';
import { accountField, amountField, assetFields } from './horizon-fields';
import { arrayOf, integerOf, JsonUnreadable, objectOf, textOf, type JsonObject } from './json';
import type { Credit } from './ledger-source';

/** The part of a credit that the operation itself holds; the rest comes from its transaction. */
export type CreditDraft = Pick<Credit, 'index' | 'kind' | 'account' | 'muxedId' | 'from' | 'asset' | 'amount'>;

/** Events that take money away or destroy it: of no interest to a receiver. */
const OUTGOING = new Set(['burn', 'clawback']);
/** Senders Horizon prints besides accounts: contracts, claimable balances and liquidity pools. */
const HOLDER = /^[GCBL][A-Z2-7]{50,70}$/;

/**
 * Credits of a contract call, from `asset_balance_changes`, which Horizon fills only for contracts of classic
 * assets. What the call's arguments claim is not looked at. One odd change makes the whole record unreadable
 * (throws `JsonUnreadable`), because the reading of the others is then in doubt too.
 */
export function contractCredits(changes: unknown): CreditDraft[] {
  if (changes === undefined || changes === null) return [];
  return arrayOf(changes, 'asset_balance_changes').flatMap((change, index) =>
    credit(objectOf(change, 'balance change'), index),
  );
}

function credit(change: JsonObject, index: number): CreditDraft[] {
  const type = textOf(change['type'], 'type of the balance change');
  if (OUTGOING.has(type)) return [];
  if (type !== 'transfer' && type !== 'mint') throw new JsonUnreadable(`balance change of unknown type`);
  const asset = assetFields(change);
  const amount = amountField(change['amount'], 'amount');
  const account = textOf(change['to'], 'to');
  // Money of contracts and pools is not an account's money.
  if (!isAccountAddress(account)) {
    if (isContractAddress(account) || HOLDER.test(account)) return [];
    throw new JsonUnreadable('to is not an address');
  }
  if (amount === 0n) return [];
  return [
    {
      index,
      kind: 'contract_transfer',
      account,
      muxedId: destinationId(change),
      from: sender(change, type, asset.issuer),
      asset,
      amount,
    },
  ];
}

/** New money comes from the issuer, which a mint does not name. */
function sender(change: JsonObject, type: 'transfer' | 'mint', issuer: string | null): string {
  if (type === 'mint') return accountField(issuer, 'issuer of minted money');
  const from = textOf(change['from'], 'from');
  if (!HOLDER.test(from)) throw new JsonUnreadable('from is not an address');
  return from;
}

function destinationId(change: JsonObject): bigint | null {
  const id = change['destination_muxed_id'];
  if (id === undefined) return null;
  const value = integerOf(id, 'destination_muxed_id');
  if (value >= 1n << 64n) throw new JsonUnreadable('destination_muxed_id exceeds 64 bits');
  return value;
}
