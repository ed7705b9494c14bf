import { plainLine } from '../common/plain-text';
import { escapeHtml } from '../http/html';
import { type Mail, MailRefused } from './mail-port';
import { TEMPLATES } from './templates';
import type { MailText, MailTemplates } from './templates/mail-template';

export interface RenderedMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly unsubscribeUrl: string | null;
}

const MOST_CHARACTERS = 300;
const CONTROL = /[\p{Cc}\u{2028}\u{2029}]/u;
/** One address and nothing that could be read as two, or as a header. */
const ADDRESS = /^[^\p{Cc}\s<>@,;:"()[\]\\]{1,64}@[^\p{Cc}\s<>@,;:"()[\]\\]{1,255}$/u;

/**
 * The mail as it is read. Texts are made one visible line each, because strangers wrote some of them, and none becomes a link: the one
 * link is the template's own. Throws `MailRefused` for what no repetition makes good.
 */
export function renderMail(mail: Mail, templates: MailTemplates = TEMPLATES): RenderedMail {
  const { to, data } = mail;
  if (!ADDRESS.test(to)) throw new MailRefused('the recipient is no address');
  for (const url of [data.url, data.unsubscribeUrl])
    if (url !== undefined && !isWebAddress(url)) throw new MailRefused('a link is no address of the web');
  const text = textOf(mail, templates);
  const subject = filled(text.subject, data, (value) => value);
  if (CONTROL.test(subject)) throw new MailRefused('the subject has a control character');
  return {
    to,
    subject,
    text: [...text.paragraphs.map((each) => filled(each, data, unlinked)), `${text.link}: ${data.url}`, ''].join(
      '\n\n',
    ),
    html: htmlOf(text, data),
    unsubscribeUrl: data.unsubscribeUrl ?? null,
  };
}

function textOf({ template, locale }: Mail, templates: MailTemplates): MailText {
  const languages = Object.hasOwn(templates, template) ? templates[template] : undefined;
  if (languages === undefined) throw new MailRefused(`there is no mail ${template}`);
  const language = locale.split('-')[0] ?? 'en';
  return (Object.hasOwn(languages, language) ? languages[language] : undefined) ?? languages.en;
}

function filled(text: string, data: Mail['data'], write: (value: string) => string): string {
  return text.replace(/\{(\w+)\}/g, (_mark, name: string) => {
    const value = Object.hasOwn(data, name) ? data[name] : undefined;
    if (value === undefined) throw new MailRefused(`the mail lacks ${name}`);
    return write(plainLine(value).slice(0, MOST_CHARACTERS).toWellFormed());
  });
}

/** Programs that read mail make links of what looks like an address; a word joiner keeps them from it. */
function unlinked(value: string): string {
  return value.replace(/(\p{L})\.(?=\p{L})/gu, '$1.\u{2060}').replace(/:\/\//g, ':\u{2060}//');
}

function htmlOf(text: MailText, data: Mail['data']): string {
  const paragraphs = text.paragraphs.map((each) =>
    filled(escapeHtml(each), data, (value) => `<bdi>${escapeHtml(unlinked(value))}</bdi>`),
  );
  const link = `<a href="${escapeHtml(data.url)}">${escapeHtml(text.link)}</a>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"></head><body>${[...paragraphs, link].map((each) => `<p>${each}</p>`).join('')}</body></html>`;
}

function isWebAddress(text: string): boolean {
  return /^https?:\/\/[!-~]+$/.test(text) && URL.canParse(text);
}
