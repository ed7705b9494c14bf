import { SCOPES, ROLES } from '../../../common/principal';
import { NETWORKS } from '../../../common/network';
import { INVOICE_STATUSES } from '../../../invoices/invoice-states';
import { LINK_KINDS } from '../../../links/link-kinds';
import { LINK_STATES } from '../../../links/payment-link';
import { OUTCOMES } from '../../../payments/payment-matcher';
import { PAYMENT_STATES } from '../../../payments/recorded-payment';
import { RESOLUTION_ACTIONS } from '../../../payments/recorded-payment';
import { CATALOG_STATUSES } from '../../../products/tax-rate';
import { MAX_CURSOR_LENGTH } from '../../../webhooks/event-cursor';
import { EVENT_TYPES } from '../../../webhooks/event-types';
import { ATTEMPT_FAILURES, DELIVERY_STATUSES } from '../../../webhooks/webhook-delivery';
import { DISABLED_REASONS, ENDPOINT_STATUSES } from '../../../webhooks/webhook-endpoint';
import { account, choice, currencyCode, decimal, flag, hash, instant, type JsonSchema, list, metadata, muxedOrAccount, nullable, record, sum, text, url, whole } from './json-schema';

type Attributes = Readonly<Record<string, JsonSchema>>;

const network = choice(NETWORKS);
const createdAt = instant;
const updatedAt = instant;
const changes: JsonSchema = nullable({ type: 'object' });
const sources = list(record({ source: text(100), rate: text(60), observedAt: instant }), 20);
const told = (description: string, schema: JsonSchema): JsonSchema => ({ ...schema, description });

const credential: Attributes = {
  label: text(100),
  network,
  scopes: list(choice(SCOPES), SCOPES.length),
  createdAt,
  expiresAt: nullable(instant),
  revokedAt: nullable(instant),
  lastUsedAt: nullable(instant),
};

const invoiceLine = record({ description: text(300), quantity: decimal, rate: decimal, amount: decimal });

/**
 * What the attributes of every resource type look like in answers. A definition tells only their names, so the shapes
 * stand here; building the document fails when a name is missing on either side.
 */
