import { percentageText } from '../common/percentage';

/** Archived: kept for what uses it, and offered no more. */
export const CATALOG_STATUSES = ['active', 'archived'] as const;
export type CatalogStatus = (typeof CATALOG_STATUSES)[number];

/** How something sold is taxed. */
export interface TaxRate {
  readonly merchantId: string;
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** Ten-thousandths of a percent. */
  readonly percentage: number;
  /** True when prices contain the tax already. */
  readonly inclusive: boolean;
  readonly status: CatalogStatus;
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a merchant says of a tax rate. */
export type TaxRateDetails = Pick<TaxRate, 'name' | 'description' | 'percentage' | 'inclusive' | 'status'>;

/** What the audit log keeps of it. */
export function taxRateFacts({
  name,
  description,
  percentage,
  inclusive,
  status,
}: TaxRateDetails): Record<string, string | boolean | null> {
  return { name, description, percentage: percentageText(percentage), inclusive, status };
}
