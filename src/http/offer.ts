/** The values that are offered, for readers of the validators. A validator may accept more, so that these are refused by name. */
export interface Offer {
  readonly offered: readonly string[];
}

export function offering(values: readonly string[]): { readonly context: Offer } {
  return { context: { offered: values } };
}
