import { Injectable } from '@nestjs/common';
import { DomainError, isDomainError } from '../common/errors';
import { ceilTimes, dividedBy, floorTimes, type Fraction, fraction } from '../common/fraction';
import { type Amount, type Asset, sameAsset } from '../common/money';
import type { Network } from '../common/network';
import { Settings } from '../env';
import type { PaymentPath } from '../stellar/ledger-source';
import { LedgerMismatch, LedgerUnavailable } from '../stellar/ledger-source';
import { LedgerSources } from '../stellar/ledger-sources';
import { CurrenciesService } from './currencies.service';
import { rateFraction } from './rate';
import { RatesService } from './rates.service';

export interface ExchangeRouteRequest {
  readonly network: Network;
  /** Code of the asset that the payer hands over. */
  readonly from: string;
  /** Code of the asset that is received. */
  readonly to: string;
  /** Received to the stroop (strict receive). */
  readonly amount: Amount;
}

/** Everything that a path payment with strict receive needs. */
export interface ExchangeRoute {
  readonly network: Network;
  readonly source: Asset;
  readonly destination: Asset;
  readonly destinationAmount: Amount;
  /** What it costs at this moment. */
  readonly sourceAmount: Amount;
  /** `sendMax`: the most that the payer gives. The network refuses a payment that would cost more. */
  readonly sendMax: Amount;
  /** Assets between, at most five. */
  readonly path: readonly Asset[];
  /** What it would cost by the reference rates alone. */
  readonly referenceAmount: Amount;
}

/** Longest path of a payment on the network. */
const MAX_HOPS = 5;
const BASIS = 10_000n;
const RETRY_SECONDS = 10;

/** Paying with one listed asset while another one is received, at a price that the reference rates confirm. */
@Injectable()
export class ExchangeRoutesService {
  constructor(
    private readonly ledgers: LedgerSources,
    private readonly rates: RatesService,
    private readonly currencies: CurrenciesService,
    private readonly settings: Settings,
  ) {}

  /**
   * The cheapest route at this moment; good for seconds, not minutes, so it is asked anew for every prepared
   * payment. Never within a transaction. Throws `unsupported_pay_currency` (422), `rate_unavailable` and
   * `route_unavailable` (503): the latter where no path exists, or its cost is further from the reference than allowed.
   */
  async route({ network, from, to, amount }: ExchangeRouteRequest): Promise<ExchangeRoute> {
    const [source, destination] = [this.currencies.payable(network, from), this.currencies.payable(network, to)];
    if (sameAsset(source, destination))
      throw new DomainError('unsupported_pay_currency', { detail: `${from} is what is received: it needs no route` });
    const asked = { network, destination, amount };
    const [ofSource, ofDestination, paths] = await Promise.all([
      this.worth(network, from),
      this.worth(network, to),
      this.paths(asked, [source], 'route_unavailable'),
    ]);
    const found = this.fairest(asked, source, dividedBy(ofDestination, ofSource), paths);
    if (found === undefined) throw unavailable('route_unavailable');
    return found;
  }

  /**
   * What the amount costs in every other listed asset at this moment, the ledger asked once for all of them. Assets
   * without a fair route, or whose worth is unknown, are left out. Never within a transaction. Throws
   * `unsupported_pay_currency` (422), and `rate_unavailable` (503) when nothing can be said of any.
   */
  async routesTo({ network, to, amount }: Omit<ExchangeRouteRequest, 'from'>): Promise<ExchangeRoute[]> {
    const asked = { network, destination: this.currencies.payable(network, to), amount };
    const sources = this.currencies
      .payableOn(network)
      .filter((code) => code !== to)
      .map((code) => this.currencies.payable(network, code));
    if (sources.length === 0) return [];
    const [ofDestination, worths, paths] = await Promise.all([
      this.worth(network, to),
      Promise.all(sources.map(({ code }) => this.knownWorth(network, code))),
      this.paths(asked, sources, 'rate_unavailable'),
    ]);
    if (worths.every((worth) => worth === undefined)) throw unavailable('rate_unavailable');
    return sources.flatMap((source, index) => {
      const worth = worths[index];
      return (
        (worth === undefined ? undefined : this.fairest(asked, source, dividedBy(ofDestination, worth), paths)) ?? []
      );
    });
  }

  /** The cheapest path from this asset, capped; undefined when there is none that the reference (source per destination) allows. */
  private fairest(
    { network, destination, amount }: Asked,
    source: Asset,
    reference: Fraction,
    paths: readonly PaymentPath[],
  ): ExchangeRoute | undefined {
    const cheapest = cheapestOf(
      paths.filter(
        (path) => sameAsset(path.sourceAsset, source) && path.path.length <= MAX_HOPS && path.sourceAmount > 0n,
      ),
    );
    const referenceAmount = ceilTimes(amount, reference);
    const deviation = BigInt(this.settings.rates.routeDeviationBp);
    const most = ceilTimes(referenceAmount, fraction(BASIS + deviation, BASIS));
    const least = floorTimes(referenceAmount, fraction(BASIS - deviation, BASIS));
    if (cheapest === undefined || cheapest.sourceAmount > most || cheapest.sourceAmount < least) return undefined;
    const capped = ceilTimes(cheapest.sourceAmount, fraction(BASIS + BigInt(this.settings.rates.slippageBp), BASIS));
    const { sourceAmount, path } = cheapest;
    return {
      network,
      source,
      destination,
      destinationAmount: amount,
      sourceAmount,
      sendMax: capped < most ? capped : most,
      path,
      referenceAmount,
    };
  }

  /** Of one unit, in the first fiat currency. */
  private async worth(network: Network, asset: string): Promise<Fraction> {
    return rateFraction((await this.rates.rate({ network, asset, fiat: this.settings.rates.fiats[0] as string })).rate);
  }

  private async knownWorth(network: Network, asset: string): Promise<Fraction | undefined> {
    try {
      return await this.worth(network, asset);
    } catch (error) {
      if (isDomainError(error, 'rate_unavailable')) return undefined;
      throw error;
    }
  }

  private async paths(
    { network, destination, amount }: Asked,
    sources: readonly Asset[],
    failure: Failure,
  ): Promise<PaymentPath[]> {
    try {
      return await this.ledgers.of(network).strictReceivePaths(sources, destination, amount);
    } catch (error) {
      if (error instanceof LedgerUnavailable || error instanceof LedgerMismatch) throw unavailable(failure, error);
      throw error;
    }
  }
}

/** What is to arrive, in the ledger's terms. */
type Asked = Pick<ExchangeRoute, 'network' | 'destination'> & { readonly amount: Amount };
type Failure = 'route_unavailable' | 'rate_unavailable';

function cheapestOf(paths: readonly PaymentPath[]): PaymentPath | undefined {
  return paths.toSorted((a, b) =>
    a.sourceAmount < b.sourceAmount ? -1 : a.sourceAmount > b.sourceAmount ? 1 : a.path.length - b.path.length,
  )[0];
}

function unavailable(failure: Failure, cause?: unknown): DomainError {
  return new DomainError(failure, { retryAfterSeconds: RETRY_SECONDS, cause });
}
