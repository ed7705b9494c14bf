import { hkdfSync } from 'node:crypto';
import { auditEntries } from './audit/audit-entry.resource';
import { apiKeys, clients } from './auth/key.resource';
import { customers } from './customers/customer.resource';
import { members } from './merchants/member.resource';
import { merchants } from './merchants/merchant.resource';
import { receivingAccounts } from './merchants/receiving-account.resource';
import { products } from './products/product.resource';
import { taxRates } from './products/tax-rate.resource';
import type { Randomness } from './common/secrets';
import type { Env } from './env';
import { invoices } from './invoices/invoice.resource';
import { CursorCodec } from './jsonapi/cursor';
import { JsonApi } from './jsonapi/json-api';
import type { Resource } from './jsonapi/resource';
import { Resources } from './jsonapi/resources';
import { paymentLinks } from './links/link.resource';
import { payments } from './payments/payment.resource';
import { paymentResolutions } from './payments/payment-resolution.resource';
import { currencies } from './rates/currency.resource';
import { exchangeRates } from './rates/exchange-rate.resource';
import { quotes } from './rates/quote.resource';
import { secretsKeys } from './webhooks/secrets-key';
import { events } from './webhooks/event.resource';
import { webhookDeliveries } from './webhooks/webhook-delivery.resource';
import { webhookEndpoints } from './webhooks/webhook-endpoint.resource';

/** Path below which the partner API speaks JSON:API. */
export const PARTNER_PREFIX = '/api/public/v1';

/** Every resource type of the partner API; a new one is one line here. */
export const RESOURCES = [apiKeys, auditEntries, clients, currencies, customers, events, exchangeRates, invoices, members, merchants, paymentLinks, paymentResolutions, payments, products, quotes, receivingAccounts, taxRates, webhookDeliveries, webhookEndpoints] as never as readonly Resource[];

/** Cursors are signed with a key that follows from the newest secrets key: good in every process, and until it is replaced. */
export function partnerApi(env: Env, randomness: Randomness): JsonApi {
  const [secret] = secretsKeys(env, randomness);
  const key = Buffer.from(hkdfSync('sha256', secret as Buffer, Buffer.alloc(0), 'lumentill list cursors', 32));
  return new JsonApi(new Resources(RESOURCES), `${env.publicUrl}${PARTNER_PREFIX}`, new CursorCodec(key));
}
