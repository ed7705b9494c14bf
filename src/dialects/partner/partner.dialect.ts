import { type DomainError, ERRORS, type InputFault } from '../../common/errors';
import type { Dialect } from '../../http/dialect';
import { EVERY_REQUEST_LIMITER } from '../../http/limiter-policy';

/** Path below which the partner API speaks JSON:API. */
export const PARTNER_PREFIX = '/api/public/v1';

/** One document never lists more. A client with so many mistakes mends these first. */
const MAX_ERRORS = 20;

export const PARTNER_DIALECT: Dialect = {
  name: 'partner',
  prefix: PARTNER_PREFIX,
  errors: {
    contentType: 'application/vnd.api+json',
    headers: { vary: 'Accept' },
    render: (error, requestId) => {
      const faults = error.faults.length === 0 ? [undefined] : error.faults.slice(0, MAX_ERRORS);
      return Buffer.from(
        JSON.stringify({
          jsonapi: { version: '1.1' },
          errors: faults.map((fault) => errorObject(error, fault, requestId)),
        }),
      );
    },
  },
  // Conflicts with the state of a resource.
  statuses: { invoice_not_cancellable: 409 },
  texts: {},
  challenge: 'Bearer',
  limiter: EVERY_REQUEST_LIMITER,
  keys: { byPath: false, keepDecisions: true },
  documents: true,
};

/** An error object of JSON:API 1.1; `status` is a string there. */
function errorObject(error: DomainError, fault: InputFault | undefined, requestId: string): Record<string, unknown> {
  const code = fault?.code ?? error.code;
  const source = fault === undefined ? undefined : sourceOf(fault);
  return {
    id: requestId,
    ...(fault?.type === undefined ? {} : { links: { type: fault.type } }),
    status: String(error.status),
    code,
    title: ERRORS[code].title,
    detail: fault === undefined ? error.message : `${fault.path} ${fault.message}`.trim(),
    ...(source === undefined ? {} : { source }),
    ...metaOf(error, fault),
  };
}

/** Clients with models put a 422 on the attribute that `meta` names; what blames none is about the record itself (`base`). */
function metaOf(
  error: DomainError,
  fault: InputFault | undefined,
): { readonly meta?: Readonly<Record<string, unknown>> } {
  if (fault?.meta !== undefined) return { meta: fault.meta };
  return error.status === 422
    ? {
        meta: {
          attribute: 'base',
          message: fault === undefined ? error.message : `${fault.path} ${fault.message}`.trim(),
        },
      }
    : {};
}

function sourceOf(fault: InputFault): Record<string, string> | undefined {
  if (fault.pointer !== undefined) return { pointer: fault.pointer };
  if (fault.parameter !== undefined) return { parameter: fault.parameter };
  return fault.header === undefined ? undefined : { header: fault.header };
}
