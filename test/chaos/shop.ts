import { Memo } from '@stellar/stellar-sdk';
import { ApiClient } from '../support/api-client';
import { TestWallet } from '../support/wallet';

/** Long enough whatever the ledger's own clock does: below a second a ledger it runs ahead of ours. */
const LINK_DAYS = 5;

export interface ShopLink {
  readonly id: string;
  readonly number: string;
  readonly amount: string;
}

/** A signed-in merchant, talking to whichever process is named. */
export class Shop {
  private constructor(
    readonly wallet: TestWallet,
    private readonly token: string,
  ) {}

  static async open(serviceUrl: string, horizonUrl: string, passphrase: string): Promise<Shop> {
    const wallet = await TestWallet.funded(horizonUrl, passphrase, []);
    return new Shop(wallet, await wallet.signIn(serviceUrl));
  }

  client(serviceUrl: string): ApiClient {
    return new ApiClient(serviceUrl, { authorization: `Bearer ${this.token}` });
  }

  /** The body of a link in lumens. */
  static request(amount: string): Record<string, unknown> {
    return { amount, asset: 'XLM', expiresAt: new Date(Date.now() + LINK_DAYS * 24 * 3600 * 1000).toISOString() };
  }

  async link(serviceUrl: string, amount: string): Promise<ShopLink> {
    const { status, body, text } = await this.client(serviceUrl).post('/api/links', Shop.request(amount));
    if (status !== 201) throw new Error(`no link: ${status} ${text}`);
    return { id: String(body.id), number: String(body.legacyInvoiceNumber), amount };
  }

  /** Pays as a wallet does that was given address, amount and memo; the transaction's hash. */
  async paidBy(payer: TestWallet, link: ShopLink): Promise<string> {
    const { hash } = await payer.pay(this.wallet.address, link.amount, { memo: Memo.text(link.number) });
    return hash;
  }
}

/** A signed payment of the link, as the checkout page prepares it, that nobody has submitted yet. */
export async function signedPayment(serviceUrl: string, payer: TestWallet, link: ShopLink): Promise<string> {
  const { status, body, text } = await new ApiClient(serviceUrl).post(`/api/payments/${link.id}/pay-intent`, {
    senderPublicKey: payer.address,
  });
  if (status !== 200) throw new Error(`no pay intent: ${status} ${text}`);
  return payer.sign(String(body.transactionXdr));
}

/** The answer's status, or `lost` when the connection ended without one. */
export async function statusOrLost(answer: Promise<{ readonly status: number }>): Promise<number | 'lost'> {
  try {
    return (await answer).status;
  } catch (error) {
    // fetch's way to say that no answer came; its TypeError is not the one of jest's realm.
    if ((error as Error).name === 'TypeError') return 'lost';
    throw error;
  }
}
