/** What a link is for. */
export const LINK_KINDS = ['standard', 'product', 'donation', 'subscription'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** A reusable link opens an invoice for every checkout, or for every enrolment; a standard one has one payer. */
export function isReusable({ kind }: { readonly kind: LinkKind }): boolean {
  return kind !== 'standard';
}
