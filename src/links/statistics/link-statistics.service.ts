import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { DomainError } from '../../common/errors';
import type { Tenant } from '../../common/tenant';
import { LinksService } from '../links.service';
import { daysOf, figuresOf, type LinkStatistics } from './link-statistics';
import { LinkStatisticsRepository } from './link-statistics.repository';

const DAY_MS = 24 * 3600 * 1000;
const USUAL_DAYS = 30;
const MOST_DAYS = 366;

/** Days in UTC, such as 2026-11-30. */
export interface DayRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** How a link does. */
@Injectable()
export class LinkStatisticsService {
  constructor(
    private readonly links: LinksService,
    private readonly repository: LinkStatisticsRepository,
    private readonly clock: Clock,
  ) {}

  /** The last 30 days, unless said otherwise. Throws `resource_not_found`, for another merchant's link too, and `parameter_invalid`. */
  async read(owner: Tenant, linkId: string, range: DayRange = {}): Promise<LinkStatistics> {
    const link = await this.links.get(owner, linkId);
    const { from, to } = this.daysOf(range);
    const facts = await this.repository.facts(link.merchantId, link.id, from, to);
    return { linkId: link.id, from, to, totals: figuresOf(facts), days: daysOf(facts) };
  }

  private daysOf(range: DayRange): { readonly from: string; readonly to: string } {
    const to =
      range.to ??
      (range.from === undefined ? dayOf(this.clock.now()) : later(range.from, MOST_DAYS - 1, dayOf(this.clock.now())));
    const from = range.from ?? dayOf(new Date(Date.parse(to) - (USUAL_DAYS - 1) * DAY_MS));
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
    if (days < 1 || days > MOST_DAYS)
      throw new DomainError('parameter_invalid', {
        faults: [
          {
            path: 'filter[to]',
            message: days < 1 ? 'must not be before filter[from]' : `must be within ${MOST_DAYS} days of filter[from]`,
            parameter: 'filter[to]',
          },
        ],
      });
    return { from, to };
  }
}

function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** Today, or where a span ends that began long ago; never before it began. */
function later(from: string, days: number, today: string): string {
  const end = dayOf(new Date(Date.parse(from) + days * DAY_MS));
  if (today < from) return from;
  return today < end ? today : end;
}
