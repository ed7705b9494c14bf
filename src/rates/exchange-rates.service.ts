import { Injectable } from '@nestjs/common';
import { isDomainError } from '../common/errors';
import type { Network } from '../common/network';
import type { Keyset } from '../database/keyset';
import { Networks } from '../stellar/networks';
import { CurrenciesService } from './currencies.service';
import { type ExchangeRate, exchangeRateId } from './exchange-rate';
import type { CurrencyPair } from './rate-source';
import { RatesService } from './rates.service';
import { pageById } from './row-page';

export interface ExchangeRateFilter {
  readonly network?: readonly Network[];
  readonly currency?: readonly string[];
  readonly payCurrency?: readonly string[];
}

/** Every pair that may be quoted, with the rate it would be quoted at now. */
@Injectable()
export class ExchangeRatesService {
  constructor(
    private readonly rates: RatesService,
    private readonly currencies: CurrenciesService,
    private readonly networks: Networks,
  ) {}

  /** `network` null reaches every network. Only the pairs of the page are asked for. */
  list(network: Network | null, filter: ExchangeRateFilter, page: Keyset): Promise<ExchangeRate[]> {
    const wanted = this.pairs(network).filter((pair) => {
      const { network: networks, currency, payCurrency } = filter;
      return (
        networks?.includes(pair.network) !== false &&
        currency?.includes(pair.fiat) !== false &&
        payCurrency?.includes(pair.asset) !== false
      );
    });
    return Promise.all(pageById(wanted, exchangeRateId, page).map((pair) => this.withRate(pair)));
  }

  /** Null when there is no such pair on the caller's network. */
  async find(network: Network | null, id: string): Promise<ExchangeRate | null> {
    const pair = this.pairs(network).find((each) => exchangeRateId(each) === id);
    return pair === undefined ? null : this.withRate(pair);
  }

  private pairs(only: Network | null): CurrencyPair[] {
    const fiats = this.currencies.all.filter(({ kind }) => kind === 'fiat').map(({ code }) => code);
    const networks = this.networks.enabled
      .map(({ network }) => network)
      .filter((network) => only === null || network === only);
    return networks.flatMap((network) =>
      this.currencies.payableOn(network).flatMap((asset) => fiats.map((fiat) => ({ network, asset, fiat }))),
    );
  }

  private async withRate(pair: CurrencyPair): Promise<ExchangeRate> {
    try {
      return await this.rates.rate(pair);
    } catch (error) {
      if (!isDomainError(error, 'rate_unavailable')) throw error;
      return { ...pair, rate: null, observedAt: null, evidence: [] };
    }
  }
}
