import type { Resource } from '../../../jsonapi/resource';

/** Key of the metadata of handlers and controllers. */
export const DOCUMENTS = 'partner:tells';

export interface DocumentRules {
  readonly resource: Resource;
  /** Whose a list is: one merchant's, or what of it a caller's network reaches. */
  readonly tenant: 'merchant' | 'network';
  /** `filtered` where one resource is worked out for the filters of its query. */
  readonly one?: 'filtered' | undefined;
}
