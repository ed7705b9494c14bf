import { PARTNER_PREFIX } from '../../partner.dialect';
import type { ErrorCode } from '../../../../common/errors';
import { errorResponses } from '../error-responses';
import { text } from '../../../../http/json-schema';
import type { Operation } from '../operation';
import type { Parameter } from '../parameters';
import { curlOf } from '../sample';

const CODES: readonly ErrorCode[] = [
  'parameter_unknown',
  'parameter_invalid',
  'not_acceptable',
  'authentication_required',
  'invalid_credentials',
  'missing_scope',
  'rate_limited',
  'internal_error',
  'database_busy',
];
const moment = (name: 'from' | 'to', description: string): Parameter => ({
  name,
  in: 'query',
  required: true,
  description,
  schema: text(40, { minLength: 10 }),
});

/** Tables for other programs: not JSON:API. */
export const EXPORTS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/exports/accounting': {
    get: {
      operationId: 'exportAccounting',
      tags: ['exports'],
      summary: 'Export the books of a period',
      description:
        'CSV (RFC 4180, UTF-8): everything that happened to money by when it did (`booked_at`): `held`, `payment` (it counts towards an invoice), `released` (it was taken off one), `refunded`, `dismissed`. `received`, `held` and `refunded` say by how much each sum changed; over all periods they are what the ledger of payments says. `fee` is what was kept back on the way: always 0.00, because the payer pays the network and the whole amount arrives; it is empty where money was sent back, whose cost is not known. The sums of an invoice stand in the line of the payment that paid it. A period has its first moment and not its last; a minute after its end it does not change any more. `date` is when the ledger of the payment closed. `fiat_value` is at the rate that the payer was promised, and empty where the price was in the asset. Cells that a program could run begin with an apostrophe. Needs the scope `payments:read`.',
      security: [
        { bearer: [] },
        { clientKey: [], clientSecret: [] },
        { walletAddress: [], authNonce: [], authSignature: [] },
      ],
      'x-required-scopes': ['payments:read'],
      parameters: [
        moment('from', 'The first day, in the time zone of the merchant, or an RFC 3339 instant.'),
        moment('to', 'The last day, or the instant before which the period ends.'),
      ],
      responses: {
        '200': {
          description: 'The table.',
          headers: { 'Request-Id': { $ref: '#/components/headers/Request-Id' } },
          content: { 'text/csv': { schema: {} } },
        },
        ...errorResponses(CODES),
      },
      'x-error-codes': CODES,
      'x-codeSamples': [
        {
          lang: 'Shell',
          source: curlOf({
            method: 'GET',
            path: `${PARTNER_PREFIX}/exports/accounting?from=2026-06-01&to=2026-06-30`,
            body: undefined,
            bearer: 'KEY',
            idempotent: false,
          }),
        },
      ],
    },
  },
};
