import { ERRORS } from '../common/errors';
import type { Dialect } from '../http/dialect';
import { WRITES_LIMITER } from '../http/limiter-policy';
import { escapeHtml } from '../http/html';

/** Errors on the payer's pages. */
export const PAGE_DIALECT: Dialect = {
  name: 'page',
  prefix: '/pay',
  errors: {
    contentType: 'text/html; charset=utf-8',
    headers: {},
    render: (error) =>
      `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${error.status}</title><main><h1>${escapeHtml(ERRORS[error.code].title)}</h1><p>${escapeHtml(error.message)}</p></main></html>`,
  },
  statuses: {},
  texts: {},
  challenge: 'Bearer',
  limiter: WRITES_LIMITER,
  keys: { byPath: false, keepDecisions: true },
  documents: false,
};

/** The same on the pages of shops. */
export const SHOP_PAGE_DIALECT: Dialect = { ...PAGE_DIALECT, name: 'shop-page', prefix: '/p' };
