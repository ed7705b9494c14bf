import { DomainError } from '../common/errors';
import { type Asset, NATIVE } from '../common/money';
import type { Network } from '../common/network';

/** What is fixed of one enabled network. */
export interface NetworkFacts {
  readonly network: Network;
  readonly passphrase: string;
  /** Issuers by asset code; XLM needs none. */
  readonly issuers: Readonly<Record<string, string>>;
}

/** The networks of this deployment; the first is the default. */
export class Networks {
  constructor(readonly enabled: readonly NetworkFacts[]) {
    if (enabled.length === 0) throw new Error('no network is enabled');
  }

  get default(): NetworkFacts {
    return this.enabled[0] as NetworkFacts;
  }

  of(network: Network): NetworkFacts {
    const facts = this.enabled.find((each) => each.network === network);
    if (facts === undefined) throw new DomainError('network_unknown');
    return facts;
  }

  /** Exact comparison: a trailing space or another case is another network. Absent means the only one enabled. */
  byPassphrase(passphrase: string | undefined): NetworkFacts {
    if (passphrase === undefined) {
      if (this.enabled.length > 1) throw new DomainError('network_required');
      return this.default;
    }
    const facts = this.enabled.find((each) => each.passphrase === passphrase);
    if (facts === undefined) throw new DomainError('network_unknown');
    return facts;
  }

  /** Code to asset on one network, by configuration only: an issuer is never taken from a request. */
  asset(network: Network, code: string): Asset {
    if (code === NATIVE.code) return NATIVE;
    const { issuers } = this.of(network);
    const issuer = Object.hasOwn(issuers, code) ? issuers[code] : undefined;
    if (issuer === undefined) throw new DomainError('asset_unsupported');
    return { code, issuer };
  }
}
