import { MailPort, MailRefused } from './mail-port';

/** The default: nothing is sent. */
export class NoMail extends MailPort {
  readonly configured = false;

  send(): Promise<void> {
    return Promise.reject(new MailRefused('no mail server is configured'));
  }
}
