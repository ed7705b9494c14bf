import type { Dialect } from '../../http/dialect';
import { PAGE_DIALECT } from '../page.dialect';

/** Errors on the pages of subscribers. */
export const PORTAL_DIALECT: Dialect = { ...PAGE_DIALECT, name: 'portal', prefix: '/s' };
