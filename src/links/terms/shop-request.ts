import { NO_SHOP, type ShopTerms } from '../shop-terms';
import { isCoverImage } from './cover-image';
import { customFieldFaults } from './custom-fields';
import type { LinkDraft, TermFault } from './link-request';
import { slugOf } from './slug';

/** What a partner's program may say of a link as a shop does. Pure. */
export type ShopRequest = Pick<
  LinkDraft,
  'slug' | 'coverImage' | 'customFields' | 'collectsAddress' | 'adjustsQuantity' | 'showsCodes' | 'paidFor'
>;

/** Faults are added to `faults`. */
export function shopTerms(request: LinkDraft, kind: string, faults: TermFault[]): ShopTerms {
  const say = (attribute: TermFault['attribute'], detail: string): void =>
    void faults.push({ code: 'attributes_invalid', attribute, detail });
  const { slug = null, adjustsQuantity } = request;
  const path = slug === null ? null : slugOf(slug);
  if (path === undefined)
    say(
      'slug',
      'must be 1 to 100 letters, digits and . - _ between single slashes, or a URL whose last segment is that',
    );
  if (adjustsQuantity === true && (kind !== 'product' || slug === null))
    say('adjustsQuantity', 'belongs to links of the kind product that have a slug');
  faults.push(...pageFaults(request));
  return {
    ...NO_SHOP,
    slug: path ?? null,
    coverImage: request.coverImage ?? null,
    customFields: request.customFields ?? null,
    collectsAddress: request.collectsAddress ?? false,
    adjustsQuantity: adjustsQuantity ?? false,
    showsCodes: request.showsCodes ?? true,
    paidFor: request.paidFor ?? null,
  };
}

/** The same of a change. */
export function pageFaults({
  coverImage,
  customFields,
}: Pick<ShopRequest, 'coverImage' | 'customFields'>): TermFault[] {
  const faults: TermFault[] = [];
  if (coverImage !== undefined && coverImage !== null && !isCoverImage(coverImage))
    faults.push({
      code: 'attributes_invalid',
      attribute: 'coverImage',
      detail: 'must be the https address of an image on the public internet',
    });
  if (customFields !== undefined && customFields !== null)
    for (const { message } of customFieldFaults(customFields))
      faults.push({ code: 'attributes_invalid', attribute: 'customFields', detail: message });
  return faults;
}
