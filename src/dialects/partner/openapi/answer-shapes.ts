import { NETWORKS } from '../../../common/network';
import { SCOPES } from '../../../common/principal';
import {
  account,
  choice,
  decimal,
  instant,
  type JsonSchema,
  list,
  nullable,
  record,
  sum,
  text,
  whole,
} from './json-schema';

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
export const figures: Attributes = {
  opened: told('Page views by people, without cookies: who comes twice counts twice.', whole()),
  chosen: told('Choices of payers.', whole()),
  paid: whole(),
  abandoned: told('Choices that ended unpaid.', whole()),
  conversion: told('Payments for each page view; null where there was none.', nullable(text(30))),
  received: list(record({ assetCode: text(12), assetIssuer: nullable(account), amount: sum }), 100),
};
