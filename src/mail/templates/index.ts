import { INVOICE_MAIL } from './invoice-mail';
import { SUBSCRIPTION_MAIL } from './subscription-mail';
import type { MailTemplates } from './mail-template';

/** Every mail that can be sent, by name. */
export const TEMPLATES: MailTemplates = { ...INVOICE_MAIL, ...SUBSCRIPTION_MAIL };
