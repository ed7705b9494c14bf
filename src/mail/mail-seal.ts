import { Injectable } from '@nestjs/common';
import { SecretBox } from '../common/secret-box';
import type { MailData } from './mail-port';

/** What a mail says while it waits: a reader of the database, or of a copy of it, can follow none of its links. */
@Injectable()
export class MailSeal {
  constructor(private readonly box: SecretBox) {}

  close(data: MailData, mailId: string): Buffer {
    return this.box.seal(Buffer.from(JSON.stringify(data), 'utf8'), mailId);
  }

  /** Throws when the key is not there any more. */
  open(sealed: Buffer, mailId: string): MailData {
    return JSON.parse(this.box.open(sealed, mailId).toString('utf8')) as MailData;
  }
}
