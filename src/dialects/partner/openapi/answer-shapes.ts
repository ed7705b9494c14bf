import { NETWORKS } from '../../../common/network';
import { SCOPES } from '../../../common/principal';
import { choice, decimal, instant, type JsonSchema, list, nullable, record, text } from '../../../http/json-schema';

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
