import { DomainError, ERRORS } from '../common/errors';
import { escapeHtml } from './html';
import { type RouteFamily, routeFamily } from './route-family';

export interface ErrorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Renders a condition in the envelope of the family that owns the address. Never tells more than the catalogue. */
export function errorAnswer(url: string, error: DomainError, requestId: string): ErrorAnswer {
  const family = routeFamily(url);
  const headers: Record<string, string> = { ...error.headers };
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(error.retryAfterSeconds)));
  if (error.status === 401) headers['www-authenticate'] = 'Bearer';
  return { status: error.status, headers, contentType: contentTypes[family], body: renderers[family](error, requestId) };
}

const contentTypes: Readonly<Record<RouteFamily, string>> = {
  partner: 'application/vnd.api+json',
  merchant: JSON_TYPE,
  wallet: JSON_TYPE,
  page: 'text/html; charset=utf-8',
};

const renderers: Readonly<Record<RouteFamily, (error: DomainError, requestId: string) => string>> = {
  partner: (error, requestId) =>
    JSON.stringify({
      jsonapi: { version: '1.1' },
      errors: (error.faults.length === 0 ? [undefined] : error.faults).map((fault) => ({
        id: requestId,
        status: String(error.status),
        code: error.code,
        title: ERRORS[error.code].title,
        detail: fault === undefined ? error.message : `${fault.path} ${fault.message}`,
      })),
    }),
  merchant: (error) => JSON.stringify({ statusCode: error.status, message: error.faults.length === 0 ? error.message : error.faults.map((fault) => `${fault.path} ${fault.message}`), error: ERRORS[error.code].title }),
  wallet: (error) => JSON.stringify({ error: error.message, ...(error.faults.length === 0 ? {} : { details: error.faults }) }),
  page: (error) =>
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${error.status}</title><main><h1>${escapeHtml(ERRORS[error.code].title)}</h1><p>${escapeHtml(error.message)}</p></main></html>`,
};
