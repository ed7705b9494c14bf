import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Ids } from '../common/ids';
import type { Network } from '../common/network';
import type { Principal } from '../common/principal';
import type { TillRow } from '../common/till';
import { LedgerSources } from '../stellar/ledger-sources';
import type { Merchant } from './merchant';
import { type Membership, MerchantsRepository } from './merchants.repository';

/** How money that does not fit is taken. */
export type SettlementPolicy = Omit<TillRow, 'address'>;

/** Whose till is asked for; it is asked for once where it was read together with the credential (see Principal). */
export type TillOwner = Pick<Principal, 'merchantId'> & Partial<Pick<Principal, 'network' | 'till'>>;

/** A merchant's rules; `toleranceBp` in basis points of the total, `lateGraceSeconds` after the deadline. */
export type MerchantSettings = Omit<Merchant, 'handle' | 'version' | 'createdAt' | 'updatedAt'>;

export type { Membership };

interface NewMerchant {
  /** 1 to 200 characters. */
  readonly name: string;
  /** G address of the owner; also the receiving account on every enabled network. */
  readonly wallet: string;
}

@Injectable()
export class MerchantsService {
  constructor(
    private readonly repository: MerchantsRepository,
    private readonly ledgers: LedgerSources,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** The merchant of a wallet that has just proven itself; an unknown wallet opens one. Safe under concurrency. */
  openForWallet(wallet: string): Promise<Membership> {
    return this.create({ name: `Wallet ${wallet.slice(0, 4)}...${wallet.slice(-4)}`, wallet });
  }

  /** Repeating it is harmless: a wallet that has a merchant keeps it, name and all, and `created` is false. */
  async create(merchant: NewMerchant): Promise<Membership & { readonly created: boolean }> {
    const known = await this.repository.findByWallet(merchant.wallet);
    if (known !== null) {
      await this.repository.addMissingAccounts(
        known,
        this.networks.map(() => this.ids.row()),
        this.networks,
        this.clock.now(),
      );
      return { ...known, created: false };
    }
    const opened = await this.repository.open({
      ...merchant,
      merchantId: this.ids.row(),
      memberId: this.ids.row(),
      networks: this.networks,
      accountIds: this.networks.map(() => this.ids.row()),
      createdAt: this.clock.now(),
    });
    if (opened !== null) return { ...opened, created: true };
    const winner = await this.repository.findByWallet(merchant.wallet);
    if (winner === null) throw new Error('a wallet is neither free nor taken');
    return { ...winner, created: false };
  }

  /** Where a merchant's money goes on a network, and under which rules it is taken. */
  async till(
    owner: TillOwner,
    network: Network,
  ): Promise<{ readonly destination: string; readonly policy: SettlementPolicy }> {
    const { merchantId } = owner;
    const known = owner.network === network ? owner.till : undefined;
    const till = known ?? (await this.repository.findTill(merchantId, network));
    if (till === null) throw new Error(`no merchant ${merchantId}`);
    const { address, ...policy } = till;
    if (address !== null) return { destination: address, policy };
    throw new DomainError('network_mismatch', {
      detail: `There is no receiving account on ${network} yet. Sign in once with the owner's wallet to open one.`,
    });
  }

  /** Which of these G addresses belong to any merchant on a network: the ones whose credits are kept. */
  async watchedAmong(network: Network, addresses: readonly string[]): Promise<Set<string>> {
    if (addresses.length === 0) return new Set();
    return new Set(await this.repository.listWatched(network, [...new Set(addresses)]));
  }

  /** Of a merchant that exists (the id comes from a Principal or a foreign key); its absence is a defect. */
  async settings(merchantId: string): Promise<MerchantSettings> {
    const merchant = await this.repository.findById(merchantId);
    if (merchant === null) throw new Error(`no merchant ${merchantId}`);
    const { id, name, defaultNetwork, toleranceBp, lateGraceSeconds, timeZone } = merchant;
    return { id, name, defaultNetwork, toleranceBp, lateGraceSeconds, timeZone };
  }

  /** The merchant behind each watched address; null where several share it: no merchant is credited by guess. */
  async ownersOf(network: Network, addresses: readonly string[]): Promise<Map<string, string | null>> {
    const rows = await this.repository.listOwners(network, addresses);
    return new Map(rows.map((row) => [row.address, row.merchantId]));
  }

  private get networks(): Network[] {
    return this.ledgers.all.map((ledger) => ledger.network);
  }
}
