/** What a shop says of a link beside its price: where it is found, what it shows, and what it asks its payers. */
export interface ShopTerms {
  /** Path of the link's page behind its merchant's; unique among the merchant's links. Null: known by its public id alone. */
  readonly slug: string | null;
  /** An https address that the payer's browser loads; never asked for by the service. */
  readonly coverImage: string | null;
  /** Questions to the payer: the label of each by its key, in the order they are asked. */
  readonly customFields: Readonly<Record<string, string>> | null;
  readonly collectsAddress: boolean;
  /** The payer may say how many of each product. */
  readonly adjustsQuantity: boolean;
  /** The payer picks from everything that the merchant sells. */
  readonly sellsEverything: boolean;
  /** False: the page shows neither a QR code nor an address for wallet apps. */
  readonly showsCodes: boolean;
  /** Null: products are taxed as they say. Otherwise the link alone says whether everything is taxed, by its own rate. */
  readonly collectsTax: boolean | null;
  /** What the merchant's own books call the payment; never on the page. */
  readonly paidFor: string | null;
  /** Whom its invoices are made out to. */
  readonly customerId: string | null;
}

/** A link that no shop has said anything of. */
export const NO_SHOP: ShopTerms = {
  slug: null,
  coverImage: null,
  customFields: null,
  collectsAddress: false,
  adjustsQuantity: false,
  sellsEverything: false,
  showsCodes: true,
  collectsTax: null,
  paidFor: null,
  customerId: null,
};

/** Its products are offered one by one: what is not sold any more leaves the others on sale. */
export function isOfShop({ slug }: Pick<ShopTerms, 'slug'>): boolean {
  return slug !== null;
}

/** Whether payers may or must say who they are. */
export function asksPayer(link: Pick<ShopTerms, 'slug' | 'collectsAddress' | 'customFields'>): boolean {
  return isOfShop(link) || link.collectsAddress || link.customFields !== null;
}
