import { MAIL_OCCASIONS, MEMBER_STATUSES } from '../../../merchants/member';
import { NETWORKS } from '../../../common/network';
import { ROLES, SCOPES } from '../../../common/principal';
import {
  account,
  choice,
  day,
  decimal,
  instant,
  type JsonSchema,
  list,
  nullable,
  record,
  sum,
  text,
  whole,
} from '../../../http/json-schema';

// Shapes that answers of several types have in common.

export type Attributes = Readonly<Record<string, JsonSchema>>;

export const network = choice(NETWORKS);
export const createdAt = instant;
export const updatedAt = instant;
export const changes: JsonSchema = nullable({ type: 'object' });
export const sources = list(record({ source: text(100), rate: text(60), observedAt: instant }), 20);
export const told = (description: string, schema: JsonSchema): JsonSchema => ({ ...schema, description });

export const credential: Attributes = {
  label: text(100),
  network,
  scopes: list(choice(SCOPES), SCOPES.length),
  createdAt,
  expiresAt: nullable(instant),
  revokedAt: nullable(instant),
  lastUsedAt: nullable(instant),
};

export const invoiceLine = record({ description: text(300), quantity: decimal, rate: decimal, amount: decimal });

/** Of a link, over some time. */
const figures: Attributes = {
  opened: told('Page views by people, without cookies: who comes twice counts twice.', whole()),
  chosen: told('Choices of payers.', whole()),
  paid: whole(),
  abandoned: told('Choices that ended unpaid.', whole()),
  conversion: told('Payments for each page view; null where there was none.', nullable(text(30))),
  received: list(record({ assetCode: text(12), assetIssuer: nullable(account), amount: sum }), 100),
};

export const paymentLinkStatistics: Attributes = {
  from: told('The first day that is counted, in UTC; 29 days before the last, unless it is asked for.', day),
  to: told('The last day that is counted, in UTC; today, unless it is asked for. At most 366 days.', day),
  totals: record(figures),
  days: told('Days on which something happened, in order.', list(record({ date: day, ...figures }), 366)),
};

export const members: Attributes = {
  wallet: account,
  role: choice(ROLES),
  status: choice(MEMBER_STATUSES),
  email: told('Where the member is written to, when the service sends mail.', nullable(text(320))),
  mailOn: told('What the member is written to about.', list(choice(MAIL_OCCASIONS), MAIL_OCCASIONS.length)),
  createdAt,
};
