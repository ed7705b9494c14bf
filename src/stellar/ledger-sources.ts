import { DomainError } from '../common/errors';
import type { Network } from '../common/network';
import type { LedgerSource } from './ledger-source';

/** The ledger of every enabled network. Asking for another one is a caller's mistake (400). */
export class LedgerSources {
  private readonly byNetwork: ReadonlyMap<Network, LedgerSource>;

  constructor(sources: readonly LedgerSource[]) {
    this.byNetwork = new Map(sources.map((source) => [source.network, source]));
  }

  get all(): LedgerSource[] {
    return [...this.byNetwork.values()];
  }

  of(network: Network): LedgerSource {
    const source = this.byNetwork.get(network);
    if (source === undefined) throw new DomainError('network_unknown');
    return source;
  }
}
