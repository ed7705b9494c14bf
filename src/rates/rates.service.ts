import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../common/clock';
import { DomainError } from '../common/errors';
import { Settings } from '../env';
import { combineReadings, type NamedReading } from './combine-rates';
import { evidenceOf, oldestOf, type Rate, rateText } from './rate';
import { type CurrencyPair, NoReading, type RateSource, RateSources } from './rate-source';

/** A source that takes longer counts as one that is silent; the payer is waiting. */
const PATIENCE_MS = 5_000;
const RETRY_SECONDS = 10;

/** Rates that are agreed on by the sources of this deployment, or none. */
@Injectable()
export class RatesService {
  private readonly logger = new Logger(RatesService.name);

  constructor(
    private readonly sources: RateSources,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /**
   * Asks every source at once; never within a transaction. Throws `rate_unavailable` (503) unless enough of them
   * are fresh and agree: a wrong rate costs money, none costs a moment.
   */
  async rate(pair: CurrencyPair): Promise<Rate> {
    const answers = await Promise.all(this.sources.all.map((source) => this.ask(source, pair)));
    const { minSources, maxAgeSeconds, maxSpreadBp } = this.settings.rates;
    const readings = answers.filter((answer) => answer !== undefined);
    const combined = combineReadings(
      readings,
      { minSources, maxAgeMs: maxAgeSeconds * 1000, maxSpreadBp },
      this.clock.now(),
    );
    if ('refusal' in combined) {
      this.logger.warn({ msg: 'no rate', ...pair, reason: combined.refusal });
      throw new DomainError('rate_unavailable', { retryAfterSeconds: RETRY_SECONDS });
    }
    return {
      ...pair,
      rate: rateText(combined.price),
      observedAt: oldestOf(combined.readings),
      evidence: evidenceOf(combined.readings),
    };
  }

  private async ask(source: RateSource, pair: CurrencyPair): Promise<NamedReading | undefined> {
    try {
      return { source: source.name, ...(await this.withPatience(source, pair)) };
    } catch (error) {
      if (!(error instanceof NoReading)) throw error;
      this.logger.debug({ msg: 'no reading', source: source.name, ...pair, reason: error.message });
      return undefined;
    }
  }

  private async withPatience(source: RateSource, pair: CurrencyPair): Promise<Awaited<ReturnType<RateSource['read']>>> {
    const answered = new AbortController();
    const impatience = this.clock.sleep(PATIENCE_MS, answered.signal).then(() => {
      throw new NoReading('took too long');
    });
    // When the source answers first, nothing awaits this rejection.
    impatience.catch(() => undefined);
    try {
      return await Promise.race([source.read(pair), impatience]);
    } finally {
      answered.abort();
    }
  }
}
