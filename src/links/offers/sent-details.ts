/** What a payer may say beside the money, as it is sent. Pure. */

export const ADDRESS_PARTS = ['street', 'city', 'postalCode', 'country'] as const;
export type PostalAddress = Readonly<Record<(typeof ADDRESS_PARTS)[number], string>>;

/** What is kept of it. */
export interface PayerDetails {
  readonly name: string | null;
  readonly email: string | null;
  readonly address: PostalAddress | null;
  /** Questions that were not answered are not there; null where none was. */
  readonly customFields: Readonly<Record<string, string>> | null;
}

/** As it was sent; text of any content. */
export interface SentDetails {
  readonly name?: string;
  readonly email?: string;
  readonly address?: Partial<PostalAddress>;
  /** Answers by the keys of the link's questions. */
  readonly customFields?: Readonly<Record<string, string>>;
}

/** Of one link. */
export const MAX_QUESTIONS = 20;
/** Of all answers together. */
export const MAX_ANSWERS = 20_000;

/** As letters are addressed. */
export function addressText({ street, city, postalCode, country }: PostalAddress): string {
  return `${street}\n${postalCode} ${city}\n${country}`;
}
