import type { Dialect } from '../../http/dialect';

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
  limiter: 'writing_requests',
  documents: false,
};
