import type { ErrorCode } from '../../common/errors';
import type { LinkKind } from '../link-kinds';
import type { RecurrenceRequest } from './recurrence';

/** What was asked for, shapes already checked. */
export interface LinkRequest {
  readonly kind?: LinkKind | null;
  readonly amount?: string | null;
  readonly openAmount?: {
    readonly minimum?: string | null;
    readonly maximum?: string | null;
    readonly presets?: readonly string[] | null;
  } | null;
  readonly maxPayments?: number | null;
  readonly quantity?: { readonly maximum: number } | null;
  readonly recurrence?: RecurrenceRequest | null;
  readonly currency: string;
  readonly paymentType: 'Invoice' | 'Payout';
  /** Null: without end. */
  readonly expiresAt: string | null;
  readonly accountCurrency?: string | null;
  readonly paymentMethods?: readonly string[] | null;
  readonly payCurrencies?: readonly string[] | null;
  readonly reference?: string | null;
  readonly successRedirectUrl?: string | null;
  readonly unsuccessRedirectUrl?: string | null;
  readonly title?: string | null;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
  readonly slug?: string | null;
  readonly coverImage?: string | null;
  /** Questions to the payer: labels by keys. */
  readonly customFields?: Readonly<Record<string, string>> | null;
  readonly collectsAddress?: boolean | null;
  readonly adjustsQuantity?: boolean | null;
  readonly showsCodes?: boolean | null;
  readonly paidFor?: string | null;
}

/** The same while some of it may be at fault, and is not there. */
export type LinkDraft = Partial<LinkRequest>;

/** What is wrong with one attribute; `index` where it is one element of a list or one member. */
export interface TermFault {
  readonly code: ErrorCode;
  readonly attribute: keyof LinkRequest;
  readonly index?: number | string;
  readonly detail: string;
}
