import type { JsonValue } from '../jsonapi/resource';
import type { ReceivingWarning } from './receivability.service';

/** Nothing where there is nothing to warn of. */
export function warningsMeta(warnings: readonly ReceivingWarning[]): { readonly warnings?: JsonValue[] } {
  return warnings.length === 0 ? {} : { warnings: warnings.map(({ code, reason, account, asset, detail }) => ({ code, reason, account, asset: { code: asset.code, issuer: asset.issuer }, detail })) };
}
