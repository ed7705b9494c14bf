import { query } from './books';
import type { Shop } from './shop';
import { pause, until } from './until';

export interface ToldEvent {
  readonly id: string;
  readonly type: string;
  readonly subjectId: string;
}

/** A merchant's program that reads its events to the end again and again and keeps nothing but its cursor. */
export class EventReader {
  /** In the order in which they were told, each time that they were. */
  readonly told: ToldEvent[] = [];
  private reading = true;
  private cursor: string | undefined;
  private readonly ended: Promise<void>;

  constructor(
    private readonly shop: Shop,
    /** Of the process that answers at this moment. */
    private readonly serviceUrl: () => string,
    private readonly onTold: (event: ToldEvent) => void = () => undefined,
  ) {
    this.ended = this.read();
  }

  async stop(): Promise<void> {
    this.reading = false;
    await this.ended;
  }

  /** Waits until every event of its merchant that is in the books has been told to it. */
  async hasEverythingOf(databaseUrl: string): Promise<void> {
    let missing: string[] = [];
    const nothingMissing = async (): Promise<boolean> => {
      const rows = await query<{ id: string }>(
        databaseUrl,
        `select 'evt_' || e.id as id from events e join wallets w on w.merchant_id = e.merchant_id where w.address = $1`,
        [this.shop.wallet.address],
      );
      const known = new Set(this.told.map(({ id }) => id));
      missing = rows.map(({ id }) => id).filter((id) => !known.has(id));
      return rows.length > 0 && missing.length === 0;
    };
    await until(nothingMissing, { what: 'the reader is told every event' }).catch((error: Error) => {
      throw new Error(`${error.message}; missing: ${missing.join(' ')}`);
    });
  }

  /** Facts about money that were told under more than one id: each would be booked twice. */
  toldTwice(): string[] {
    const ids = new Map<string, Set<string>>();
    for (const { id, type, subjectId } of this.told) {
      if (!/^payment\.|\.paid$/.test(type)) continue;
      const fact = `${type} ${subjectId}`;
      ids.set(fact, (ids.get(fact) ?? new Set()).add(id));
    }
    return [...ids].filter(([, of]) => of.size > 1).map(([fact, of]) => `${fact}: ${[...of].join(' ')}`);
  }

  private async read(): Promise<void> {
    while (this.reading) {
      const page = await this.page();
      if (page === undefined || page.events.length === 0) await pause(5);
      if (page === undefined) continue;
      for (const event of page.events) {
        this.told.push(event);
        this.onTold(event);
      }
      this.cursor = page.cursor;
    }
  }

  /** Undefined when nobody answers, or who answers cannot at this moment. */
  private async page(): Promise<{ readonly events: ToldEvent[]; readonly cursor: string } | undefined> {
    const after = this.cursor === undefined ? '' : `&after=${this.cursor}`;
    const answer = await this.shop
      .client(this.serviceUrl())
      .get(`/api/webhooks/events?limit=100${after}`)
      .catch(() => undefined);
    if (answer === undefined || answer.status >= 500) return undefined;
    if (answer.status !== 200) throw new Error(`no events: ${answer.status} ${answer.text}`);
    // oxlint-disable-next-line typescript/no-explicit-any
    const events = (answer.body['events'] as any[]).map(({ id, type, data }) => {
      if (data.id === undefined) throw new Error(`${type} does not tell what it is about`);
      return { id, type, subjectId: String(data.id) };
    });
    return { events, cursor: String(answer.body['cursor']) };
  }
}
