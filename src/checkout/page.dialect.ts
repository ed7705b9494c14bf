import { ERRORS } from '../common/errors';
import type { Dialect } from '../http/dialect';
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
  limiter: 'writing_requests',
  documents: false,
};

/** The same on the pages of shops. */
export const SHOP_PAGE_DIALECT: Dialect = { ...PAGE_DIALECT, name: 'shop-page', prefix: '/p' };
