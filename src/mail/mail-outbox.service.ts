import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { Ids } from '../common/ids';
import { MailOutboxRepository } from './mail-outbox.repository';
import { type Mail, MailPort } from './mail-port';
import { MailSeal } from './mail-seal';

/** Whose mail it is. */
export interface MailContext {
  readonly merchantId: string;
}

/** A mail to write; one that is due later is sent then. */
export interface MailEntry extends Mail {
  readonly dueAt?: Date;
}

/** The only way to write to people. */
@Injectable()
export class MailOutbox {
  constructor(
    private readonly repository: MailOutboxRepository,
    private readonly port: MailPort,
    private readonly seal: MailSeal,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** False where no mail is sent: who would only gather texts for it need not. */
  get configured(): boolean {
    return this.port.configured;
  }

  /**
   * Writes mail in the caller's transaction, as the last that it does: it is sent exactly when the change was made, and by somebody
   * else. A dedupe key that the merchant has on record stays as it is. Writes nothing where no mail is sent.
   */
  async write({ merchantId }: MailContext, entries: readonly MailEntry[]): Promise<void> {
    if (!this.port.configured || entries.length === 0) return;
    const createdAt = this.clock.now();
    const rows = entries.map((entry) => {
      const id = this.ids.row();
      const data = this.seal.close(entry.data, id);
      return { ...entry, data, merchantId, id, createdAt, dueAt: entry.dueAt ?? createdAt };
    });
    await this.repository.insert(rows);
  }

  /** Forgets everything that was or would be sent to these addresses. What somebody is just sending arrives all the same. */
  async erase({ merchantId }: MailContext, recipients: readonly (string | null)[]): Promise<void> {
    const known = recipients.filter((each) => each !== null);
    if (known.length > 0) await this.repository.deleteRecipients(merchantId, known);
  }
}
