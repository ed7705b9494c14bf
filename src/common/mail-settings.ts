/** The server that takes mail, and whom it comes from. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with the login where the server wants one: a secret. */
  readonly url: string;
  /** An address, or a name and an address in angle brackets. */
  readonly from: string;
}

/** The part of the configuration's reader that is used here. */
export interface MailVariables {
  text(name: string, fallback: null): string | null;
  fault<T>(message: string, fallback: T): T;
}

const FROM = /^(?:[^\p{Cc}<>]*<[^\p{Cc}\s<>@]+@[^\p{Cc}\s<>@]+>|[^\p{Cc}\s<>@]+@[^\p{Cc}\s<>@]+)$/u;

/** Null where no mail is sent. */
export function readMailSettings(read: MailVariables): MailSettings | null {
  const [url, from] = [read.text('MAIL_URL', null), read.text('MAIL_FROM', null)];
  if (from !== null && !FROM.test(from))
    return read.fault('MAIL_FROM must be an address, such as pay@example.com or Example Shop <pay@example.com>', null);
  if (url === null) return null;
  if (!isServer(url))
    return read.fault(
      'MAIL_URL must be a server such as smtp://mail.example.com:587 or smtps://mail.example.com',
      null,
    );
  if (from === null) return read.fault('MAIL_FROM must name the sender of mail where MAIL_URL is set', null);
  return { url, from };
}

function isServer(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined &&
    /^smtps?:$/.test(url.protocol) &&
    url.hostname !== '' &&
    url.search === '' &&
    /^\/?$/.test(url.pathname)
  );
}
