import { DomainError, ERRORS, type InputFault } from '../common/errors';
import { escapeHtml } from './html';
import { type RouteFamily, routeFamily } from './route-family';

export interface ErrorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes where the content type must go out exactly as it is: Fastify adds a charset to text. */
  readonly body: string | Buffer;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Renders a condition in the envelope of the family that owns the address. Never tells more than the catalogue. */
export function errorAnswer(url: string, error: DomainError, requestId: string): ErrorAnswer {
  const family = routeFamily(url);
  // Refusals of the router itself pass no hook that would add the request id.
  const headers: Record<string, string> = { 'request-id': requestId, ...error.headers };
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
  if (family === 'partner') headers['vary'] = 'Accept';
  if (error.status === 401) headers['www-authenticate'] = 'Bearer';
  return { status: error.status, headers, contentType: contentTypes[family], body: renderers[family](error, requestId) };
}

const contentTypes: Readonly<Record<RouteFamily, string>> = {
  partner: 'application/vnd.api+json',
  merchant: JSON_TYPE,
  wallet: JSON_TYPE,
  page: 'text/html; charset=utf-8',
};

/** One document never lists more; whoever sent so many mistakes mends these first. */
const MAX_ERRORS = 20;

const renderers: Readonly<Record<RouteFamily, (error: DomainError, requestId: string) => string | Buffer>> = {
  partner: (error, requestId) => {
    const faults = error.faults.length === 0 ? [undefined] : error.faults.slice(0, MAX_ERRORS);
    return Buffer.from(JSON.stringify({ jsonapi: { version: '1.1' }, errors: faults.map((fault) => errorObject(error, fault, requestId)) }));
  },
  merchant: (error) => JSON.stringify({ statusCode: error.status, message: error.faults.length === 0 ? error.message : error.faults.map((fault) => `${fault.path} ${fault.message}`), error: ERRORS[error.code].title }),
  wallet: (error) => JSON.stringify({ error: error.message, ...(error.faults.length === 0 ? {} : { details: error.faults }) }),
  page: (error) =>
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${error.status}</title><main><h1>${escapeHtml(ERRORS[error.code].title)}</h1><p>${escapeHtml(error.message)}</p></main></html>`,
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
function metaOf(error: DomainError, fault: InputFault | undefined): { readonly meta?: Readonly<Record<string, unknown>> } {
  if (fault?.meta !== undefined) return { meta: fault.meta };
  return error.status === 422 ? { meta: { attribute: 'base', message: fault === undefined ? error.message : `${fault.path} ${fault.message}`.trim() } } : {};
}

function sourceOf(fault: InputFault): Record<string, string> | undefined {
  if (fault.pointer !== undefined) return { pointer: fault.pointer };
  if (fault.parameter !== undefined) return { parameter: fault.parameter };
  return fault.header === undefined ? undefined : { header: fault.header };
}
