/** `subscription` is known by name only: it needs a payer who signs up. */
export const LINK_KINDS = ['standard', 'product', 'donation'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];
