/** What a link is for. A `subscription` is refused with the reason that there is none yet: it needs a payer who signs up. */
export const LINK_KINDS = ['standard', 'product', 'donation'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** A reusable link opens an invoice for every checkout; a standard one has one payer. */
export function isReusable({ kind }: { readonly kind: LinkKind }): boolean {
  return kind !== 'standard';
}
