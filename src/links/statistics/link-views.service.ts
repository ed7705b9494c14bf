import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { Trouble } from '../../common/trouble';
import { causeOf } from '../../database/database-errors';
import { LinkViewsRepository, type ViewCount } from './link-views.repository';
import { isPageView, type PageRequest } from './page-view';

const FLUSH_MS = 1_000;
/** Pages that are counted while the database is away; further ones are not. */
const MOST_PAGES = 10_000;

/**
 * Counts page views in memory and writes them once a second, as one set: no view waits for a row. A process that is killed
 * loses the views of its last second; one that is stopped writes them.
 */
@Injectable()
export class LinkViewsService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('LinkViews');
  private readonly trouble = new Trouble();
  private readonly stopping = new AbortController();
  private counts = new Map<string, ViewCount>();
  private flushing: Promise<void> | undefined;

  constructor(
    private readonly repository: LinkViewsRepository,
    private readonly clock: Clock,
  ) {}

  /** For a page that was there. Costs the request nothing. */
  opened(publicId: string, request: PageRequest): void {
    if (!isPageView(request)) return;
    const day = this.clock.now().toISOString().slice(0, 10);
    this.add({ publicId, day, opened: 1 });
    if (!this.stopping.signal.aborted) this.flushing ??= this.flushSoon();
  }

  /** Writes what is counted until now. What cannot be written is counted on. */
  async flush(): Promise<void> {
    const counts = [...this.counts.values()];
    this.counts = new Map();
    if (counts.length === 0) return;
    try {
      await this.repository.add(counts);
      this.trouble.worked();
    } catch (error) {
      counts.forEach((count) => this.add(count));
      const { message } = causeOf(error);
      if (this.trouble.failed(message)) this.logger.warn({ msg: 'page views could not be written', error: message });
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.flushing;
    await this.flush();
  }

  private add({ publicId, day, opened }: ViewCount): void {
    const key = `${publicId} ${day}`;
    const known = this.counts.get(key);
    if (known === undefined && this.counts.size >= MOST_PAGES) return;
    this.counts.set(key, { publicId, day, opened: (known?.opened ?? 0) + opened });
  }

  private async flushSoon(): Promise<void> {
    while (this.counts.size > 0 && !this.stopping.signal.aborted) {
      await this.clock.sleep(FLUSH_MS, this.stopping.signal);
      await this.flush();
    }
    this.flushing = undefined;
  }
}
