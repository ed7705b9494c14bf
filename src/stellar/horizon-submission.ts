import { isObject, type JsonObject } from './json';
import type { BareReply, HorizonReply } from './horizon-client';

/**
 * What one answer to POST /transactions means. `look` = nothing is certain until the hash has been looked up;
 * `claim` = the provider says it was applied and sends the record, which still has to be verified.
 */
export type SubmissionAnswer =
  | { readonly kind: 'claim'; readonly record: JsonObject }
  | { readonly kind: 'refused'; readonly transactionCode: string; readonly operationCodes: readonly string[] }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  | { readonly kind: 'closed' }
  | { readonly kind: 'look' };

const DEFAULT_RETRY_SECONDS = 5;

/** Pure reading of the status and body; see Horizon's error codes. */
export function readSubmission(reply: HorizonReply | BareReply): SubmissionAnswer {
  const { status, body } = reply;
  const retryAfterSeconds = reply.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS;
  if (status === 429 || status === 503) return { kind: 'busy', retryAfterSeconds };
  if (body === null) return { kind: 'look' };
  if (body['tx_status'] === 'TRY_AGAIN_LATER') return { kind: 'busy', retryAfterSeconds };
  if (status === 200) return { kind: 'claim', record: body };
  if (status === 403) return { kind: 'closed' };
  // 409 DUPLICATE says that the network has it already: no failure.
  return status === 400 ? readRefusal(body) : { kind: 'look' };
}

function readRefusal(body: JsonObject): SubmissionAnswer {
  const type = typeof body['type'] === 'string' ? body['type'] : '';
  if (type.endsWith('/transaction_malformed')) return { kind: 'malformed' };
  const extras = isObject(body['extras']) ? body['extras'] : {};
  const codes = isObject(extras['result_codes']) ? extras['result_codes'] : {};
  const outer = codes['transaction'];
  if (!type.endsWith('/transaction_failed') || typeof outer !== 'string') return { kind: 'look' };
  const inner = codes['inner_transaction'];
  const operations = Array.isArray(codes['operations']) ? codes['operations'] : [];
  return {
    kind: 'refused',
    transactionCode: typeof inner === 'string' ? inner : outer,
    operationCodes: operations.filter((code): code is string => typeof code === 'string'),
  };
}

/** Codes of a transaction that was included in a ledger and failed there: final, read from Horizon's own history. */
export function failedInLedger(transactionCode: string): boolean {
  return transactionCode === 'tx_failed' || transactionCode === 'tx_fee_bump_inner_failed';
}
