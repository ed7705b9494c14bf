import { Asset as SdkAsset } from '@stellar/stellar-sdk/base';
import { type Asset, assetKey, formatLedgerAmount } from '../../common/money';
import type { AccountEntry, ClaimableBalanceEntry, OfferEntry, TrustlineEntry } from '../ledger/contract';
import { assetFields, assetType, type Json, link, pagedLink, priceText, templated, timestamp } from './fields';

/** Close time of a ledger in seconds; undefined when it is no longer kept. */
export type CloseTimeOf = (ledger: number) => number | undefined;

/** Current state as Horizon's JSON. `base` is the public URL of the surface without a final slash. */
export class StateRecords {
  constructor(
    private readonly base: string,
    private readonly passphrase: string,
    private readonly closeTimeOf: CloseTimeOf,
  ) {}

  account(entry: AccountEntry, trustlines: readonly TrustlineEntry[], sequence = entry.sequence): Json {
    const self = `${this.base}/accounts/${entry.address}`;
    const lists = ['transactions', 'operations', 'payments', 'effects', 'offers', 'trades'];
    const [, low, medium, high] = entry.thresholds;
    return {
      _links: {
        self: link(self),
        ...Object.fromEntries(lists.map((list) => [list, pagedLink(`${self}/${list}`)])),
        data: templated(`${self}/data/{key}`),
      },
      id: entry.address,
      account_id: entry.address,
      sequence: sequence.toString(),
      ...(entry.sequenceLedger === 0
        ? {}
        : { sequence_ledger: entry.sequenceLedger, sequence_time: String(entry.sequenceTime) }),
      subentry_count: entry.subentries,
      ...(entry.inflationDestination === undefined ? {} : { inflation_destination: entry.inflationDestination }),
      ...(entry.homeDomain === '' ? {} : { home_domain: entry.homeDomain }),
      last_modified_ledger: entry.lastModifiedLedger,
      ...this.modifiedAt(entry.lastModifiedLedger),
      thresholds: { low_threshold: low, med_threshold: medium, high_threshold: high },
      flags: flagFields(entry),
      balances: [...trustlines].sort(byAsset).map(balanceLine).concat(nativeLine(entry)),
      signers: signerLines(entry),
      data: { ...entry.data },
      num_sponsoring: entry.numSponsoring,
      num_sponsored: entry.numSponsored,
      ...sponsorField(entry),
      paging_token: entry.address,
    };
  }

  offer(entry: OfferEntry): Json {
    const id = entry.id.toString();
    return {
      _links: { self: link(`${this.base}/offers/${id}`), offer_maker: link(`${this.base}/accounts/${entry.seller}`) },
      id,
      paging_token: id,
      seller: entry.seller,
      selling: assetFields(entry.selling),
      buying: assetFields(entry.buying),
      amount: formatLedgerAmount(entry.amount),
      price_r: { n: entry.price.n, d: entry.price.d },
      price: priceText(entry.price.n, entry.price.d),
      last_modified_ledger: entry.lastModifiedLedger,
      ...this.modifiedAt(entry.lastModifiedLedger),
      ...sponsorField(entry),
    };
  }

  claimableBalance(entry: ClaimableBalanceEntry): Json {
    const self = `${this.base}/claimable_balances/${entry.id}`;
    return {
      _links: {
        self: link(self),
        transactions: pagedLink(`${self}/transactions`),
        operations: pagedLink(`${self}/operations`),
      },
      id: entry.id,
      asset: assetKey(entry.asset),
      amount: formatLedgerAmount(entry.amount),
      sponsor: entry.sponsor,
      last_modified_ledger: entry.lastModifiedLedger,
      ...this.modifiedAt(entry.lastModifiedLedger),
      claimants: entry.claimants.map(({ destination, predicate }) => ({ destination, predicate })),
      flags: { clawback_enabled: entry.clawbackEnabled === true },
      paging_token: `${entry.lastModifiedLedger}-${entry.id}`,
    };
  }