export const ANSWER_ATTRIBUTES: Readonly<Record<string, Attributes>> = {
  apiKeys: { ...credential, keyPrefix: told('The start of the key, to tell keys apart.', text(40)) },
  clients: { ...credential, clientKey: text(80) },
  auditEntries: {
    sequence: whole(1),
    actor: told('`wallet:G...`, `api_key:<id>`, `client_key:<id>` or `operator`.', text(100)),
    action: text(60),
    subjectType: text(60),
    subjectId: text(100),
    before: told('The members that changed, as they were.', changes),
    after: told('The members that changed, as they are.', changes),
    network: nullable(network),
    requestId: nullable(text(128)),
    occurredAt: instant,
    previousHash: hash,
    hash: told('SHA-256 over `previousHash` and the content.', hash),
  },
  currencies: {
    kind: choice(['fiat', 'asset']),
    name: text(100),
    decimals: whole(0, 7),
    minimum: decimal,
    maximum: decimal,
    settlementAsset: nullable(currencyCode),
    networks: list(record({ network, issuer: nullable(account) }), NETWORKS.length),
  },
  customers: { name: text(200), email: nullable(text(320, { format: 'email' })), company: nullable(text(200)), address: nullable(text(500)), isFavorite: flag, erasedAt: nullable(instant), createdAt, updatedAt },
  events: {
    eventType: choice(EVENT_TYPES), network, data: told('What changed, as the webhook tells it.', { type: 'object' }), createdAt,
    cursor: told('Pass it as `filter[after]` to go on behind this event, also after a restore.', text(MAX_CURSOR_LENGTH)),
  },
  exchangeRates: { network, currency: currencyCode, payCurrency: currencyCode, rate: told('Null while no rate can be trusted.', nullable(text(60))), observedAt: nullable(instant), sources },
  invoices: {
    publicId: text(40), number: text(40), status: choice(INVOICE_STATUSES), title: nullable(text(300)), description: nullable(text(2000)), notes: nullable(text(2000)), reference: nullable(text(255)),
    currency: currencyCode, issuer: nullable(account), network, destination: account,
    memo: told('A payment that carries it as text memo names this invoice.', text(28)),
    memoType: told('The type of `memo`.', { type: 'string', const: 'text' }),
    memoId: told('The same reference as a number, for a memo of type id: what exchanges and wallets take that know no text.', text(20, { pattern: String.raw`^\d{1,20}$` })),
    muxedAddress: told('Destination and number in one address (M...), paid to without a memo; for wallets that know such addresses.', text(69, { pattern: '^M[A-Z2-7]{68}$' })),
    muxedReference: told('The id in a muxed address, or a memo of type id, that names this invoice.', text(20, { pattern: String.raw`^\d{1,20}$` })),
    lines: list(invoiceLine, 100),
    subtotal: decimal, taxRate: told('Percent. Null where several rates are charged, which the breakdown tells.', nullable(decimal)),
    taxBreakdown: told('One for each rate and way of charging it, also 0 beside others: bases sum up to the subtotal, taxes to the tax. Empty without tax.', list(record({ percentage: decimal, base: decimal, tax: decimal, inclusive: flag }), 101)), taxAmount: decimal, discount: decimal, amount: decimal, amountReceived: sum, amountDue: decimal,
    clientName: nullable(text(200)), clientEmail: nullable(text(320)), clientCompany: nullable(text(200)), clientAddress: nullable(text(500)),
    hostedPageUrl: url, createdAt, updatedAt, sentAt: nullable(instant), expiresAt: nullable(instant), paidAt: nullable(instant),
    transactionHash: nullable(hash), ledger: nullable(whole()), payerWallet: nullable(muxedOrAccount),
  },
  members: { wallet: account, role: choice(ROLES), status: choice(['invited', 'active']), createdAt },
  merchants: { name: text(200), defaultNetwork: network, toleranceBp: told('How much less than asked still pays, in hundredths of a percent.', whole(0, 10_000)), lateGraceSeconds: whole(0, 31_536_000), timeZone: told('Of the IANA database: where a due date without a time ends.', text(64)), createdAt, updatedAt },
  paymentLinks: {
    kind: choice(LINK_KINDS), amount: told('Null where the payer says how much, and for products, whose prices count when somebody checks out.', nullable(decimal)),
    openAmount: told('What the payer may say.', nullable(record({ minimum: decimal, maximum: decimal, presets: list(decimal, 10) }))), quantity: told('Null: exactly one.', nullable(record({ maximum: whole(2, 1000) }))),
    currency: currencyCode, accountCurrency: nullable(currencyCode), network: nullable(network), networkName: nullable(text(40)), reference: nullable(text(255)),
    hostedPageUrl: url, publicId: text(40), status: choice(LINK_STATES),
    maxPayments: told('Null: no limit.', nullable(whole(1))), slotsUsed: told('Invoices that may still be paid, and those that were.', whole()), paymentsMade: whole(), paymentsOverLimit: told('Paid after their slot had gone to somebody else.', whole()),
    approvalStatus: told('Of links that pay out, which are not offered yet.', { type: 'null' }),
    expiresAt: nullable(instant), createdAt, updatedAt, paymentType: choice(['Invoice', 'Payout']), paymentMethods: list(text(40), 10), payCurrencies: nullable(list(currencyCode, 50)),
    successRedirectUrl: nullable(url), unsuccessRedirectUrl: nullable(url), title: nullable(text(300)), description: nullable(text(2000)), metadata,
  },
  payments: {
    status: told('`held` waits for a payment resolution.', choice(PAYMENT_STATES)), disposition: choice(['applied', 'suspense']), outcome: choice(OUTCOMES), kind: text(60),
    amount: decimal, assetCode: currencyCode, assetIssuer: nullable(account), network, account, muxedId: nullable(text(20)), from: muxedOrAccount,
    memoType: choice(['none', 'text', 'id', 'hash', 'return']), memo: nullable(text(64)), transactionHash: hash, operationId: text(20), ledger: whole(), closedAt: instant, recordedAt: instant,
  },
  paymentResolutions: { action: choice(RESOLUTION_ACTIONS), heldAs: choice(OUTCOMES), reason: nullable(text(500)), refundTransactionHash: nullable(hash), network, createdBy: text(100), createdAt, undoneAt: nullable(instant) },
  products: { name: text(200), description: nullable(text(2000)), sku: nullable(text(100)), price: decimal, currency: currencyCode, status: choice(CATALOG_STATUSES), metadata, createdAt, updatedAt },
  quotes: { network, currency: currencyCode, amount: decimal, payCurrency: currencyCode, payIssuer: nullable(account), payAmount: decimal, rate: text(60), sources, status: choice(['open', 'expired']), expiresAt: instant, createdAt },
  receivingAccounts: { network, address: account, isDefault: flag, createdAt },
  taxRates: { name: text(100), description: nullable(text(255)), percentage: text(8), inclusive: flag, status: choice(CATALOG_STATUSES), createdAt, updatedAt },
  webhookDeliveries: {
    eventType: choice(EVENT_TYPES), network, status: choice(DELIVERY_STATUSES), attempts: whole(), nextAttemptAt: nullable(instant),
    lastStatusCode: nullable(whole(100, 999)), lastLatencyMs: nullable(whole()), lastFailure: told('Why it was not accepted; `endpoint_disabled` when it ended with its endpoint.', nullable(choice([...ATTEMPT_FAILURES, 'endpoint_disabled']))),
    createdAt, finishedAt: nullable(instant),
  },
  webhookEndpoints: {
    url, description: nullable(text(200)), eventTypes: told('Null for every type, also those that do not exist yet.', nullable(list(choice(EVENT_TYPES), 100))), network, status: choice(ENDPOINT_STATUSES),
    disabledReason: nullable(choice(DISABLED_REASONS)), disabledAt: nullable(instant), failingSince: told('Time of the first failure since the last success.', nullable(instant)),
    previousSecretUntil: told('Until then the secret before the last rotation signs as well.', nullable(instant)), createdAt, updatedAt,
  },
};
