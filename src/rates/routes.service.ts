import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/errors';
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

export interface RouteRequest {
  readonly network: Network;
  /** Code of the asset that the payer hands over. */
  readonly from: string;
  /** Code of the asset that is received. */
  readonly to: string;
  /** Received to the stroop (strict receive). */
  readonly amount: Amount;
}

/** Everything that a path payment with strict receive needs. */
export interface Route {
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
export class RoutesService {
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
  async route({ network, from, to, amount }: RouteRequest): Promise<Route> {
    const [source, destination] = [this.currencies.payable(network, from), this.currencies.payable(network, to)];
    if (sameAsset(source, destination)) throw new DomainError('unsupported_pay_currency', { detail: `${from} is what is received: it needs no route` });
    const [reference, paths] = await Promise.all([this.reference(network, from, to), this.paths(network, source, destination, amount)]);
    const cheapest = cheapestOf(paths.filter((path) => sameAsset(path.sourceAsset, source) && path.path.length <= MAX_HOPS && path.sourceAmount > 0n));
    const referenceAmount = ceilTimes(amount, reference);
    const deviation = BigInt(this.settings.rates.routeDeviationBp);
    const most = ceilTimes(referenceAmount, fraction(BASIS + deviation, BASIS));
    const least = floorTimes(referenceAmount, fraction(BASIS - deviation, BASIS));
    if (cheapest === undefined || cheapest.sourceAmount > most || cheapest.sourceAmount < least) throw unavailable();
    const capped = ceilTimes(cheapest.sourceAmount, fraction(BASIS + BigInt(this.settings.rates.slippageBp), BASIS));
    const { sourceAmount, path } = cheapest;
    return { network, source, destination, destinationAmount: amount, sourceAmount, sendMax: capped < most ? capped : most, path, referenceAmount };
  }

  /** Source per destination, through the first fiat currency. */
  private async reference(network: Network, from: string, to: string): Promise<Fraction> {
    const fiat = this.settings.rates.fiats[0] as string;
    const [ofSource, ofDestination] = await Promise.all([from, to].map((asset) => this.rates.rate({ network, asset, fiat })));
    if (ofSource === undefined || ofDestination === undefined) throw unavailable();
    return dividedBy(rateFraction(ofDestination.rate), rateFraction(ofSource.rate));
  }

  private async paths(network: Network, source: Asset, destination: Asset, amount: Amount): Promise<PaymentPath[]> {
    try {
      return await this.ledgers.of(network).strictReceivePaths([source], destination, amount);
    } catch (error) {
      if (error instanceof LedgerUnavailable || error instanceof LedgerMismatch) throw unavailable(error);
      throw error;
    }
  }
}

function cheapestOf(paths: readonly PaymentPath[]): PaymentPath | undefined {
  return paths.toSorted((a, b) => (a.sourceAmount < b.sourceAmount ? -1 : a.sourceAmount > b.sourceAmount ? 1 : a.path.length - b.path.length))[0];
}

function unavailable(cause?: unknown): DomainError {
  return new DomainError('route_unavailable', { retryAfterSeconds: RETRY_SECONDS, cause });
}
