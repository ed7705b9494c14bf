import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../env';
import { MailOutbox } from '../mail/mail-outbox.service';
import type { EventDraft } from '../webhooks/event-types';
import { EventsService } from '../webhooks/events.service';
import { noticesOf, occurrenceOf } from './notices-of';
import { NoticesRepository } from './notices.repository';

/** Writes to people about what is announced, in the transaction that announces it. Costs nothing where no mail is sent. */
@Injectable()
export class NoticesService implements OnModuleInit {
  constructor(
    private readonly events: EventsService,
    private readonly repository: NoticesRepository,
    private readonly outbox: MailOutbox,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    if (this.outbox.configured) this.events.onRecord((drafts) => this.write(drafts));
  }

  /** However many events there are, one question says whom they concern. */
  private async write(drafts: readonly EventDraft[]): Promise<void> {
    const occurrences = drafts.flatMap((draft) => occurrenceOf(draft) ?? []);
    if (occurrences.length === 0) return;
    const abouts = new Map(
      (await this.repository.addressees(occurrences)).map((about) => [about.publicId, about] as const),
    );
    const entries = occurrences.flatMap((occurrence) => {
      const about = abouts.get(occurrence.publicId);
      return about === undefined
        ? []
        : noticesOf(occurrence, about, this.settings.publicUrl).map((entry) => ({
            ...entry,
            merchantId: about.merchantId,
          }));
    });
    for (const [merchantId, mail] of Map.groupBy(entries, (entry) => entry.merchantId))
      await this.outbox.write({ merchantId }, mail); // gathered, and written as one at the end of the transaction
  }
}
