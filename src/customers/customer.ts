/** A person or company that a merchant bills again and again; one per e-mail address, whatever its case. */
export interface Customer {
  readonly merchantId: string;
  readonly id: string;
  readonly name: string;
  /** Null once erased. */
  readonly email: string | null;
  readonly company: string | null;
  readonly address: string | null;
  readonly isFavorite: boolean;
  readonly version: bigint;
  readonly erasedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
