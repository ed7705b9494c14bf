import type { ReceivingWarning } from './receivability.service';

/** A warning as every dialect tells it. */
// A type, not an interface: only such is a value of JSON for whoever writes it.
// oxlint-disable-next-line typescript/consistent-type-definitions
type WarningView = {
  readonly code: string;
  readonly reason: string;
  readonly account: string;
  readonly asset: { readonly code: string; readonly issuer: string | null };
  readonly detail: string;
};

/** Nothing where there is nothing to warn of. */
export function warningsMeta(warnings: readonly ReceivingWarning[]): { readonly warnings?: WarningView[] } {
  return warnings.length === 0
    ? {}
    : {
        warnings: warnings.map(({ code, reason, account, asset, detail }) => ({
          code,
          reason,
          account,
          asset: { code: asset.code, issuer: asset.issuer },
          detail,
        })),
      };
}
