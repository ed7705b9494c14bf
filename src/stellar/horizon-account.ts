import type { Amount } from '../common/money';
import { accountField, amountField, assetFields } from './horizon-fields';
import { arrayOf, countOf, integerOf, JsonUnreadable, objectOf, textOf, type JsonObject } from './json';
import type { LedgerAccount, LedgerBalance } from './ledger-source';
import { memoRequired } from './memo-required';

/** Base reserve of the network, 0.5 XLM: a vote of the validators, unchanged since 2019. */
const BASE_RESERVE: Amount = 5_000_000n;

/** Horizon's account record. Throws `JsonUnreadable`. */
export function readAccount(record: JsonObject, address: string): LedgerAccount {
  if (accountField(record['account_id'], 'account_id') !== address)
    throw new JsonUnreadable('another account than asked for');
  const thresholds = objectOf(record['thresholds'], 'thresholds');
  const balances = arrayOf(record['balances'], 'balances').flatMap((line) => readBalance(objectOf(line, 'balance')));
  const native = balances.find((line) => line.asset.issuer === null);
  if (native === undefined) throw new JsonUnreadable('an account without a native balance');
  const spendable = native.balance - reserveOf(record) - native.sellingLiabilities;
  return {
    address,
    sequence: integerOf(record['sequence'], 'sequence'),
    thresholds: {
      low: countOf(thresholds['low_threshold'], 'low_threshold'),
      medium: countOf(thresholds['med_threshold'], 'med_threshold'),
      high: countOf(thresholds['high_threshold'], 'high_threshold'),
    },
    signers: arrayOf(record['signers'], 'signers').map((signer) => readSigner(objectOf(signer, 'signer'))),
    balances,
    spendableNative: spendable > 0n ? spendable : 0n,
    memoRequired: memoRequired(record['data']),
  };
}

/** (2 + subentries + sponsoring - sponsored) base reserves. */
function reserveOf(record: JsonObject): Amount {
  const entries =
    2 +
    countOf(record['subentry_count'], 'subentry_count') +
    optionalCount(record, 'num_sponsoring') -
    optionalCount(record, 'num_sponsored');
  return BigInt(Math.max(entries, 0)) * BASE_RESERVE;
}

function optionalCount(record: JsonObject, name: string): number {
  return record[name] === undefined ? 0 : countOf(record[name], name);
}

/** Pool shares are not money anyone can pay with and are left out. */
function readBalance(line: JsonObject): LedgerBalance[] {
  if (line['asset_type'] === 'liquidity_pool_shares') return [];
  const asset = assetFields(line);
  return [
    {
      asset,
      balance: amountField(line['balance'], 'balance'),
      limit: asset.issuer === null ? null : amountField(line['limit'], 'limit'),
      buyingLiabilities: amountField(line['buying_liabilities'], 'buying_liabilities'),
      sellingLiabilities: amountField(line['selling_liabilities'], 'selling_liabilities'),
      authorized: asset.issuer === null || line['is_authorized'] === true,
    },
  ];
}

function readSigner(signer: JsonObject): LedgerAccount['signers'][number] {
  return {
    key: textOf(signer['key'], 'signer key'),
    weight: countOf(signer['weight'], 'signer weight'),
    type: textOf(signer['type'], 'signer type'),
  };
}
