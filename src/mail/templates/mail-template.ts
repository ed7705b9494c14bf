/** One language of a mail. `{name}` stands for the text of that name; the link is its own paragraph behind the others. */
export interface MailText {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** What the link is called. */
  readonly link: string;
}

/** By language; every template has English. */
export type MailTemplate = Readonly<Record<string, MailText>> & { readonly en: MailText };
export type MailTemplates = Readonly<Record<string, MailTemplate>>;
