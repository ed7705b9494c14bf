import type { ResultCodes } from '../ledger/contract';

/** An error answer as Horizon gives it (RFC 7807, `application/problem+json`). Members that are undefined are left out. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly extras?: Readonly<Record<string, unknown>>;
}

export class HorizonProblem extends Error {
  constructor(
    readonly body: ProblemBody,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.title);
    this.name = 'HorizonProblem';
  }
}

const TYPE_PREFIX = 'https://stellar.org/horizon-errors/';

const TITLES = {
  bad_request: [400, 'Bad Request', 'The request you sent was invalid in some way.'],
  transaction_malformed: [
    400,
    'Transaction Malformed',
    'Horizon could not decode the transaction envelope in this request. A transaction should be an XDR TransactionEnvelope struct encoded using base64.  The envelope read from this request is echoed in the `extras.envelope_xdr` field of this response for your convenience.',
  ],
  transaction_failed: [
    400,
    'Transaction Failed',
    'The transaction failed when submitted to the stellar network. The `extras.result_codes` field on this response contains further details.  Descriptions of each code can be found at: https://developers.stellar.org/api/errors/http-status-codes/horizon-specific/transaction-failed/',
  ],
  not_found: [
    404,
    'Resource Missing',
    'The resource at the url requested was not found.  This usually occurs for one of two reasons:  The url requested is not valid, or no data in our database could be found with the parameters provided.',
  ],
  not_acceptable: [406, 'An acceptable response content-type could not be provided for this request', undefined],
  before_history: [
    410,
    'Data Requested Is Before Recorded History',
    "This horizon instance is configured to only track a portion of the stellar network's latest history. This request is asking for results prior to the recorded history known to this horizon instance.",
  ],
  unsupported_media_type: [
    415,
    'Unsupported Media Type',
    'The request has an unsupported content type. Presently, the only supported content type is application/x-www-form-urlencoded.',
  ],
  rate_limit_exceeded: [
    429,
    'Rate Limit Exceeded',
    "The rate limit for the requesting IP address is over its alloted limit.  The allowed limit and requests left per time period are communicated to clients via the http response headers 'X-RateLimit-*' headers.",
  ],
  server_error: [
    500,
    'Internal Server Error',
    'An error occurred while processing this request.  This is usually due to a bug within the server software.  Trying this request again may succeed if the bug is transient. Otherwise, please contact the system administrator.',
  ],
  server_over_capacity: [
    503,
    'Server Over Capacity',
    'This horizon server is currently overloaded.  Please wait for several minutes before trying your request again.',
  ],
  service_unavailable: [503, 'Service Unavailable', 'The request cannot be serviced at this time.'],
  stale_history: [
    503,
    'Historical DB Is Too Stale',
    "This horizon instance is configured to reject client requests when it can determine that the history database is lagging too far behind the connected instance of Stellar-Core or read replica. It's also possible that Stellar-Core is out of sync. Please try again later.",
  ],
  still_ingesting: [
    503,
    'Still Ingesting',
    "Data cannot be presented because it's still being ingested. Please wait for several minutes before trying your request again.",
  ],
  timeout: [
    504,
    'Timeout',
    'Your request timed out before completing.  Please try your request again. If you are submitting a transaction make sure you are sending exactly the same transaction (with the same sequence number).',
  ],
  transaction_submission_timeout: [
    504,
    'Transaction Submission Timeout',
    'Your transaction submission request has timed out. This does not necessarily mean the submission has failed. Before resubmitting, please use the transaction hash provided in `extras.hash` to poll the GET /transactions endpoint for sometime and check if it was included in a ledger.',
  ],
} as const satisfies Record<string, readonly [number, string, string | undefined]>;

export type ProblemCode = keyof typeof TITLES;

export function problem(
  code: ProblemCode,
  extras?: Readonly<Record<string, unknown>>,
  headers?: Readonly<Record<string, string>>,
): HorizonProblem {
  const [status, title, detail] = TITLES[code];
  return new HorizonProblem(
    {
      type: `${TYPE_PREFIX}${code}`,
      title,
      status,
      ...(detail === undefined ? {} : { detail }),
      ...(extras === undefined ? {} : { extras }),
    },
    headers,
  );
}

export function invalidField(field: string, reason: string): HorizonProblem {
  return problem('bad_request', { invalid_field: field, reason });
}

/** Friendbot explains itself in `detail`. */
export function badRequest(detail: string): HorizonProblem {
  const [status, title] = TITLES.bad_request;
  return new HorizonProblem({ type: `${TYPE_PREFIX}bad_request`, title, status, detail });
}

export function transactionFailed(envelopeXdr: string, resultXdr: string, codes: ResultCodes): HorizonProblem {
  const resultCodes = {
    transaction: codes.transaction,
    ...(codes.innerTransaction === undefined ? {} : { inner_transaction: codes.innerTransaction }),
    ...(codes.operations === undefined ? {} : { operations: codes.operations }),
  };
  return problem('transaction_failed', { envelope_xdr: envelopeXdr, result_codes: resultCodes, result_xdr: resultXdr });
}

export function submissionTimeout(hash: string, envelopeXdr: string): HorizonProblem {
  return problem('transaction_submission_timeout', { hash, envelope_xdr: envelopeXdr });
}
