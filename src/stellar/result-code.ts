import { bytesFromBase64 } from './memo';

const TX_SUCCESS = 0;
const TX_FEE_BUMP_INNER_SUCCESS = 1;
/** TransactionResult: fee charged (8), code (4); a fee bump goes on with the inner hash (32), fee (8) and code (4). */
const CODE_OFFSET = 8;
const INNER_CODE_OFFSET = 52;

/** True when `result_xdr` says the transaction, and for a fee bump the one inside, was applied; null if unreadable. */
export function resultSucceeded(resultXdr: string): boolean | null {
  const bytes = bytesFromBase64(resultXdr);
  if (bytes === undefined || bytes.length < CODE_OFFSET + 4) return null;
  const code = bytes.readInt32BE(CODE_OFFSET);
  if (code !== TX_FEE_BUMP_INNER_SUCCESS) return code === TX_SUCCESS;
  return bytes.length < INNER_CODE_OFFSET + 4 ? null : bytes.readInt32BE(INNER_CODE_OFFSET) === TX_SUCCESS;
}
