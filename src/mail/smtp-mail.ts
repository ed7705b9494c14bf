import type * as Nodemailer from 'nodemailer';
import type { Clock } from '../common/clock';
import { endsWithin } from '../common/ends-within';
import type { MailSettings } from '../common/mail-settings';
import { type Mail, MailPort } from './mail-port';
import { renderMail } from './rendered-mail';

/** A server that says nothing for that long is left. */
const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;
/** One mail from the first byte to the last, however slowly the server answers; less than what it is leased for. */
export const SEND_MS = 60_000;

/** Mail by SMTP (RFC 5321). Every mail has a connection of its own, so nothing stays open between two. */
export class SmtpMail extends MailPort {
  readonly configured = true;
  private transport: Nodemailer.Transporter | undefined;

  constructor(
    private readonly settings: MailSettings,
    private readonly clock: Clock,
  ) {
    super();
  }

  async send(mail: Mail): Promise<void> {
    const { to, subject, text, html, unsubscribeUrl } = renderMail(mail);
    const { from } = this.settings;
    const address = addressOf(from);
    const sending = this.open().sendMail({
      from,
      to: { name: '', address: to },
      subject,
      text,
      html,
      messageId: `<${mail.dedupeKey}@${address.slice(address.lastIndexOf('@') + 1)}>`,
      date: this.clock.now(),
      list: { unsubscribe: unsubscribeUrl ?? `mailto:${address}?subject=unsubscribe` },
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const settled = sending.then(
      () => undefined,
      () => undefined,
    );
    if (!(await endsWithin(this.clock, settled, SEND_MS))) throw new Error('the mail server took too long');
    await sending;
  }

  private open(): Nodemailer.Transporter {
    if (this.transport !== undefined) return this.transport;
    const { createTransport } = require('nodemailer') as typeof Nodemailer;
    const url = new URL(this.settings.url);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const secure = url.protocol === 'smtps:';
    const user = decodeURIComponent(url.username);
    const isHere = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host);
    this.transport = createTransport({
      host,
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      // A password is told only to a server that has shown who it is, unless it is this machine.
      requireTLS: user !== '' && !isHere,
      ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
    });
    return this.transport;
  }
}

function addressOf(from: string): string {
  return /<([^<>]+)>$/.exec(from)?.[1] ?? from;
}
