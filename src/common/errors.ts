/**
 * The public catalogue of everything that can go wrong for a caller. A code is a condition in snake_case and is
 * stable; titles may be reworded. `level` is how the log treats it.
 */
interface ErrorDefinition {
  readonly status: number;
  readonly title: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
}

const define = (status: number, title: string, level: ErrorDefinition['level'] = 'info'): ErrorDefinition => ({
  status,
  title,
  level,
});

export const ERRORS = {
  // the request itself
  malformed_json: define(400, 'The request body is not valid JSON'),
  malformed_url: define(400, 'The request path is not a valid URL'),
  malformed_request: define(400, 'The request is malformed'),
  validation_failed: define(400, 'Validation failed'),
  body_too_large: define(413, 'The request body is too large'),
  unsupported_media_type: define(415, 'The request body must be sent as application/json'),
  content_encoding_refused: define(415, 'Compressed request bodies are not accepted'),
  route_not_found: define(404, 'There is nothing at this address'),
  method_not_allowed: define(405, 'This address does not answer to this method'),
  not_offered: define(501, 'This service does not offer this'),
  // JSON:API documents
  not_acceptable: define(406, 'The answer cannot be sent as anything that Accept allows'),
  jsonapi_media_type: define(415, 'The request body must be sent as application/vnd.api+json'),
  malformed_document: define(400, 'The request body is not the JSON:API document expected here'),
  resource_type_conflict: define(409, 'The resource type does not belong here'),
  resource_id_conflict: define(409, 'The resource id is not the one in the address'),
  client_id_refused: define(403, 'The server chooses the id of a new resource'),
  relationship_read_only: define(403, 'This relationship cannot be changed'),
  related_resource_not_found: define(404, 'A related resource does not exist'),
  resource_not_found: define(404, 'The resource does not exist'),
  attributes_invalid: define(422, 'An attribute is not valid'),
  parameter_unknown: define(400, 'The query parameter is not known here'),
  parameter_invalid: define(400, 'The query parameter is not valid'),
  sort_unsupported: define(400, 'The collection cannot be sorted by this'),
  cursor_invalid: define(400, 'The cursor does not belong to this collection'),
  page_size_exceeded: define(400, 'The page size is too large'),
  range_pagination_unsupported: define(400, 'page[after] and page[before] cannot be combined'),
  precondition_failed: define(412, 'The resource has changed since it was read'),
  precondition_required: define(428, 'The change must say which version it is meant for'),
  rate_limited: define(429, 'Too many requests, please try again later'),
  idempotency_key_required: define(400, 'The Idempotency-Key header is required'),
  idempotency_key_malformed: define(400, 'The Idempotency-Key header is not valid'),
  idempotency_key_reused: define(422, 'The Idempotency-Key belongs to another request'),
  idempotency_key_in_use: define(409, 'The request with this Idempotency-Key is still being answered'),
  // callers and credentials
  authentication_required: define(401, 'Authentication required'),
  invalid_credentials: define(401, 'The credentials are not valid or no longer valid'),
  invalid_signature: define(401, 'Invalid or expired signature'),
  several_credentials: define(400, 'Send exactly one kind of credentials'),
  missing_scope: define(403, 'These credentials do not allow this'),
  forbidden: define(403, 'Unauthorized'),
  invalid_address: define(400, 'Invalid Stellar address'),
  challenge_invalid: define(400, 'The challenge transaction is not valid'),
  // networks
  network_required: define(400, 'networkPassphrase is required when several networks are enabled'),
  network_unknown: define(400, 'Invalid network passphrase'),
  network_mismatch: define(400, 'Selected wallet network does not match the invoice network'),
  transaction_network_mismatch: define(400, 'Network mismatch'),
  // links and invoices
  link_not_found: define(404, 'Link not found'),
  invoice_not_found: define(404, 'Invoice not found'),
  client_not_found: define(404, 'Client not found'),
  recipient_mismatch: define(403, 'Recipient wallet must match authenticated wallet'),
  expiry_invalid: define(400, 'Invalid expiresAt date'),
  expiry_in_past: define(400, 'expiresAt must be in the future'),
  activation_native_only: define(400, 'activateNewAccounts is supported only for XLM links'),
  activation_amount_too_low: define(400, 'activateNewAccounts requires amount >= 1 XLM'),
  link_limit_reached: define(429, 'Payment link creation limit reached'),
  invoice_limit_reached: define(429, 'Invoice creation limit reached'),
  asset_unsupported: define(400, 'This asset is not supported on this network'),
  invoice_not_draft: define(400, 'Only invoices in DRAFT status can be modified'),
  invoice_met_by_money: define(409, 'Money has arrived for this invoice'),
  invoice_of_link: define(409, 'This invoice belongs to a payment link: end that and make another one'),
  invoice_not_cancellable: define(400, 'Invoice cannot be cancelled'),
  nothing_received: define(409, 'Nothing has been paid yet'),
  receipts_busy: define(503, 'Too many receipts are being written'),
  invoice_total_invalid: define(400, 'Invoice total must be greater than zero'),
  // currencies and quotes
  unsupported_pay_currency: define(422, 'Unsupported pay currency'),
  currency_unsupported: define(422, 'Unsupported currency'),
  amount_below_minimum: define(422, 'amount is below minimum'),
  amount_above_maximum: define(422, 'amount is above maximum'),
  amount_too_precise: define(422, 'The amount has more decimals than its currency'),
  quote_expired: define(409, 'The quote has expired'),
  // payment links
  reference_duplicate: define(422, 'Reference duplicate'),
  unsupported_payment_method: define(422, 'Unsupported payment method'),
  unsupported_account_currency: define(422, 'Unsupported account currency'),
  payouts_not_available: define(422, 'Payouts are not available yet'),
  slug_taken: define(422, 'Another payment link has this slug'),
  recurrence_invalid: define(422, 'The recurrence is not valid'),
  link_priced: define(409, 'Somebody has been given a price under these terms'),
  link_not_open: define(409, 'The payment link cannot be used'),
  link_terms_changed: define(409, 'The terms of this payment link have just changed: look at it and choose again'),
  link_sold_out: define(409, 'Every payment of this link is made or being made'),
  checkout_limit_reached: define(429, 'Too many unpaid checkouts of this link from one address'),
  link_final: define(409, 'The payment link is final'),
  link_choice_closed: define(409, 'No other asset can be chosen for this payment link any more'),
  // subscriptions
  subscription_final: define(409, 'The subscription has ended'),
  subscription_not_running: define(409, 'The subscription does not run'),
  subscription_not_pausable: define(409, 'The subscription cannot be paused'),
  subscription_not_resumable: define(409, 'The subscription was not to end'),
  price_change_too_late: define(409, 'The invoice of this period is open already'),
  price_change_pending: define(409, 'Another price was announced from an earlier period on'),
  portal_token_invalid: define(404, 'There is no subscription at this address'),
  // paying
  own_invoice: define(400, 'Cannot pay your own invoice'),
  invoice_not_payable: define(400, 'Invoice cannot be paid'),
  transaction_malformed: define(400, 'The signed transaction cannot be read'),
  transaction_mismatch: define(400, 'Transaction does not match invoice payment details'),
  transaction_unsigned: define(400, 'Transaction authorization failed'),
  transaction_failed: define(400, 'Transaction was not successful'),
  transaction_not_found: define(404, 'Transaction not found'),
  transaction_refused: define(400, 'The network refused the transaction'),
  underpayment: define(400, 'Underpayment'),
  recipient_cannot_receive: define(400, 'The receiving wallet cannot take this payment'),
  payer_cannot_pay: define(400, 'The sending wallet cannot make this payment'),
  // what a merchant sets up
  product_sku_taken: define(422, 'Another product has this SKU'),
  product_limit_reached: define(409, 'There are as many products as a merchant may have'),
  key_limit_reached: define(409, 'There are as many live keys of this kind as a merchant may have'),
  product_in_use: define(409, 'The product is used; archive it instead'),
  tax_rate_in_use: define(409, 'The tax rate is used; archive it instead'),
  customer_email_taken: define(422, 'Another customer has this e-mail address'),
  customer_in_use: define(409, 'A payment link bills this customer: erase it instead'),
  customer_erased: define(409, 'The customer has been erased'),
  member_exists: define(422, 'The wallet has a role in this merchant already'),
  last_owner: define(409, 'A merchant must keep an owner'),
  receiving_account_exists: define(422, 'The merchant has this account already'),
  account_proof_required: define(422, 'The account itself must sign that its money is for this merchant'),
  scope_not_held: define(403, 'Nobody can give away what they may not do themselves'),
  // money in suspense
  payment_not_held: define(409, 'The payment is not held in suspense'),
  payment_not_attachable: define(409, 'The payment cannot be attached to this invoice'),
  // webhooks
  webhook_url_refused: define(422, 'The webhook URL cannot be used'),
  webhook_endpoint_disabled: define(409, 'The webhook endpoint is disabled'),
  webhook_endpoint_limit_reached: define(409, 'There are as many webhook endpoints as a merchant may have'),
  // the network behind us
  ledger_busy: define(429, 'Network is busy. Please wait a moment and try again.', 'warn'),
  ledger_unavailable: define(503, 'Stellar network is temporarily unavailable. Please try again later.', 'warn'),
  price_unavailable: define(503, 'Price feed temporarily unavailable', 'warn'),
  rate_unavailable: define(
    503,
    'There is no exchange rate to be trusted at the moment, please try again later',
    'warn',
  ),
  route_unavailable: define(503, 'There is no fair way to pay with this asset at the moment', 'warn'),
  // ourselves
  recovering: define(503, 'Payment references cannot be given out at the moment', 'warn'),
  database_busy: define(503, 'The service is busy, please retry', 'warn'),
  outcome_unknown: define(
    503,
    'The database was lost while it was saving: the change may have been made or not. Look before you repeat it; with the same Idempotency-Key repeating is safe.',
    'warn',
  ),
  internal_error: define(500, 'Something went wrong on our side', 'error'),
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;

/** One fault of one input member; `path` is dotted, as the caller wrote it. */
export interface InputFault {
  readonly path: string;
  readonly message: string;
  /** Where the fault lies, at most one: RFC 6901 into the body sent, a query parameter, or a header. */
  readonly pointer?: string;
  readonly parameter?: string;
  readonly header?: string;
  /** The condition of this fault where it differs from the error's own. */
  readonly code?: ErrorCode;
  /** URI that names the kind of problem, where a specification defines one. */
  readonly type?: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

interface ErrorContext {
  /** The status where a dialect answers this condition with another one than the catalogue's. */
  readonly status?: number;
  /** The sentence for the caller when the title is not enough; it must say what to do. */
  readonly detail?: string;
  readonly faults?: readonly InputFault[];
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The only exception services raise on purpose; one filter renders it in the envelope of the route family. */
export class DomainError extends Error {
  readonly status: number;
  readonly level: ErrorDefinition['level'];
  readonly faults: readonly InputFault[];
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ErrorCode,
    context: ErrorContext = {},
  ) {
    super(context.detail ?? ERRORS[code].title, { cause: context.cause });
    this.name = 'DomainError';
    this.status = context.status ?? ERRORS[code].status;
    this.level = ERRORS[code].level;
    this.faults = context.faults ?? [];
    this.retryAfterSeconds = context.retryAfterSeconds;
    this.headers = context.headers ?? {};
  }
}

/** True when a thrown value is this condition. */
export function isDomainError(error: unknown, code?: ErrorCode): error is DomainError {
  return error instanceof DomainError && (code === undefined || error.code === code);
}
