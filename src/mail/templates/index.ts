import { INVOICE_MAIL } from './invoice-mail';
import type { MailTemplates } from './mail-template';

/** Every mail that can be sent, by name. */
export const TEMPLATES: MailTemplates = { ...INVOICE_MAIL };
