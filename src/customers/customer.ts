/** What a customer is to the merchant. */
export const CUSTOMER_TYPES = [
  'Individual',
  'Startup',
  'Small Business',
  'Medium Business',
  'Enterprise',
  'Non-Profit',
  'Government',
] as const;
export type CustomerType = (typeof CUSTOMER_TYPES)[number];

/** Deleted: hidden by the merchant and kept whole. Erasing a person is another matter. */
export const CUSTOMER_STATUSES = ['active', 'blacklisted', 'deactivated', 'deleted'] as const;
export type CustomerStatus = (typeof CUSTOMER_STATUSES)[number];

/** A person or company that a merchant bills again and again; one per e-mail address, whatever its case. */
export interface Customer {
  readonly merchantId: string;
  readonly id: string;
  readonly name: string;
  /** Both or neither; they make up the name. */
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** Null once erased, and where only a telephone number is known. */
  readonly email: string | null;
  readonly phoneNumber: string | null;
  readonly company: string | null;
  readonly address: string | null;
  readonly isFavorite: boolean;
  readonly type: CustomerType;
  readonly status: CustomerStatus;
  readonly version: bigint;
  readonly erasedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
