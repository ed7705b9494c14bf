import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { type Asset, sameAsset } from '../common/money';
import type { Network } from '../common/network';
import { Transactions } from '../database/transactions';
import type { LedgerAccount } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import { receivingFault, type ReceivingFault } from '../stellar/receiving';
import type { EventDraft } from '../webhooks/event-types';
import { EventsService } from '../webhooks/events.service';
import { type Receivability, ReceivabilityRepository } from './receivability.repository';

/** For a caller who asks for money: payers cannot send it. */
export interface ReceivingWarning {
  readonly code: 'receiving_account_cannot_receive';
  readonly reason: ReceivingFault;
  readonly account: string;
  readonly asset: Asset;
  /** What is wrong and what helps, for the merchant. */
  readonly detail: string;
}

/** How long an answer is passed on without asking the database again. */
const REMEMBERED_MS = 2_000;
const MOST_REMEMBERED = 5_000;
/** A fault is looked at again soon, since the merchant is mending it; what works, seldom. */
const NEXT_LOOK_MS = { faulty: 60_000, fine: 6 * 3600 * 1000 };
/** The least there is: whether a payment of any size can arrive. */
const ANY_AMOUNT = 1n;

/**
 * Whether receiving accounts can take what payers are asked to send them. Making a link only reads what is known. A job
 * looks at the ledger, and so does the preparation of a payment.
 */
@Injectable()
export class ReceivabilityService {
  private readonly remembered = new Map<string, { readonly at: number; readonly known: Receivability[] }>();

  constructor(
    private readonly repository: ReceivabilityRepository,
    private readonly sources: LedgerSources,
    private readonly events: EventsService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** What is known to be wrong now; empty also before the first look. Never asks the network. */
  async warnings(network: Network, account: string, assets: readonly Asset[]): Promise<ReceivingWarning[]> {
    const known = await this.known('asked', network, account, assets, () =>
      this.repository.ask(network, account, assets, this.clock.now()),
    );
    return known.flatMap(({ asset, fault }) =>
      fault === null
        ? []
        : [
            {
              code: 'receiving_account_cannot_receive' as const,
              reason: fault,
              account,
              asset,
              detail: REMEDIES[fault](asset.code, account, network),
            },
          ],
    );
  }

  /** Whether payers should be warned not to pay. Only reads what is known. */
  async isBlocked(network: Network, account: string, asset: Asset): Promise<boolean> {
    const known = await this.known('read', network, account, [asset], () => this.repository.list(network, account));
    return known.some((each) => each.fault !== null && sameAsset(each.asset, asset));
  }

  /** Looks at up to `limit` pairs that are due. Throws `LedgerUnavailable`. Returns how many accounts were looked at. */
  async check(network: Network, limit: number): Promise<number> {
    const now = this.clock.now();
    const accounts = await this.repository.claim(network, now, new Date(now.getTime() + NEXT_LOOK_MS.faulty), limit);
    for (const address of accounts) await this.learn(network, address, await this.sources.of(network).account(address));
    return accounts.length;
  }

  /** Stores a fresh look at an account, and writes events for its merchants about what has changed. */
  learn(network: Network, address: string, account: LedgerAccount | null): Promise<void> {
    return this.transactions.run(async () => {
      const now = this.clock.now();
      const changes: EventDraft[] = [];
      for (const before of await this.repository.lock(network, address)) {
        const fault = receivingFault(account, address, before.asset, ANY_AMOUNT, false);
        const next = new Date(now.getTime() + (fault === null ? NEXT_LOOK_MS.fine : NEXT_LOOK_MS.faulty));
        await this.repository.set(network, address, before.asset, fault, now, next);
        if ((fault === null) !== (before.fault === null))
          changes.push(...(await this.changed(network, address, before.asset, fault)));
      }
      await this.events.record(changes);
    });
  }

  /** The same for a caller that saw the account in passing: writes only what has changed. */
  async notice(network: Network, address: string, account: LedgerAccount | null): Promise<void> {
    const known = await this.repository.list(network, address);
    if (known.some((each) => receivingFault(account, address, each.asset, ANY_AMOUNT, false) !== each.fault))
      await this.learn(network, address, account);
  }

  private async changed(
    network: Network,
    address: string,
    asset: Asset,
    fault: ReceivingFault | null,
  ): Promise<EventDraft[]> {
    const owners = await this.repository.owners(network, address);
    const type = fault === null ? 'receiving_account.can_receive' : 'receiving_account.cannot_receive';
    const detail = fault === null ? null : REMEDIES[fault](asset.code, address, network);
    return owners.map(({ merchantId, id }) => ({
      merchantId,
      type,
      network,
      subjectType: 'receiving_account',
      subjectId: id,
      data: { id, network, address, asset, reason: fault, detail },
    }));
  }

  /** Many links for one account and asset are made at once: they ask once. */
  private async known(
    how: 'asked' | 'read',
    network: Network,
    account: string,
    assets: readonly Asset[],
    read: () => Promise<Receivability[]>,
  ): Promise<Receivability[]> {
    const key = [how, network, account, ...assets.map(({ code, issuer }) => `${code} ${issuer}`)].join(' ');
    const earlier = this.remembered.get(key);
    const now = this.clock.monotonicMs();
    if (earlier !== undefined && now - earlier.at < REMEMBERED_MS) return earlier.known;
    const known = await read();
    this.remembered.delete(key);
    this.remembered.set(key, { at: now, known });
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > MOST_REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
    return known;
  }
}

const REMEDIES: Readonly<Record<ReceivingFault, (code: string, account: string, network: Network) => string>> = {
  no_account: (_code, account, network) =>
    `The receiving account ${account} does not exist on ${network} yet. Send it a few XLM first.`,
  no_trustline: (code, account) =>
    `The receiving account ${account} has no trustline for ${code}. Add it with the wallet of that account.`,
  not_authorized: (code, account) =>
    `The receiving account ${account} is not authorized to hold ${code}. Ask the issuer of ${code}.`,
  line_full: (code, account) =>
    `The trustline of the receiving account ${account} for ${code} is full. Raise its limit, or move some of it away.`,
};

/** A warning in every dialect. */
// A type, not an interface: only a type is assignable to a JSON value.
// oxlint-disable-next-line typescript/consistent-type-definitions
type WarningView = {
  readonly code: string;
  readonly reason: string;
  readonly account: string;
  readonly asset: { readonly code: string; readonly issuer: string | null };
  readonly detail: string;
};

/** Nothing where there is nothing to warn of. */
export function warningsMeta(warnings: readonly ReceivingWarning[]): { readonly warnings?: WarningView[] } {
  return warnings.length === 0
    ? {}
    : {
        warnings: warnings.map(({ code, reason, account, asset, detail }) => ({
          code,
          reason,
          account,
          asset: { code: asset.code, issuer: asset.issuer },
          detail,
        })),
      };
}
