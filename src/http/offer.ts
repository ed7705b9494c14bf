/** Told apart for who reads the validators: what is offered, where more is understood in order to be refused by name. */
export interface Offer {
  readonly offered: readonly string[];
}

export function offering(values: readonly string[]): { readonly context: Offer } {
  return { context: { offered: values } };
}