  asset(
    asset: Asset,
    issuer: AccountEntry | undefined,
    trustlines: readonly TrustlineEntry[],
    claimables: readonly ClaimableBalanceEntry[],
  ): Json {
    const grouped = groupByAuthorization(trustlines);
    const total = (lines: readonly TrustlineEntry[]): string =>
      formatLedgerAmount(lines.reduce((sum, { balance }) => sum + balance, 0n));
    return {
      _links: {
        toml: link(
          issuer === undefined || issuer.homeDomain === ''
            ? ''
            : `https://${issuer.homeDomain}/.well-known/stellar.toml`,
        ),
      },
      ...assetFields(asset),
      paging_token: assetToken(asset),
      contract_id: new SdkAsset(asset.code, asset.issuer ?? undefined).contractId(this.passphrase),
      num_claimable_balances: claimables.length,
      num_liquidity_pools: 0,
      num_contracts: 0,
      accounts: mapGroups(grouped, (lines) => lines.length),
      claimable_balances_amount: formatLedgerAmount(claimables.reduce((sum, { amount }) => sum + amount, 0n)),
      liquidity_pools_amount: '0.0000000',
      contracts_amount: '0.0000000',
      balances: mapGroups(grouped, total),
      flags: issuer === undefined ? NO_FLAGS : flagFields(issuer),
    };
  }

  private modifiedAt(ledger: number): Json {
    const closeTime = this.closeTimeOf(ledger);
    return closeTime === undefined ? {} : { last_modified_time: timestamp(closeTime) };
  }
}

const NO_FLAGS = { auth_required: false, auth_revocable: false, auth_immutable: false, auth_clawback_enabled: false };

export function assetToken(asset: Asset): string {
  return `${asset.code}_${asset.issuer ?? ''}_${assetType(asset)}`;
}

function flagFields({ flags }: AccountEntry): typeof NO_FLAGS {
  return {
    auth_required: flags.required,
    auth_revocable: flags.revocable,
    auth_immutable: flags.immutable,
    auth_clawback_enabled: flags.clawback,
  };
}

function sponsorField({ sponsor }: { readonly sponsor?: string }): Json {
  return sponsor === undefined ? {} : { sponsor };
}

function signerLines(entry: AccountEntry): Json[] {
  const others = entry.signers.filter(({ key }) => key !== entry.address);
  const master = { weight: entry.thresholds[0], key: entry.address, type: 'ed25519_public_key' };
  return [
    ...others.map((signer) => ({ weight: signer.weight, key: signer.key, type: signer.type, ...sponsorField(signer) })),
    master,
  ];
}

function byAsset(a: TrustlineEntry, b: TrustlineEntry): number {
  return assetKey(a.asset) < assetKey(b.asset) ? -1 : 1;
}

function balanceLine(line: TrustlineEntry): Json {
  return {
    balance: formatLedgerAmount(line.balance),
    limit: formatLedgerAmount(line.limit),
    buying_liabilities: formatLedgerAmount(line.buyingLiabilities),
    selling_liabilities: formatLedgerAmount(line.sellingLiabilities),
    last_modified_ledger: line.lastModifiedLedger,
    is_authorized: line.authorized,
    is_authorized_to_maintain_liabilities: line.authorized || line.authorizedToMaintainLiabilities,
    ...(line.clawbackEnabled ? { is_clawback_enabled: true } : {}),
    ...assetFields(line.asset),
    ...sponsorField(line),
  };
}

function nativeLine(entry: AccountEntry): Json {
  return {
    balance: formatLedgerAmount(entry.balance),
    buying_liabilities: formatLedgerAmount(entry.buyingLiabilities),
    selling_liabilities: formatLedgerAmount(entry.sellingLiabilities),
    asset_type: 'native',
  };
}

interface Groups<T> {
  readonly authorized: T;
  readonly authorized_to_maintain_liabilities: T;
  readonly unauthorized: T;
}

function groupByAuthorization(trustlines: readonly TrustlineEntry[]): Groups<TrustlineEntry[]> {
  const maintained = (line: TrustlineEntry): boolean => !line.authorized && line.authorizedToMaintainLiabilities;
  return {
    authorized: trustlines.filter((line) => line.authorized),
    authorized_to_maintain_liabilities: trustlines.filter(maintained),
    unauthorized: trustlines.filter((line) => !line.authorized && !maintained(line)),
  };
}

function mapGroups<From, To>(groups: Groups<From>, map: (from: From) => To): Groups<To> {
  return {
    authorized: map(groups.authorized),
    authorized_to_maintain_liabilities: map(groups.authorized_to_maintain_liabilities),
    unauthorized: map(groups.unauthorized),
  };
}
