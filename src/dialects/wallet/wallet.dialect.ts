import type { Dialect } from '../../http/dialect';
import { WRITES_LIMITER } from '../../http/limiter-policy';

/** Plain JSON: `{error}`, with `details` where members of the body are at fault. */
export const WALLET_DIALECT: Dialect = {
  name: 'wallet',
  prefix: '',
  errors: {
    contentType: 'application/json; charset=utf-8',
    headers: {},
    render: (error) =>
      JSON.stringify({ error: error.message, ...(error.faults.length === 0 ? {} : { details: error.faults }) }),
  },
  statuses: {},
  texts: {},
  challenge: 'Bearer',
  limiter: WRITES_LIMITER,
  keys: { byPath: false, keepDecisions: true },
  documents: false,
};
