import { PAGE_DIALECT, SHOP_PAGE_DIALECT } from './checkout/page.dialect';
import { PORTAL_DIALECT } from './checkout/portal/portal.dialect';
import { MERCHANT_DIALECT } from './dialects/merchant/merchant.dialect';
import { PARTNER_DIALECT } from './dialects/partner/partner.dialect';
import { WALLET_DIALECT } from './dialects/wallet/wallet.dialect';
import { Dialects } from './http/dialect';

/** Every dialect of the service. An address outside of all prefixes answers as the wallet API does. */
export const DIALECTS = new Dialects(
  [PARTNER_DIALECT, MERCHANT_DIALECT, PAGE_DIALECT, SHOP_PAGE_DIALECT, PORTAL_DIALECT],
  WALLET_DIALECT,
);
