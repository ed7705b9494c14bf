/** One mail to one person. */
export interface Mail {
  readonly to: string;
  readonly template: string;
  /** Language of the text, such as `en`; English where the template has no other. */
  readonly locale: string;
  readonly data: MailData;
  /** The same for every try to send it: receivers can tell by its Message-ID that they have it already. */
  readonly dedupeKey: string;
}

/** What a template fills in: texts by name. `url` is the one link, `unsubscribeUrl` where the reader can stop such mail. */
export type MailData = Readonly<Record<string, string>> & {
  readonly url: string;
  readonly unsubscribeUrl?: string;
};

/** The way to people's mailboxes. */
export abstract class MailPort {
  /** False where nobody takes mail: then none is written either. */
  abstract readonly configured: boolean;
  /** Resolves when a server has taken it. Throws `MailRefused` when no repetition helps, anything else when one may. */
  abstract send(mail: Mail): Promise<void>;
}

/** A mail that can never be sent. */
export class MailRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MailRefused';
  }
}
