import { STATUS_CODES } from 'node:http';
import type { DomainError, InputFault } from '../../common/errors';
import type { Dialect } from '../../http/dialect';
import { CLIENT_KEY_LIMITER } from '../../http/limiter-policy';

const BAD_CREDENTIALS = 'Unauthorized. Client key or secret is invalid or missing.';

/** JSON for shops: `{statusCode, message, error}`, where `message` lists every fault of what was sent. */
export const MERCHANT_DIALECT: Dialect = {
  name: 'merchant',
  prefix: '/api/v0',
  errors: {
    contentType: 'application/json; charset=utf-8',
    headers: {},
    render: (error) => JSON.stringify(error.code === 'rate_limited' ? limited(error) : refused(error)),
  },
  statuses: {
    currency_unsupported: 400,
    webhook_url_refused: 400,
    idempotency_key_reused: 409,
    customer_email_taken: 409,
    slug_taken: 409,
  },
  texts: {
    authentication_required: BAD_CREDENTIALS,
    invalid_credentials: BAD_CREDENTIALS,
    invalid_signature: BAD_CREDENTIALS,
    idempotency_key_reused: 'Conflict: Idempotency key already used with different request data',
    rate_limited: 'Rate limit exceeded',
    customer_email_taken: 'Customer with this email already exists',
  },
  challenge: 'ClientKey realm="merchant"',
  limiter: CLIENT_KEY_LIMITER,
  keys: { byPath: true, keepDecisions: false },
  documents: false,
};

function refused({ status, message, faults }: DomainError): Record<string, unknown> {
  return {
    statusCode: status,
    message: faults.length === 0 ? message : faults.map(sentence),
    error: STATUS_CODES[status],
  };
}

function limited({ status, message, retryAfterSeconds = 1 }: DomainError): Record<string, unknown> {
  return { statusCode: status, message, retryAfter: Math.max(1, Math.ceil(retryAfterSeconds)) };
}

function sentence({ path, message }: InputFault): string {
  return `${path} ${message}`.trim();
}
