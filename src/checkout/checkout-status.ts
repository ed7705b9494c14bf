import { isoInstantOrNull } from '../common/clock';
import type { CheckoutView } from './checkout-view';

/** What the page asks for again and again: enough to notice every change, and the payment facts once more (G17). */
export function checkoutStatus(view: CheckoutView): Record<string, unknown> {
  return {
    id: view.publicId,
    state: view.state,
    network: view.network,
    asset: view.asset.code,
    issuer: view.asset.issuer,
    amount: view.total,
    received: view.received,
    owed: view.owed,
    destination: view.destination,
    memo: view.memo.value,
    memoType: view.memo.type,
    uri: view.uri,
    expiresAt: isoInstantOrNull(view.expiresAt),
    paidAt: isoInstantOrNull(view.paidAt),
    transactionHash: view.transactionHash,
  };
}
